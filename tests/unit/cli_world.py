"""The command in this process, and small worlds that it simulates: an application, and sellers of one place or two."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from sptui.cli.main import cli

_APPLICATION = """
latency_ms = [0, 0]
[[application]]
client_id = "amzn1.application-oa2-client.one"
name = "One"
"""


def run(*args: str, given: bytes | None = None) -> Result:
    """What a command line comes to; ``given`` is its standard input."""
    return CliRunner().invoke(cli, args, input=given)


def imported_by(*args: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    code = (
        "import sys\nfrom sptui.cli.main import cli\n"
        "try:\n    cli(sys.argv[1:], prog_name='sptui')\n"
        "except SystemExit:\n    print('\\n'.join(['', *sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stderr.splitlines())


def seller(name: str, seller_id: str, region: str, *marketplaces: str, facts: str = "") -> str:
    """A seller as TOML; a marketplace is its id, and lines that tell more of it below; ``facts`` are the seller's."""
    lines = ["[[seller]]", f'id = "{seller_id}"', f'name = "{name}"', f'region = "{region}"', facts]
    for each in marketplaces:
        id_, _, more = each.partition("\n")
        lines += ["[[seller.marketplace]]", f'id = "{id_}"', more]
    return "\n".join(lines) + "\n"


WELL = seller("Well", "A1WELL00000001", "NA", "ATVPDKIKX0DER")
GONE = seller("Gone", "A3GONE00000003", "FE", "A1VC38T7YXB528", facts='authorization = "revoked"')


def world_file(folder: Path, *sellers: str) -> str:
    """The path of a world of these sellers, for ``--simulate``."""
    path = folder / "world.toml"
    path.write_text("\n".join([_APPLICATION, *sellers]), encoding="utf-8")
    return str(path)
