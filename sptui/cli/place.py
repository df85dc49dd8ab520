"""Where a request belongs, from ``--region``, ``--marketplace`` and ``--seller``: options that must agree."""

from __future__ import annotations

import click

from sptui.cli.output import CommandError, Exit
from sptui.spapi.marketplaces import find_marketplace
from sptui.spapi.regions import Region

REGIONS = click.Choice([each.value for each in Region], case_sensitive=False)


def chosen_place(region: str | None, marketplace: str | None) -> tuple[Region | None, str]:
    """The region that was named, or that of the marketplace that was named, and the marketplace's id ("" where
    none was). An id that sptui does not know is taken as it is. Raises CommandError where the two disagree.
    """
    wanted = Region(region.upper()) if region else None
    if marketplace is None:
        return wanted, ""
    found = find_marketplace(marketplace)
    if found is None:
        if len(marketplace) < 10:
            raise CommandError(f"No marketplace is called {marketplace!r}: expected is an id or a country.", Exit.USAGE)
        return wanted, marketplace.strip()
    if wanted not in (None, found.region):
        raise CommandError(f"{found.country} ({found.id}) belongs to {found.region}, not to {wanted}.", Exit.USAGE)
    return found.region, found.id
