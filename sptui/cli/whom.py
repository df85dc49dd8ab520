"""The sellers that a person names on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sptui.cli.output import CommandError, Exit

if TYPE_CHECKING:
    from sptui.settings import Accounts
    from sptui.spapi.authorization import Authorization


def chosen(accounts: Accounts, names: tuple[str, ...]) -> list[Authorization]:
    """The authorizations of the sellers named, each once; all of them where none is named. Raises CommandError."""
    if not names:
        if not accounts.authorizations():
            raise no_sellers()
        return list(accounts.authorizations())
    found: dict[str, Authorization] = {}
    for name in names:
        meant = accounts.find(name)
        if not meant:
            raise CommandError(unknown_seller(accounts, name), Exit.USAGE)
        found |= {each.key: each for each in meant}
    return list(found.values())


def no_sellers() -> CommandError:
    """The error where no seller was added yet."""
    return CommandError("There are no sellers yet. Add one with `sptui sellers add`.", Exit.USAGE)


def unknown_seller(accounts: Accounts, name: str) -> str:
    """That nobody is called so, and who may be meant."""
    meant = " or ".join(accounts.similar(name))
    hint = f"Did you mean {meant}?" if meant else "`sptui sellers list` shows them."
    return f"No seller is called {name!r}. {hint}"
