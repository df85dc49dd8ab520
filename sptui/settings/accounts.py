"""Applications and sellers, without their secrets: a value that changes by making a new one."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from sptui.settings.errors import SettingsError
from sptui.spapi.authorization import Application, Authorization, Seller
from sptui.spapi.regions import Region

T = TypeVar("T")


class Accounts(msgspec.Struct, frozen=True):
    """Whom the program can call for. The methods that change return new Accounts and raise SettingsError.

    ``version`` tells which state of sellers.toml this came from ("" where there was none): saving refuses
    when the file is another by then.
    """

    applications: tuple[Application, ...] = ()
    sellers: tuple[Seller, ...] = ()
    version: str = ""

    # -- Looking up

    def application(self, client_id: str) -> Application | None:
        """The application of a client id, or None."""
        return next((each for each in self.applications if each.client_id == client_id), None)

    def find_application(self, text: str) -> Application | None:
        """The application meant by a client id, or by a name (whatever its case) that only one has; else None."""
        if exact := self.application(text):
            return exact
        named = [each for each in self.applications if each.name and _same(each.name, text)]
        return named[0] if len(named) == 1 else None

    def seller(self, name: str) -> Seller | None:
        """The seller of a name, whatever its case, or None."""
        return next((each for each in self.sellers if _same(each.name, name)), None)

    def authorizations(self) -> list[Authorization]:
        """Every authorization, in the order of the sellers."""
        return [authorization for seller in self.sellers for authorization in seller.authorizations]

    def find(self, text: str) -> list[Authorization]:
        """The authorizations meant by a seller's name or id, alone or with ``@NA``, whatever the case.

        A name as a whole goes first: names may hold an @. An empty list where nobody is meant.
        """
        if found := self._named(text):
            return found
        who, _, where = text.rpartition("@")
        region = next((each for each in Region if each.value == where.strip().upper()), None)
        return [each for each in self._named(who) if each.region is region] if region else []

    def similar(self, text: str) -> list[str]:
        """Names of sellers that ``text`` may have been meant for, the likeliest first; at most three."""
        wanted = text.strip().casefold()
        names = {seller.name.casefold(): seller.name for seller in self.sellers}
        starting = [name for folded, name in names.items() if wanted and folded.startswith(wanted)]
        close = [names[each] for each in difflib.get_close_matches(wanted, names, n=3)]
        return list(dict.fromkeys([*starting, *close]))[:3]

    def users_of(self, client_id: str) -> list[Authorization]:
        """The authorizations that belong to an application."""
        return [each for each in self.authorizations() if each.application == client_id]

    # -- Changing

    def with_application(self, application: Application) -> Accounts:
        """With an application added, or the one of its client id replaced."""
        return self._replace(applications=_with(self.applications, application, lambda each: each.client_id))

    def without_application(self, client_id: str) -> Accounts:
        """Without an application; refused while authorizations belong to it, and for one that is not there."""
        if self.application(client_id) is None:
            raise SettingsError(f"There is no application {client_id}.")
        if users := self.users_of(client_id):
            names = ", ".join(sorted({each.seller for each in users})[:5])
            raise SettingsError(f"Authorizations of {names} belong to the application {client_id}. Remove those first.")
        return self._replace(applications=tuple(each for each in self.applications if each.client_id != client_id))

    def with_authorization(self, seller_name: str, authorization: Authorization) -> Accounts:
        """With an authorization of a seller, who is added when new; one for the same region is replaced.

        Refused for an unknown application, and when another seller has that seller id in that region.
        """
        if self.application(authorization.application) is None:
            raise SettingsError(f"There is no application {authorization.application}. Add it first.")
        seller = self.seller(seller_name) or Seller(checked_name(seller_name))
        authorization = msgspec.structs.replace(authorization, seller=seller.name)
        for each in self.authorizations():
            if (
                each.seller_id == authorization.seller_id
                and each.key == authorization.key
                and each.seller != seller.name
            ):
                raise SettingsError(
                    f"{authorization.key} belongs to {each.seller} already. Rename that seller, or remove it first."
                )
        kept = _with(seller.authorizations, authorization, lambda each: each.region)
        return self._with_seller(Seller(seller.name, kept))

    def without_authorization(self, key: str) -> Accounts:
        """Without the authorization ``seller id@region``, and without its seller when it was the last one."""
        if all(each.key != key for each in self.authorizations()):
            raise SettingsError(f"There is no authorization {key}.")
        kept = (
            Seller(seller.name, tuple(each for each in seller.authorizations if each.key != key))
            for seller in self.sellers
        )
        had = {each.seller for each in self.authorizations() if each.key == key}
        return self._replace(sellers=tuple(each for each in kept if each.authorizations or each.name not in had))

    def without_seller(self, name: str) -> Accounts:
        """Without a seller and all its authorizations."""
        seller = self._known(name)
        return self._replace(sellers=tuple(each for each in self.sellers if each.name != seller.name))

    def rename_seller(self, name: str, new_name: str) -> Accounts:
        """With a seller under another name; refused when another one has it."""
        seller, new_name = self._known(name), checked_name(new_name)
        other = self.seller(new_name)
        if other is not None and other.name != seller.name:
            raise SettingsError(f"There is a seller {other.name} already. Choose another name.")
        renamed = Seller(
            new_name, tuple(msgspec.structs.replace(each, seller=new_name) for each in seller.authorizations)
        )
        return self._replace(sellers=tuple(renamed if each.name == seller.name else each for each in self.sellers))

    # -- Inside

    def _named(self, text: str) -> list[Authorization]:
        wanted = text.strip().casefold()
        return [each for each in self.authorizations() if wanted in (each.seller.casefold(), each.seller_id.casefold())]

    def _known(self, name: str) -> Seller:
        seller = self.seller(name)
        if seller is None:
            meant = " or ".join(self.similar(name))
            raise SettingsError(f"There is no seller {name!r}." + (f" Did you mean {meant}?" if meant else ""))
        return seller

    def _with_seller(self, seller: Seller) -> Accounts:
        return self._replace(sellers=_with(self.sellers, seller, lambda each: each.name))

    def _replace(
        self, applications: tuple[Application, ...] | None = None, sellers: tuple[Seller, ...] | None = None
    ) -> Accounts:
        return Accounts(
            self.applications if applications is None else applications,
            self.sellers if sellers is None else sellers,
            self.version,
        )


def checked_name(name: str) -> str:
    """A seller's name without the blanks around it. Raises SettingsError for an empty one."""
    if not name.strip():
        raise SettingsError("A seller needs a name: any text by which you know the company.")
    return name.strip()


def _same(name: str, other: str) -> bool:
    return name.strip().casefold() == other.strip().casefold()


def _with(entries: Iterable[T], entry: T, key: Callable[[T], object]) -> tuple[T, ...]:
    entries = tuple(entries)
    if any(key(each) == key(entry) for each in entries):
        return tuple(entry if key(each) == key(entry) else each for each in entries)
    return (*entries, entry)
