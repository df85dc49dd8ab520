"""What is wrong with settings that are not a file's text."""

from __future__ import annotations


class SettingsError(Exception):
    """A setting cannot be used, or accounts cannot be changed or saved. What is on disk is as it was.

    The message tells what, why and the next step.
    """
