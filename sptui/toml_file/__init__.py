"""TOML files, typed, with errors that tell file, line, column, what is wrong and what was expected."""

from sptui.toml_file.errors import TomlFileError
from sptui.toml_file.places import Steps, place_in_toml
from sptui.toml_file.reader import decode_toml, read_toml_file, read_toml_text

__all__ = ["Steps", "TomlFileError", "decode_toml", "place_in_toml", "read_toml_file", "read_toml_text"]
