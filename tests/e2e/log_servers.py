"""PostgreSQL and ClickHouse, as Debian packs them, and chDB, each started for some tests and gone after them."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ports import free_port

PASSWORD = "canary-password-77"

_USERS = f"""<yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage></default>
<reader><readonly>1</readonly></reader></profiles>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>
<quota>default</quota></default>
<asker><password>{PASSWORD}</password><networks><ip>127.0.0.1</ip></networks><profile>reader</profile>
<quota>default</quota></asker></users>
<quotas><default></default></quotas></yandex>"""
_ADMITTED = """local all all trust
host all asker 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
"""


def needed(part: str, *, there: bool) -> None:
    """Under CI=true a missing part fails, elsewhere it skips."""
    if not there:
        message = f"{part} is not installed"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@contextmanager
def postgresql() -> Iterator[str]:
    """A server with the user ``asker`` (of whom it wants ``PASSWORD``); the superuser's URL."""
    programs = sorted(each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    needed("PostgreSQL (apt: postgresql)", there=bool(programs))
    port = free_port()
    # pytest's folders are root's alone, and the server refuses to run as root
    place = Path(tempfile.mkdtemp(prefix="sptui-pg-"))
    data = place / "data"
    data.mkdir()
    user: list[str] = []
    if os.geteuid() == 0:
        user = ["runuser", "-u", "postgres", "--"]
        for each in (place, data):
            shutil.chown(each, "postgres")
    program = programs[-1]
    try:
        _do(*user, f"{program}/initdb", "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync")
        (data / "pg_hba.conf").write_text(_ADMITTED)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {place} -c fsync=off -c timezone=Asia/Tokyo"
        _do(*user, f"{program}/pg_ctl", "-D", str(data), "-w", "-l", str(place / "log"), "-o", options, "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _do(*user, f"{program}/pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(place)


@contextmanager
def clickhouse(folder: Path) -> Iterator[tuple[str, str]]:
    """A server with the user ``asker`` of whom it wants ``PASSWORD`` and who may only read; the default user's URLs:
    of its own protocol, and over HTTP.
    """
    server = shutil.which("clickhouse-server", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin")
    needed("ClickHouse (apt: clickhouse-server)", there=server is not None)
    port, http, between = free_port(), free_port(), free_port()
    (folder / "users.xml").write_text(_USERS)
    (folder / "config.xml").write_text(
        f"""<yandex><logger><level>error</level><console>1</console></logger><http_port>{http}</http_port>
        <tcp_port>{port}</tcp_port><interserver_http_port>{between}</interserver_http_port>
        <listen_host>127.0.0.1</listen_host><path>{folder}/ch/</path><tmp_path>{folder}/ch/tmp/</tmp_path>
        <users_config>{folder}/users.xml</users_config><mark_cache_size>67108864</mark_cache_size>
        <default_profile>default</default_profile><default_database>default</default_database>
        <timezone>Asia/Tokyo</timezone></yandex>"""
    )
    with subprocess.Popen(
        [str(server), f"--config-file={folder}/config.xml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for each in (port, http):
                _wait_for(each, process)
            yield (
                f"clickhouse+native://default@127.0.0.1:{port}/default",
                f"clickhouse+http://default:@127.0.0.1:{http}/default",
            )
        finally:
            process.kill()


@contextmanager
def clickhouse_of_today() -> Iterator[str]:
    """ClickHouse as chDB has it (Debian's is of 2018): its URL."""
    program = os.environ.get("SPTUI_CHDB", "")
    needed("chDB (a Python with chdb-core-lite, named by SPTUI_CHDB)", there=bool(program))
    command = [program, str(Path(__file__).with_name("chdb_server.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            assert port, "chDB did not start"
            yield f"clickhouse+http://default:@127.0.0.1:{port}/default"
        finally:
            process.kill()


def engine_of(url: str) -> Any:
    """An engine of SQLAlchemy whose connections are closed with it: ClickHouse's drivers leave them open."""
    import sqlalchemy

    made = sqlalchemy.create_engine(url)

    def let_go(raw: Any, _record: Any) -> None:
        if (transport := getattr(raw, "transport", None)) is not None:
            getattr(transport, "disconnect", lambda: None)()

    sqlalchemy.event.listen(made, "close", let_go)
    return made


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the server did not start")


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
