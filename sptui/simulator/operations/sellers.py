"""Sellers API v1: where the seller takes part."""

from __future__ import annotations

from typing import Any, Final

from sptui.simulator.context import CallContext, Handler
from sptui.simulator.replies import Reply, json_reply
from sptui.simulator.seeded import DIGITS
from sptui.simulator.world import WorldMarketplace, WorldSeller
from sptui.spapi.marketplaces import MARKETPLACES, PSEUDO_MARKETPLACES

_LANGUAGES: Final = {
    "AE": "ar_AE", "AU": "en_AU", "BE": "fr_BE", "BR": "pt_BR", "CA": "en_CA", "DE": "de_DE", "EG": "ar_EG",
    "ES": "es_ES", "FR": "fr_FR", "IE": "en_IE", "IN": "en_IN", "IT": "it_IT", "JP": "ja_JP", "MX": "es_MX",
    "NL": "nl_NL", "PL": "pl_PL", "SA": "ar_SA", "SE": "sv_SE", "SG": "en_SG", "TR": "tr_TR", "UK": "en_GB",
    "US": "en_US", "ZA": "en_ZA",
}  # fmt: skip
"""Locales, although the model says ISO 639-1: recorded answers have ``fr_FR`` and ``ja_JP``."""

_PSEUDO: Final = {
    "A2ZV50J4W1RKNI": ("Non-Amazon", "US", "sim1.stores.amazon.com"),
    "A1MQXOICRS2Z7M": ("SI CA Prod Marketplace", "CA", "siprod.stores.amazon.ca"),
}
"""Name, country and domain where bizon/amazon-ids tells them; the others follow their pattern."""


def _get_marketplace_participations(context: CallContext) -> Reply:
    return json_reply(200, {"payload": [_entry(context.seller, each) for each in context.seller.marketplaces]})


def _entry(seller: WorldSeller, marketplace: WorldMarketplace) -> dict[str, Any]:
    return {
        "marketplace": _store(marketplace.id),
        "participation": {
            "isParticipating": marketplace.participating,
            "hasSuspendedListings": marketplace.suspended_listings,
        },
        "storeName": seller.name,
    }


def _store(marketplace_id: str) -> dict[str, str]:
    if known := MARKETPLACES.get(marketplace_id):
        name, country, domain = known.domain.removeprefix("www.").capitalize(), known.country_code, known.domain
        currency, language = known.currency, _LANGUAGES[known.country_code]
    elif marketplace_id in PSEUDO_MARKETPLACES:
        name, country, domain = _pseudo_store(marketplace_id)
        currency, language = _currency_of(country), _LANGUAGES.get(country, "en_US")
    else:  # a country so new that nobody's table has it
        name, country, domain, currency, language = "Amazon.example", "XX", "www.amazon.example", "XXX", "en_US"
    return {
        "id": marketplace_id,
        "name": name,
        "countryCode": "GB" if country == "UK" else country,
        "defaultCurrencyCode": currency,
        "defaultLanguageCode": language,
        "domainName": domain,
    }


def _pseudo_store(marketplace_id: str) -> tuple[str, str, str]:
    if marketplace_id in _PSEUDO:
        return _PSEUDO[marketplace_id]
    country, _, kind = PSEUDO_MARKETPLACES[marketplace_id].partition(" ")
    store = next((each for each in MARKETPLACES.values() if each.country_code == country), None)
    domain = store.domain.removeprefix("www.") if store else "amazon.com"
    return f"{kind} {country}", country, f"siprod.stores.{domain}"


def _currency_of(country: str) -> str:
    return next((each.currency for each in MARKETPLACES.values() if each.country_code == country), "USD")


def _get_account(context: CallContext) -> Reply:
    """Who the seller is; nothing in it tells of the account's health. Invented, as everybody in a world is."""
    seller = context.seller
    entries = [_entry(seller, each) for each in seller.marketplaces]
    country = next((each["marketplace"]["countryCode"] for each in entries), "DE")
    address = {"addressLine1": "1 Sample Street", "city": "Sampleton", "countryCode": country, "postalCode": "00000"}
    payload = {
        "marketplaceParticipationList": entries,
        "businessType": "PRIVATE_LIMITED",
        "sellingPlan": "PROFESSIONAL",
        "business": {
            "name": seller.name,
            "registeredBusinessAddress": address,
            "companyRegistrationNumber": context.seeded.text(8, "registration", seller.id, alphabet=DIGITS),
        },
        "primaryContact": {"name": "Alex Sample", "address": address},
    }
    return json_reply(200, {"payload": payload})


HANDLERS: Final[dict[str, Handler]] = {
    "sellers-v1.getAccount": _get_account,
    "sellers-v1.getMarketplaceParticipations": _get_marketplace_participations,
}
