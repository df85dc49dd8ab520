"""What a person types or pastes, checked for the usual mix-ups. No message repeats a secret."""

from __future__ import annotations

from sptui.settings import SettingsError
from sptui.spapi.marketplaces import find_marketplace
from sptui.spapi.redaction import Secret, token_kind
from sptui.spapi.regions import Region

_OTHER_TOKENS = {
    "Atza|": "an access token, which lives for an hour",
    "Atc|": "a grantless access token",
    "Atz.sprdt|": "a restricted data token",
}


def checked_refresh_token(text: str) -> Secret:
    """The refresh token in ``text``, without the blanks around it. Raises SettingsError for what is none."""
    text = _without_blanks(text, "refresh token")
    if kind := _OTHER_TOKENS.get(token_kind(text)):
        raise SettingsError(f"This is {kind}, not a refresh token. A refresh token begins with Atzr|.")
    if "%7c" in text.lower():
        raise SettingsError("This refresh token is URL-encoded (%7C stands for |). Paste it as Amazon shows it: Atzr|…")
    if text.startswith(("amzn1.oa2-cs.", "amzn1.application-oa2-client.")):
        raise SettingsError("This belongs to the application, it is not a refresh token. That begins with Atzr|.")
    return Secret(text)


def checked_client_secret(text: str) -> Secret:
    """The client secret in ``text``, without the blanks around it. Raises SettingsError for what is none."""
    text = _without_blanks(text, "client secret")
    if token_kind(text):
        raise SettingsError("This is a token, not a client secret. The secret stands beside the client id in Amazon's "
                            "developer console (LWA credentials).")  # fmt: skip
    if text.startswith("amzn1.application-oa2-client."):
        raise SettingsError("This is the client id, not the client secret. The secret stands beside it.")
    return Secret(text)


def checked_client_id(text: str) -> str:
    """The client id in ``text``. Raises SettingsError for an application id, with which it is often confused."""
    text = text.strip()
    if text.startswith(("amzn1.sp.solution.", "amzn1.sellerapps.app.")):
        raise SettingsError(
            "This is the application id. Login with Amazon wants the client id, amzn1.application-oa2-client.…: it is "
            "under LWA credentials in Amazon's developer console."
        )
    if not text:
        raise SettingsError("An application needs its client id: amzn1.application-oa2-client.…")
    return text


def region_meant(text: str) -> Region:
    """The region of a code (``EU``), or of a marketplace or country (``DE``). Raises SettingsError."""
    wanted = text.strip().upper()
    for region in Region:
        if wanted in (region.value, region.words.upper()):
            return region
    if marketplace := find_marketplace(wanted):
        return marketplace.region
    raise SettingsError("This region is unknown. Give NA, EU or FE, or a country in it such as DE.")


def _without_blanks(text: str, what: str) -> str:
    text = text.strip()
    if text[:1] in ('"', "'") and text[-1:] == text[:1]:
        text = text[1:-1].strip()
    if not text:
        raise SettingsError(f"The {what} is empty.")
    if any(character.isspace() or not character.isprintable() for character in text):
        raise SettingsError(f"The {what} has a blank or a line break in it. Paste it again, as one line.")
    if not text.isascii():
        raise SettingsError(f"The {what} has a character in it that Amazon uses in none. Copy it again.")
    return text
