"""Buyers on their way: names, addresses, e-mail addresses and telephone numbers, blurred where they are shown.

The fields are those that Amazon's models use for persons (orders, merchant fulfilment, fulfilment outbound,
messaging, direct fulfilment); a blurred value keeps its length and its kind of characters.
"""

from __future__ import annotations

import functools
import re
from typing import Any, Final

_FIELDS: Final = frozenset(
    {
        "addressline1", "addressline2", "addressline3", "address1", "address2", "address3", "street", "streetaddress",
        "buyeremail", "buyername", "buyertaxinfo", "buyerphone", "buyerphonenumber", "cardholder", "city",
        "companyname", "contactname", "customeremail", "customername", "email", "emailaddress", "fax", "firstname",
        "fullname",
        "giftmessage", "giftmessagetext", "lastname", "municipality", "county", "district", "deliveryinstructions",
        "phone", "phonenumber",
        "postalcode", "postalorzipcode", "recipientname", "recipient", "shippingname", "taxid",
        "zipcode", "buyercompanyname", "companylegalname", "purchasingcustomername", "displayablephonenumber",
    }
)  # fmt: skip
_PERSONS: Final = frozenset(
    {
        "address", "shippingaddress", "shiptoaddress", "shipfromaddress", "sourceaddress", "destinationaddress",
        "buyerinfo", "buyer",
        "defaultshipfromlocationaddress", "billingaddress", "shipto", "shipfrom", "billto", "recipient",
        "contactinformation", "returnaddress", "deliveryaddress",
    }
)  # fmt: skip
"""Below these a plain ``name`` is a person's."""
_KEPT: Final = frozenset(
    {
        "countrycode",
        "country",
        "addresstype",
        "stateorregion",
        "stateorprovincecode",
        "state",
        "isaddresssharingconfidential",
    }
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}")
_LETTERS = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d")
_MASKED: Final = "•••"
_LONGEST_NAME: Final = 200


def blur(text: str) -> str:
    """``text`` with every letter as x and every digit as 0."""
    return _DIGITS.sub("0", _LETTERS.sub("x", text))


def hide_emails(text: str) -> str:
    """``text`` without the e-mail addresses in it."""
    return _EMAIL.sub(f"{_MASKED}@{_MASKED}", text) if "@" in text else text


def blur_json(value: Any) -> Any:
    """A JSON value with buyers' data blurred: by the name of their field, and e-mail addresses anywhere."""
    return _blurred(value, 200, person=False)


def people_in(value: Any) -> tuple[str, ...]:
    """The texts in a JSON value that ``blur_json`` would blur by their field, the longest first."""
    found: set[str] = set()
    _collect(value, found, 200, person=False)
    return tuple(sorted(found, key=lambda each: (-len(each), each)))


def _is_personal(name: str, *, person: bool) -> bool:
    word = _word(name)
    return word in _FIELDS or (person and word == "name")


def _is_person(name: str) -> bool:
    return _word(name) in _PERSONS


def _word(name: str) -> str:
    """A field's name without its many spellings; one that is longer than any of them is as good as none."""
    return _short_word(name) if len(name) <= _LONGEST_NAME else ""


@functools.lru_cache(maxsize=10_000)
def _short_word(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _blurred(value: Any, levels: int, *, person: bool) -> Any:
    if isinstance(value, str):
        return hide_emails(value)
    if not isinstance(value, (dict, list)):
        return value
    if not levels:
        return _MASKED
    if isinstance(value, list):
        return [_blurred(each, levels - 1, person=person) for each in value]
    return {
        hide_emails(str(name)): _all_blurred(each, levels - 1)
        if _is_personal(str(name), person=person)
        else _blurred(each, levels - 1, person=person or _is_person(str(name)))
        for name, each in value.items()
    }


def _all_blurred(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return blur(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return 0
    if not isinstance(value, (dict, list)):
        return value
    if not levels:
        return _MASKED
    if isinstance(value, list):
        return [_all_blurred(each, levels - 1) for each in value]
    return {str(name): each if _is_kept(str(name)) else _all_blurred(each, levels - 1) for name, each in value.items()}


def _is_kept(name: str) -> bool:
    return _word(name) in _KEPT


def _collect(value: Any, found: set[str], levels: int, *, person: bool, all_of_it: bool = False) -> None:
    if isinstance(value, str):
        if all_of_it and len(value) > 2:
            found.add(value)
    elif isinstance(value, (list, dict)) and levels:
        entries = value.items() if isinstance(value, dict) else ((None, each) for each in value)
        for name, each in entries:
            named = str(name) if name is not None else ""
            if all_of_it and _is_kept(named):
                continue
            whole = all_of_it or _is_personal(named, person=person)
            if isinstance(each, (list, dict)) or whole:
                _collect(each, found, levels - 1, person=person or _is_person(named), all_of_it=whole)


def hide_people(text: str, people: tuple[str, ...]) -> str:
    """``text`` without the given texts (see ``people_in``) and without e-mail addresses."""
    for each in people:
        if each in text:
            text = text.replace(each, blur(each))
    return hide_emails(text)
