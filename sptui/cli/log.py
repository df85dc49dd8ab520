"""``sptui log``: the call log."""

from __future__ import annotations

import click

from sptui.cli.log_errors import errors
from sptui.cli.log_explain import explain
from sptui.cli.log_export import export
from sptui.cli.log_import import import_
from sptui.cli.log_password import password
from sptui.cli.log_tail import tail
from sptui.cli.log_who import who


@click.group()
def log() -> None:
    """The call log: what sptui has sent, what other programs logged, and who else gets an error."""


for command in (tail, who, errors, explain, import_, export, password):
    log.add_command(command)
