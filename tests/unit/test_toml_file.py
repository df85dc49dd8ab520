"""The TOML reader: typed values, and errors that tell where and what was expected."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from sptui.toml_file import TomlFileError, decode_toml, place_in_toml, read_toml_file

CANARY = "Atzr|IwEBcanaryCANARYcanary"


class Size(StrEnum):
    SMALL = "S"
    LARGE = "L"


class Leaf(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    region: Size
    from_: int = 0
    rate: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0
    mode: Literal["fast", "slow"] = "fast"
    when: datetime | None = None
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.from_ > 9:
            raise ValueError("from is too large; expected 9 or less")


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    leaf: tuple[Leaf, ...] = ()


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    branch: tuple[Branch, ...] = ()
    colours: dict[str, dict[str, int]] = {}
    sizes: dict[Size, int] = {}
    pair: tuple[int, int] = (1, 2)
    flag: bool = False


def error_of(text: str) -> TomlFileError:
    with pytest.raises(TomlFileError) as caught:
        decode_toml(text, Tree, "tree.toml")
    return caught.value


def test_values_come_typed() -> None:
    tree = decode_toml(
        'flag = true\npair = [3, 4]\n[[branch]]\nname = "oak"\n[[branch.leaf]]\nregion = "L"\nfrom = 2\n'
        "when = 2026-10-02T08:15:00Z\n",
        Tree,
        "tree.toml",
    )
    assert tree.flag
    assert tree.pair == (3, 4)
    leaf = tree.branch[0].leaf[0]
    assert (leaf.region, leaf.from_) == (Size.LARGE, 2)
    assert leaf.when is not None
    assert leaf.when.isoformat() == "2026-10-02T08:15:00+00:00"


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "\ufeff", "\r\n"])
def test_empty_text_gives_the_defaults(text: str) -> None:
    assert decode_toml(text, Tree, "tree.toml") == Tree()


TWO_BRANCHES = '[[branch]]\nname = "oak"\n\n[[branch]]\nname = "elm"\n'


@pytest.mark.parametrize(
    ("text", "line", "column", "problem", "expected"),
    [
        # syntax
        ("flag = true\npair =", 2, 7, "no value of TOML's", "expected text in quotes, a number"),
        ("flag = [1,\n2", 2, 2, "a list without its end", "expected ]"),
        ("flag = {", 1, 9, "not a key", "expected letters"),
        ("flag = '''abc\n", 1, 14, "text without its end", "expected closing quotes"),
        ("flag", 1, 5, "a key without =", "expected key = value"),
        ("flag = true\nflag = true\n", 2, 12, "a key that is set already", "expected each key once"),
        ("[colours]\n[colours]", 2, 9, "a table that is declared already", "expected each [table] once"),
        ("[[branch]\n", 1, 9, "a [[table]] that is not closed", "expected [[name]]"),
        ("[colours", 1, 9, "a [table] that is not closed", "expected [name]"),
        ("flag = true true", 1, 13, "more text after the end of a value", "expected one statement a line"),
        ("flag = 2026-02-31", 1, 8, "no such date", "expected a date"),
        ("flag = true\r\n\r\npair = [1 2]", 3, 11, "a list without its end", "expected ]"),
        ("flag = true\n\x00", 2, 1, "a NUL character", "expected text"),
        ("pair = [" + "1" * 5000 + ", 2]", 1, 9, "a number of thousands of digits", "expected a shorter one"),
        ("pair = " + "[" * 5000, 1, 1, "values are nested too deeply", "expected a few levels"),
        # types
        ('flag = "yes"', 1, 1, "'flag' is text", "expected true or false"),
        ("\ufeffpair = 1\r\nflag = 2", 1, 1, "'pair' is a whole number", "expected a list"),
        ("pair = [1, 2, 3]", 1, 1, "'pair' is a list", "expected a list [...] of length 2"),
        ("pair = [\n  1,\n  # comment\n  2.5,\n]", 4, 3, "item 2 of 'pair' is a number", "expected a whole number"),
        ("pair = 2026-10-02", 1, 1, "'pair' is a date or time", "expected a list"),
        ("branch = {}", 1, 1, "'branch' is a table", "expected a list"),
        (TWO_BRANCHES + 'leaf = [{region = "S"}, {region = "M"}]', 6, 26, "does not exist", "expected S or L"),
        (TWO_BRANCHES + '[[branch.leaf]]\nregion = "S"\nmode = "x"', 8, 1, "does not exist", "expected fast or slow"),
        (TWO_BRANCHES + '[[branch.leaf]]\nregion = "S"\nrate = 1.5', 8, 1, "out of bounds", "expected a number <= 1.0"),
        (
            TWO_BRANCHES + '[[branch.leaf]]\nregion = "S"\nwhen = "x"',
            8,
            1,
            "'when' is text",
            "expected a date and time",
        ),
        (TWO_BRANCHES + '[[branch.leaf]]\nregion = "S"\nfrom = 10', 6, 1, "from is too large", "expected 9 or less"),
        ('[sizes]\nS = 1\n"XL" = 2', 1, 1, "'sizes' has a key that does not exist", "expected S or L"),
        ('[colours.red]\na = 1\n[colours.blue]\na = 1\n"b.c" = ""\n', 5, 1, "'b.c' is text", "expected a whole number"),
        ('colours.red.a = 1\ncolours."r\\u00e9".b = ""\n', 2, 1, "'b' is text", "expected a whole number"),
        # missing and unknown keys
        (TWO_BRANCHES + "[[branch]]\nleaf = []", 6, 1, "item 3 of 'branch' without 'name'", "expected name = ..."),
        (TWO_BRANCHES + 'nam = "x"', 6, 1, "unknown key 'nam'", "did you mean 'name'?"),
        ("[[branches]]\n", 1, 1, "unknown key 'branches'", "did you mean 'branch'?"),
        ("\n  zzz = 1", 2, 3, "unknown key 'zzz'", "expected branch, colours, sizes, pair or flag"),
        (
            'branch = [{name = "a", leaf = [{region = "S", regoin = 1}]}]',
            1,
            47,
            "unknown key 'regoin'",
            "did you mean 'region'?",
        ),
    ],
)
def test_an_error_tells_where_what_and_what_was_expected(
    text: str, line: int, column: int, problem: str, expected: str
) -> None:
    error = error_of(text)
    assert (error.line, error.column) == (line, column), error
    assert problem in error.problem
    assert error.expected.startswith(expected)
    assert str(error) == f"tree.toml:{line}:{column}: {error.problem}; {error.expected}"
    assert error.__cause__ is None


@pytest.mark.parametrize(
    "text",
    [
        f'flag = "{CANARY}"',
        f'[[branch]]\nname = "a"\n[[branch.leaf]]\nregion = "{CANARY}"',
        f'"{CANARY}" = 1',
        f'flag = "{CANARY}\n',
        f'flag = true\nflag = "{CANARY}"',
        f'[colours."{CANARY}"]\na = ""',
    ],
)
def test_no_secret_of_the_file_is_in_an_error(text: str) -> None:
    error = error_of(text)
    assert "canary" not in (str(error) + repr(error) + error.problem + error.expected).lower()


def test_a_file_of_thirty_thousand_lines_is_searched_quickly() -> None:
    entry = '[[branch]]\nname = "x"\n[[branch.leaf]]\nregion = "S"\nfrom = 1\n'
    text = entry * 5999 + '[[branch]]\nname = "x"\n[[branch.leaf]]\nregion = "S"\nfrom = ""\n'
    began = time.process_time()
    assert (error_of(text).line, error_of(text).column) == (30_000, 1)
    assert time.process_time() - began < 20


# -- Files -----------------------------------------------------------------------------------------------------


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"\xef\xbb\xbfflag = true\r\npair = [5, 6]\r\n")
    assert read_toml_file(path, Tree) == Tree(flag=True, pair=(5, 6))


@pytest.mark.parametrize(
    ("raw", "line", "column", "problem"),
    [
        (b"flag = true\n# caf\xe9\n", 2, 6, "byte 0xe9 is not UTF-8"),
        ("flag = true".encode("utf-16"), 1, 1, "this is UTF-16"),
        (b"\xef\xbb\xbf\xff", 1, 1, "byte 0xff is not UTF-8"),
        ("# é\n".encode() + b"\x80", 2, 1, "byte 0x80 is not UTF-8"),
    ],
)
def test_other_encodings_are_named(tmp_path: Path, raw: bytes, line: int, column: int, problem: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(raw)
    with pytest.raises(TomlFileError) as caught:
        read_toml_file(path, Tree)
    assert (caught.value.line, caught.value.column, caught.value.problem) == (line, column, problem)
    assert caught.value.path == path
    assert path.read_bytes() == raw


def test_what_is_no_file_is_told_without_a_position(tmp_path: Path) -> None:
    with pytest.raises(TomlFileError) as missing:
        read_toml_file(tmp_path / "none.toml", Tree)
    assert str(missing.value).startswith(f"{tmp_path / 'none.toml'}: there is no such file; ")
    with pytest.raises(TomlFileError) as folder:
        read_toml_file(tmp_path, Tree)
    assert "this is a folder" in str(folder.value)
    with pytest.raises(TomlFileError) as strange:
        read_toml_file(tmp_path / "a\x00b", Tree)
    assert "cannot be read" in str(strange.value)


def test_a_file_without_permission_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.toml"
    path.write_text("flag = true")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(TomlFileError, match="no permission to read it"):
        read_toml_file(path, Tree)


def test_an_error_in_a_file_names_its_path(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("flag = 1")
    with pytest.raises(TomlFileError) as caught:
        read_toml_file(path, Tree)
    assert str(caught.value) == f"{path}:1:1: 'flag' is a whole number; expected true or false"
    assert caught.value.path == path


# -- Any input -------------------------------------------------------------------------------------------------

TOML_LIKE = st.lists(
    st.sampled_from([
        "[[branch]]", "[branch]", "[colours]", "[colours.a]", "[sizes]", "[[branch.leaf]]", "name", "region", "flag",
        "pair", "leaf", "from", "a", "b.c", '"q"', " = ", "=", "1", "2.5", '"x"', "'y'", '"""', "'''", "true", "[",
        "]", "{", "}", ",", "\n", "\r\n", "\r", "\n", "# c", "\\", "2026-10-02", "inf", "S", '"S"', "\t", "\x00",
    ]),
    max_size=40,
).map("".join)  # fmt: skip


def outcome(text: str) -> Tree | TomlFileError:
    try:
        return decode_toml(text, Tree, "any.toml")
    except TomlFileError as error:
        return error


@settings(deadline=None)
@given(st.one_of(st.text(), TOML_LIKE))
def test_any_text_gives_a_value_or_a_toml_file_error(text: str) -> None:
    found = outcome(text)
    if isinstance(found, TomlFileError):
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
        assert 1 <= found.line <= len(lines)
        assert 1 <= found.column <= len(lines[found.line - 1]) + 1


@settings(deadline=None)
@given(raw=st.one_of(st.binary(), TOML_LIKE.map(str.encode)))
def test_any_bytes_give_a_value_or_a_toml_file_error_and_stay(
    raw: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any-{os.getpid()}.toml"
    path.write_bytes(raw)
    with contextlib.suppress(TomlFileError):
        assert isinstance(read_toml_file(path, Tree), Tree)
    assert path.read_bytes() == raw


NAMES = st.text(st.characters(blacklist_categories=["Cs"]), max_size=5)
VALUES = st.recursive(
    st.one_of(st.integers(-(2**63), 2**63 - 1), st.booleans(), st.text(max_size=8), st.floats(allow_nan=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=20,
)


def _steps_of(value: Any, steps: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [steps, *(each for key, child in children for each in _steps_of(child, (*steps, key)))]


@settings(deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.booleans())
def test_every_key_of_a_document_is_found(data: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=multiline)
    lines = text.split("\n")
    for steps in _steps_of(data):
        line, column = place_in_toml(text, steps)
        rest = lines[line - 1][column - 1 :].lstrip("[")
        if steps and isinstance(steps[-1], str):
            parent = place_in_toml(text, steps[:-1])
            assert (line, column) >= parent
            written = tomli_w.dumps({steps[-1]: 0}).removesuffix(" = 0\n")
            in_header = lines[line - 1][column - 1 : column] == "["
            assert written in rest if in_header else rest.startswith(written)
