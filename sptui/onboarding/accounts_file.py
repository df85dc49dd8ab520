"""A file of many sellers, as another system exports it: JSON, CSV or TOML, with refresh tokens in it.

One row an authorization: name, region, seller_id, application, refresh_token; client_secret where the application
is new. The file is only read. No message repeats a value of it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from sptui.spapi.redaction import Secret
from sptui.toml_file import TomlFileError, read_toml_file, read_toml_text

_ALIASES: Final = {
    "name": "name", "seller": "name", "seller_name": "name", "company": "name",
    "region": "region", "marketplace": "region", "country": "region",
    "seller_id": "seller_id", "id": "seller_id", "merchant_id": "seller_id", "selling_partner_id": "seller_id",
    "application": "application", "client_id": "application", "lwa_app_id": "application",
    "lwa_client_id": "application",
    "refresh_token": "refresh_token", "lwa_refresh_token": "refresh_token",
    "client_secret": "client_secret", "lwa_client_secret": "client_secret",
}  # fmt: skip
NEEDED: Final = ("name", "region", "seller_id", "refresh_token")


class AccountsFileError(Exception):
    """The file cannot be used as a whole; the message tells where and what was expected."""


class AccountsRow(msgspec.Struct, frozen=True):
    """One authorization as the file gives it. ``number`` is the line (CSV) or the entry, from 1.

    ``missing`` names what the row lacks of ``NEEDED``. ``application`` and ``client_secret`` may be empty.
    """

    number: int
    name: str
    region: str
    seller_id: str
    application: str
    refresh_token: Secret
    client_secret: Secret

    @property
    def missing(self) -> list[str]:
        """The columns that this row leaves empty and must not."""
        return [column for column in NEEDED if not getattr(self, column)]


def read_accounts_file(path: Path) -> list[AccountsRow]:
    """The rows of a .json, .csv (also semicolons or tabs) or .toml file. Raises AccountsFileError."""
    try:
        return list(_rows(path))
    except TomlFileError as error:
        raise AccountsFileError(str(error)) from None


def _rows(path: Path) -> Iterator[AccountsRow]:
    suffix = path.suffix.lower()
    if suffix == ".toml":
        entries = _listed(read_toml_file(path, dict[str, Any]), path)
        numbered: Iterable[tuple[int, Any]] = enumerate(entries, 1)
    elif suffix == ".json":
        numbered = enumerate(_listed(_json(read_toml_text(path), path), path), 1)
    elif suffix in (".csv", ".tsv", ".txt"):
        numbered = _csv(read_toml_text(path), path)
    else:
        raise AccountsFileError(
            f"{path}: files ending in {suffix or 'nothing'} are not read; expected .json, .csv or .toml."
        )
    count = 0
    for number, entry in numbered:
        count += 1
        if not isinstance(entry, dict):
            raise AccountsFileError(f"{path}: entry {number} is not a table; expected name, region, seller_id, …")
        yield _row(number, entry)
    if not count:
        raise AccountsFileError(f"{path}: there is no seller in it; expected one entry or line for each.")


def _json(text: str, path: Path) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        found = re.search(r"byte (\d+)", str(error))
        offset = len(text.encode()[: int(found[1])].decode(errors="ignore")) if found else len(text)
        line = text.count("\n", 0, offset) + 1
        column = offset - text.rfind("\n", 0, offset)
        raise AccountsFileError(f"{path}:{line}:{column}: not valid JSON here; expected a list of sellers.") from None


def _listed(data: Any, path: Path) -> list[Any]:
    """The list itself, or the one under ``seller`` or ``sellers``."""
    if isinstance(data, dict):
        data = next((data[name] for name in ("seller", "sellers") if name in data), None)
    if not isinstance(data, list):
        raise AccountsFileError(
            f"{path}: no list of sellers; expected a list, or one called sellers ([[seller]] in TOML)."
        )
    return data


def _csv(text: str, path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey="")
    columns = {_ALIASES.get(_plain(name)) for name in reader.fieldnames or ()}
    if absent := [column for column in NEEDED if column not in columns]:
        raise AccountsFileError(
            f"{path}:1:1: no column {' and no column '.join(absent)}; expected {', '.join(NEEDED)}."
        )
    try:
        for entry in reader:
            yield reader.line_num, entry
    except csv.Error as error:
        raise AccountsFileError(f"{path}:{reader.line_num}:1: {error}; expected comma-separated values.") from None


def _row(number: int, entry: dict[str, Any]) -> AccountsRow:
    texts: dict[str, str] = {}
    for name, value in entry.items():
        column = _ALIASES.get(_plain(name))
        if column and isinstance(value, str | int) and not texts.get(column):
            texts[column] = str(value).strip()
    return AccountsRow(
        number,
        texts.get("name", ""),
        texts.get("region", ""),
        texts.get("seller_id", ""),
        texts.get("application", ""),
        Secret(texts.get("refresh_token", "")),
        Secret(texts.get("client_secret", "")),
    )


def _plain(name: str) -> str:
    """``Seller ID`` and ``sellerId`` as ``seller_id``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(name).strip())
    return re.sub(r"[\s_-]+", "_", spaced).lower()
