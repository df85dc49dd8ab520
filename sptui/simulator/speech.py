"""How each API words its 400: the same mistake is told in different texts.

Texts from recorded answers and issue threads (selling-partner-api-docs 235, 1003, 2721; -models 1437, 2233, 2549,
2771; python-amazon-sp-api 13). Where none is known for an API, the commonest wording stands in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sptui.simulator.replies import RefusalError, invalid
from sptui.spapi.catalogue import Operation, Parameter

_JSON_NAMES: Final = ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"))


class Speech:
    """The commonest wording."""

    def missing(self, names: Sequence[str]) -> RefusalError:
        """Required parameters were not sent."""
        return invalid(f"Missing or invalid request parameters: [{', '.join(names)}]", None)

    def none_of(self, names: Sequence[str]) -> RefusalError:
        """Of several parameters one is needed, and none was sent."""
        return self.missing(names[:1])

    def wrong_value(self, parameter: Parameter, value: Any) -> RefusalError:  # noqa: ARG002 - others quote it
        """A value out of range, too long a list, or not one of those allowed."""
        return invalid("Invalid Input")

    def wrong_type(self, parameter: Parameter, value: Any) -> RefusalError:
        """A value of another type than the model's."""
        if parameter.place != "body":
            return self.wrong_value(parameter, value)
        return wrong_json_type(value, parameter.type)

    def in_conflict(self, parameters: Sequence[Parameter]) -> RefusalError:
        """Parameters that exclude each other."""
        return self.wrong_value(parameters[0], "")

    def wrong_date(self, parameters: Sequence[Parameter]) -> RefusalError:
        """A date that cannot be read."""
        return self.wrong_value(parameters[0], "")

    def too_recent(self, parameter: Parameter) -> RefusalError:
        """A date less than the minutes ago that the operation asks for."""
        return self.wrong_value(parameter, "")

    def reversed_dates(self, first: Parameter, last: Parameter) -> RefusalError:  # noqa: ARG002 - others name both
        """A range that ends before it begins."""
        return self.wrong_value(first, "")


class _ReportsSpeech(Speech):
    def missing(self, names: Sequence[str]) -> RefusalError:
        return invalid("One or more required parameters missing", "".join(f"{name};" for name in sorted(names)))

    def reversed_dates(self, first: Parameter, last: Parameter) -> RefusalError:
        return invalid(f"{first.name} is after {last.name}")


class _FeedsSpeech(_ReportsSpeech):
    def wrong_type(self, parameter: Parameter, value: Any) -> RefusalError:
        return invalid_feed() if parameter.place == "body" else self.wrong_value(parameter, value)


class _OrdersSpeech(Speech):
    def none_of(self, names: Sequence[str]) -> RefusalError:
        del names
        return _not_valid()

    def wrong_value(self, parameter: Parameter, value: Any) -> RefusalError:
        del parameter, value
        return _not_valid()

    def in_conflict(self, parameters: Sequence[Parameter]) -> RefusalError:
        dates = [each for each in parameters if each.format == "date-time"]
        return self.wrong_date(dates) if len(dates) == len(parameters) else _not_valid()

    def wrong_date(self, parameters: Sequence[Parameter]) -> RefusalError:
        names = ", ".join(each.name[:1].lower() + each.name[1:] for each in parameters)
        return invalid("This is an invalid input", f"Invalid date-time field(s) [{names}].")


class _ListingsSpeech(Speech):
    def missing(self, names: Sequence[str]) -> RefusalError:
        return invalid(f"Missing required {_quoted(names, 'and')}.")

    def none_of(self, names: Sequence[str]) -> RefusalError:
        return invalid(f"Missing required {_quoted(sorted(names), 'or')}.")

    def wrong_value(self, parameter: Parameter, value: Any) -> RefusalError:
        del value
        return invalid(f"Invalid '{parameter.name}' provided.")


class _NotificationsSpeech(Speech):
    def missing(self, names: Sequence[str]) -> RefusalError:
        del names
        return unparsable()

    def wrong_value(self, parameter: Parameter, value: Any) -> RefusalError:
        del parameter, value
        return unparsable()


class _TokensSpeech(Speech):
    def missing(self, names: Sequence[str]) -> RefusalError:
        del names
        return RefusalError(400, "InvalidRequest", "Request is missing or has invalid parameters", _NO_RESOURCE)

    def wrong_value(self, parameter: Parameter, value: Any) -> RefusalError:
        del value
        return self.missing([parameter.name])


_NO_RESOURCE: Final = "Resource not provided."
_SPEECHES: Final[dict[str, Speech]] = {
    "catalogItems": _ListingsSpeech(),
    "feeds": _FeedsSpeech(),
    "listingsItems": _ListingsSpeech(),
    "notifications": _NotificationsSpeech(),
    "orders": _OrdersSpeech(),
    "reports": _ReportsSpeech(),
    "tokens": _TokensSpeech(),
}
_COMMON: Final = Speech()


def speech_of(operation: Operation) -> Speech:
    """The wording of an operation's API."""
    return _SPEECHES.get(operation.api, _COMMON)


def invalid_feed() -> RefusalError:
    """What createFeed answers to a closed account and to a list sent as text alike (developer blog, 2022)."""
    return invalid("Invalid request parameters")


def unparsable(details: str = "") -> RefusalError:
    """What the Notifications API answers to whatever it cannot use (amazon-sp-api issue 98, -docs 1988)."""
    return invalid("Request has missing or invalid parameters and cannot be parsed.", details)


def wrong_json_type(value: Any, allowed: str) -> RefusalError:
    """A JSON value of the wrong type, as the schema check before the operation tells it."""
    found = next((name for type_, name in _JSON_NAMES if isinstance(value, type_)), "object")
    found = "null" if value is None else found
    return invalid(
        f"Invalid request body: [instance type ({found}) does not match any allowed primitive type "
        f'(allowed: ["{allowed}"])]'
    )


def _not_valid() -> RefusalError:
    return invalid("The input you have submitted is not valid. Please check your input and try again.")


def _quoted(names: Iterable[str], word: str) -> str:
    return f" {word} ".join(f"'{name}'" for name in names)
