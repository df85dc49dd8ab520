"""What was recognised in a text, what is missing, and how what is missing is filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from sptui.spapi.catalogue import Catalogue, load_catalogue
from sptui.spapi.marketplaces import find_marketplace, label_of_marketplace
from sptui.spapi.redaction import redact
from sptui.spapi.regions import Region
from sptui.spapi.requests import InvalidValueError, parse_assignments
from sptui.triage.case import Case, UnreadableCaseError, read_case
from sptui.triage.masking import mask_json
from sptui.triage.reading.piece import Form


class Recognised(msgspec.Struct, frozen=True):
    """One failing call as it was found. ``data`` is the JSON case, without a secret or a buyer's data in its answer.

    ``entries``: titles of all calls that were found, of which this is number ``entry`` (from 0).
    ``told``: whether the request's parameters are all there. ``about``: see ``Piece``.
    """

    form: Form
    data: dict[str, Any]
    notes: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    entry: int = 0
    told: bool = True
    about: dict[str, Any] = {}

    def case(self, catalogue: Catalogue | None = None) -> Case:
        """The call, as the rules take it. Raises UnreadableCaseError."""
        case = read_case(self.data, catalogue, masked=True)
        region = str(self.about.get("region", ""))
        if case.region is None and region in list(Region):
            case = msgspec.structs.replace(case, region=Region(region))
        case = _without_placeholders(case)
        return _with_marketplaces(case, tuple(self.about.get("marketplaces") or ()))

    def filled(self, more: FillIn) -> Recognised:
        """The same call with what somebody added. Raises UnreadableCaseError."""
        data, about = dict(self.data), dict(self.about)
        context, response = dict(data.get("context") or {}), dict(data.get("response") or {})
        if more.operation:
            data["operation"] = redact(more.operation)
        if more.status is not None:
            response["status"] = more.status
        if more.seller:
            about["seller_id"] = more.seller
        if more.region is not None:
            about["region"] = more.region.value
        if more.marketplace:
            found = find_marketplace(more.marketplace)
            about["marketplaces"] = [found.id if found else more.marketplace.strip()]
        context |= mask_json(more.context())
        data |= {"context": context, "response": response}
        return msgspec.structs.replace(self, data=data, about=about)


class FillIn(msgspec.Struct, frozen=True):
    """What somebody adds to what was recognised; empty says nothing. ``other_sellers``: calling, failing."""

    operation: str = ""
    status: int | None = None
    seller: str = ""
    region: Region | None = None
    marketplace: str = ""
    token_kind: str = ""
    roles: tuple[str, ...] = ()
    account_status: str = ""
    other_sellers: tuple[int, int] | None = None
    other_marketplaces_ok: bool | None = None

    def context(self) -> dict[str, Any]:
        """The part that belongs into a case's ``context``."""
        told: dict[str, Any] = {}
        if self.token_kind:
            told["token_kind"] = self.token_kind
        if self.roles:
            told["roles"] = list(self.roles)
        if self.account_status:
            told["account_status"] = self.account_status
        if self.other_sellers is not None:
            told["other_sellers"] = dict(zip(("calling", "failing"), self.other_sellers, strict=True))
        if self.other_marketplaces_ok is not None:
            told["other_marketplaces_ok"] = self.other_marketplaces_ok
        return told


class Missing(msgspec.Struct, frozen=True):
    """Something that was not found: the name of the field of ``FillIn``, and why it would help."""

    field: str
    why: str

    @property
    def words(self) -> str:
        """What is missing, in a word or two."""
        return _WORDS[self.field]


_WORDS: Final = {
    "status": "status",
    "operation": "operation",
    "region": "region",
    "marketplace": "marketplace",
    "token_kind": "kind of token",
    "roles": "the application's roles",
    "other_sellers": "other sellers",
    "account_status": "account status",
    "seller": "seller id",
}


def check_operation(name: str, catalogue: Catalogue | None = None) -> None:
    """Raises UnreadableCaseError where no operation has that name, with those that are meant."""
    try:
        (catalogue or load_catalogue()).find(name)
    except LookupError as problem:
        raise UnreadableCaseError(str(problem)) from problem


def recognised_facts(found: Recognised, case: Case) -> list[tuple[str, str]]:
    """What was recognised, for people: a label and its value each, in the order in which one looks for them."""
    answer = case.answer
    where = f"{case.where}{' sandbox' if case.sandbox else ''}" if case.where else case.host
    if answer is not None:
        told = ": ".join(part for part in (answer.code, answer.message) if part)
        came = " ".join(part for part in (str(answer.status or ""), told) if part) or f"a body of kind {answer.kind}"
    else:
        came = f"none ({case.failure.kind}): {case.failure.message}" if case.failure else ""
    facts = (
        ("form", found.form.value),
        ("operation", case.operation.name if case.operation else case.name or _path(case)),
        ("region", where),
        ("marketplace", ", ".join(map(label_of_marketplace, case.marketplaces))),
        ("seller", str(found.about.get("seller_id", ""))),
        ("token", case.token_kind),
        ("answer", came[:300]),
        ("request id", answer.request_id if answer else ""),
        ("time", str(found.about.get("time", "")) or (answer.headers.get("date", "") if answer else "")),
    )
    return [(label, value) for label, value in facts if value]


def _path(case: Case) -> str:
    return f"{case.method} {case.path}".strip()


def missing_in(found: Recognised, case: Case) -> Iterator[Missing]:
    """What was not found, the most telling first."""
    lwa = case.stage != "api"
    if case.answer is None and case.failure is None:
        yield Missing("status", "What came back is not told: paste the answer below the call, or give its status.")
    elif case.answer is not None and not case.answer.status:
        yield Missing("status", "The answer's HTTP status is not told.")
    if case.operation is None and not lwa:
        yield Missing("operation", "Which operation it is cannot be told: the request cannot be checked.")
    if case.where is None and not lwa and not case.host:
        yield Missing("region", "Which region's host it went to is not told.")
    takes = case.operation is not None and _marketplace_parameter(case) is not None
    if not case.marketplaces and takes:
        yield Missing("marketplace", "Which marketplace it is about is not told.")
    if not case.token_kind and not lwa:
        yield Missing("token_kind", "The kind of access token is not told (its first characters, such as Atza|).")
    if case.context.roles is None and case.operation is not None and case.operation.roles:
        count = len(case.operation.roles)
        needs = case.operation.roles[0] if count == 1 else f"one of {count} opens it"
        yield Missing("roles", f"The application's roles are not told ({case.operation.name}: {needs}).")
    if case.context.other_sellers is None and not lwa:
        yield Missing("other_sellers", "Whether other sellers get the same is not told.")
    if not case.context.account_status and not lwa:
        yield Missing("account_status", "The account's status in the marketplace is not told.")
    if not found.about.get("seller_id"):
        yield Missing("seller", "The seller's id is not told, which Amazon's support asks for.")


def _marketplace_parameter(case: Case) -> str | None:
    if case.operation is None:
        return None
    names = [each.name for each in case.operation.parameters]
    return next((each for each in names if each.lower() in ("marketplaceids", "marketplaceid")), None)


def _with_marketplaces(case: Case, ids: tuple[str, ...]) -> Case:
    """A marketplace that stands beside the call, as the parameter that the operation takes it in."""
    name = _marketplace_parameter(case)
    if not ids or case.marketplaces or name is None or case.operation is None:
        return case
    try:
        values = parse_assignments(case.operation, [f"{name}={','.join(ids)}"])
    except InvalidValueError:
        return case
    return msgspec.structs.replace(case, values={**case.values, **values})


def _without_placeholders(case: Case) -> Case:
    """A log writes the template of a path: ``{reportId}`` is no report's id."""
    kept = {
        name: value
        for name, value in case.values.items()
        if not (isinstance(value, str) and value.startswith("{") and value.endswith("}") and value[1:-1].isidentifier())
    }
    return case if len(kept) == len(case.values) else msgspec.structs.replace(case, values=kept)
