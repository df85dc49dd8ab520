"""A keyring in a dictionary, for tests."""

from __future__ import annotations

import keyring.errors


class FakeKeyring:
    """``fail`` is raised by whatever touches it."""

    def __init__(self, fail: BaseException | None = None) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.fail = fail

    def get_password(self, service: str, username: str) -> str | None:
        self.touch()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.touch()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.touch()
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("No such password!")
        del self.entries[service, username]

    def touch(self) -> None:
        if self.fail is not None:
            raise self.fail
