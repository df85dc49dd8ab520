"""The three regions of SP-API: their hosts, sandbox hosts and AWS regions.

Source: docs sp-api-endpoints (documented).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LWA_PATH: Final = "/auth/o2/token"
LWA_URL: Final = f"https://api.amazon.com{LWA_PATH}"
"""Login with Amazon: one token endpoint for all regions."""


class Region(StrEnum):
    """A selling region: one host, one authorization of each seller."""

    NA = "NA"
    EU = "EU"
    FE = "FE"

    @property
    def host(self) -> str:
        """The production host."""
        return f"sellingpartnerapi-{self.value.lower()}.amazon.com"

    @property
    def sandbox_host(self) -> str:
        """The sandbox host."""
        return f"sandbox.{self.host}"

    @property
    def aws_region(self) -> str:
        """The AWS region that serves it."""
        return {"NA": "us-east-1", "EU": "eu-west-1", "FE": "us-west-2"}[self.value]

    @property
    def words(self) -> str:
        """The region in words."""
        return {"NA": "North America", "EU": "Europe", "FE": "Far East"}[self.value]


def region_of_host(host: str) -> tuple[Region, bool] | None:
    """The region of an SP-API host and whether it is the sandbox; None for any other host."""
    name = host.lower().partition(":")[0]
    for region in Region:
        if name == region.host:
            return region, False
        if name == region.sandbox_host:
            return region, True
    return None
