"""sellers.toml: applications and sellers as the program keeps them. No secret is in it: those are in the keyring."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from sptui.settings.accounts import Accounts
from sptui.settings.atomic import put, read, sole_writer
from sptui.settings.errors import SettingsError
from sptui.settings.folders import config_dir
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.redaction import redact, token_kind
from sptui.spapi.regions import Region
from sptui.toml_file import Steps, TomlFileError, decode_toml, place_in_toml, read_toml_text

_HEADER: Final = """\
# The applications and sellers of sptui, written by it: `sptui sellers` changes them.
# No secret belongs in this file. Client secrets and refresh tokens are in the keyring of the operating system.

"""


Misfit = tuple[Steps, str, str]


class _AuthorizationRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    region: Region
    seller_id: str
    application: str


class _SellerRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    authorization: tuple[_AuthorizationRow, ...] = ()


class _ApplicationRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    client_id: str
    name: str = ""
    roles: tuple[str, ...] | None = None


class _SellersTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    application: tuple[_ApplicationRow, ...] = ()
    seller: tuple[_SellerRow, ...] = ()


def sellers_path() -> Path:
    """Where sellers.toml is looked for."""
    return config_dir() / "sellers.toml"


def load_accounts() -> Accounts:
    """The accounts on disk; none where there is no file yet. Raises TomlFileError, and leaves the file alone."""
    path = sellers_path()
    if not os.path.lexists(path):
        return Accounts()
    return _decode(read_toml_text(path), str(path), path)


def save_accounts(accounts: Accounts) -> Accounts:
    """Writes the accounts; gives them with the version that is now on disk: go on with those.

    The previous version is kept as sellers.toml.bak. Raises SettingsError, and leaves the file alone, where it
    changed since these accounts were loaded, where they do not fit together, where a text looks like a secret,
    and where the disk or the permissions do not let it be written.
    """
    try:
        text, saved = _written(accounts)
    except SettingsError as problem:
        raise SettingsError(f"sellers.toml was not saved: {problem}") from None
    with sole_writer(sellers_path()) as path:
        current = read(path)
        if _version(current) != accounts.version:
            raise SettingsError(
                f"{path.name} was not saved: it was changed on disk since it was loaded (by another sptui, or by "
                "hand). Load it again (Ctrl+R in the app), then repeat the change."
            )
        put(path, text.encode(), current)
    return saved


def check_accounts(accounts: Accounts) -> None:
    """Raises SettingsError where ``save_accounts`` would refuse these accounts for what they hold."""
    _written(accounts)


def decode_accounts(text: str, name: str) -> Accounts:
    """The accounts of a sellers.toml's text. Raises TomlFileError."""
    return _decode(text, name, None)


def problem_of_text(text: str) -> str:
    """Why a text may not go into sellers.toml ("it looks like ..."); "" where it may."""
    if token_kind(text) or redact(text) != text:
        return "looks like a secret"
    if re.fullmatch(r"[0-9a-f]{64}", text.strip()):  # what client secrets looked like before amzn1.oa2-cs
        return "looks like a client secret"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate)"
    return ""


# -- Reading -----------------------------------------------------------------------------------------------------


def _decode(text: str, name: str, path: Path | None) -> Accounts:
    try:
        table = decode_toml(text, _SellersTable, name)
    except TomlFileError as error:
        raise _with_advice(error, path) from None
    for steps, problem, expected in _misfits(table):
        line, column = place_in_toml(text, steps)
        raise TomlFileError(name, line, column, problem, expected, path=path, steps=steps)
    return Accounts(
        tuple(Application(each.client_id, each.name, each.roles) for each in table.application),
        tuple(_seller(each) for each in table.seller),
        _version(text.encode()),
    )


def _seller(row: _SellerRow) -> Seller:
    rows = row.authorization
    return Seller(
        row.name, tuple(Authorization(row.name, each.seller_id, each.region, each.application) for each in rows)
    )


def _with_advice(error: TomlFileError, path: Path | None) -> TomlFileError:
    """The error with its path, and with a word on secrets where somebody wrote one into the file."""
    expected = error.expected
    if error.steps and re.search(r"secret|token|password", str(error.steps[-1]), re.IGNORECASE):
        expected = "expected no secret here: remove it, and give it to `sptui sellers`, which keeps it in the keyring"
    return TomlFileError(error.name, error.line, error.column, error.problem, expected, path=path, steps=error.steps)


def _misfits(table: _SellersTable) -> Iterator[Misfit]:
    """What types cannot tell: what does not fit together. Where, what is wrong, what was expected."""
    yield from _misfits_of_text(table)
    known: set[str] = set()
    for index, application in enumerate(table.application):
        if application.client_id in known:
            yield ("application", index, "client_id"), "the same client_id twice", "expected each application once"
        known.add(application.client_id)
    names: set[str] = set()
    owners: set[tuple[str, Region]] = set()
    for index, seller in enumerate(table.seller):
        if (name := seller.name.strip().casefold()) in names:
            yield ("seller", index, "name"), "two sellers of one name", "expected a name of its own for each seller"
        names.add(name)
        yield from _misfits_of_seller(seller, ("seller", index), known, owners)


def _misfits_of_seller(
    seller: _SellerRow, steps: Steps, applications: set[str], owners: set[tuple[str, Region]]
) -> Iterator[Misfit]:
    regions: set[Region] = set()
    for index, row in enumerate(seller.authorization):
        place = (*steps, "authorization", index)
        if row.application not in applications:
            known = f"one of the {len(applications)} in [[application]]" if applications else "an [[application]] first"
            yield (*place, "application"), f"the application {row.application!r} is unknown", f"expected {known}"
        if (row.seller_id, row.region) in owners:
            problem = f"the seller id {row.seller_id!r} twice in region {row.region}"
            yield (*place, "seller_id"), problem, "expected one authorization for a seller id and region"
        if row.region in regions:
            problem, expected = (
                f"region {row.region} twice for one seller",
                "expected one authorization for each region",
            )
            yield (*place, "region"), problem, expected
        owners.add((row.seller_id, row.region))
        regions.add(row.region)


def _misfits_of_text(table: _SellersTable) -> Iterator[Misfit]:
    for steps, text in _texts(msgspec.to_builtins(table), ()):
        if problem := problem_of_text(text):
            yield steps, f"{steps[-1]!r} {problem}", "expected no secret in this file: the keyring keeps those"
        elif steps[-1] in ("client_id", "seller_id", "application") and not re.fullmatch(r"[A-Za-z0-9._-]+", text):
            yield steps, f"{steps[-1]!r} is no id", "expected letters, digits, dots and hyphens, and no blanks"
        elif steps[-1] == "name" and steps[0] == "seller" and not text.strip():
            yield steps, "a seller without a name", "expected the name by which you know the company"


def _texts(value: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, (*steps, name))
    elif isinstance(value, list | tuple):
        for index, each in enumerate(value):
            yield from _texts(each, (*steps, index))


# -- Writing -----------------------------------------------------------------------------------------------------


def _written(accounts: Accounts) -> tuple[str, Accounts]:
    """The text of the file, and the accounts as they are read from it: what cannot be read is never written."""
    text = _encode(accounts)
    try:
        return text, _decode(text, "accounts", None)
    except TomlFileError as error:
        raise SettingsError(f"{error.problem[:1].upper()}{error.problem[1:]}; {error.expected}.") from None


def _encode(accounts: Accounts) -> str:
    """One block a table, as a person would write it: tomli-w alone would put short tables on one line."""
    applications = [_ApplicationRow(each.client_id, each.name, each.roles) for each in accounts.applications]
    blocks = [_block("[[application]]", each) for each in applications]
    for seller in accounts.sellers:
        blocks.append(_block("[[seller]]", _SellerRow(seller.name)))
        for each in seller.authorizations:
            row = _AuthorizationRow(each.region, each.seller_id, each.application)
            blocks.append(_block("[[seller.authorization]]", row))
    return _HEADER + "\n".join(blocks)


def _block(header: str, row: msgspec.Struct) -> str:
    import tomli_w

    return f"{header}\n{tomli_w.dumps(msgspec.to_builtins(row))}"


def _version(content: bytes | None) -> str:
    """A name for one state of the file. A byte order mark makes no difference: it is dropped when it is read."""
    if content is None:
        return ""
    return hashlib.sha256(content.removeprefix(b"\xef\xbb\xbf")).hexdigest()
