"""The report, feed or notification type that is asked for: to whom, where and until when Amazon offers it."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.check import ProblemKind
from sptui.spapi.enumeration import either
from sptui.triage.causes import Cause
from sptui.triage.evidence import AnswerSeen, RequestFlaw, TypeAsked
from sptui.triage.rules.base import DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, pro
from sptui.triage.rules.words import labels

rules = RuleBook(TypeAsked)


def _refusal(facts: Facts) -> AnswerSeen | None:
    """The answer that turned the type down: a refusal, or a processing that came to nothing."""
    failure = facts.api_failure()
    if failure is not None:
        return failure if failure.status in (400, 401, 403, 404) else None
    success = facts.success
    return success if success is not None and success.processing in ("FATAL", "CANCELLED") else None


def _concerns(facts: Facts) -> bool:
    return facts.nothing_seen or _refusal(facts) is not None


@rules.rule("report-type-values, feed-type-values, notification-type-values")
def unknown_type(facts: Facts) -> Iterator[Judgement]:
    """No list has it: mistyped, of MWS, or newer than this version."""
    refusal = _refusal(facts)
    for each in facts.all(TypeAsked):
        if not each.known and _concerns(facts):
            meant = f" Did you mean {each.similar}?" if each.similar else ""
            why = f"No list of Amazon's has the {each.kind} type {each.name}.{meant}"
            told = refusal is None or refusal.status == 400
            yield pro(Cause.REQUEST, FAIR + HINT if told else HINT / 2, why, f"Check the {each.kind} type's name.")


@rules.rule("deprecation schedule")
def removed_type(facts: Facts) -> Iterator[Judgement]:
    """It was offered once."""
    refusal = _refusal(facts)
    served = refusal is not None and refusal.status == 400
    if served and any(each.flaw is ProblemKind.REMOVED for each in facts.all(RequestFlaw)):
        return  # the answer is older than the removals: the version that it came from is gone as well
    for each in facts.all(TypeAsked):
        if each.removed_on and _concerns(facts):
            instead = f"Use {each.replaced_by}." if each.replaced_by else "Look for its successor in Amazon's lists."
            yield pro(Cause.REQUEST, STRONG, f"Amazon removed {each.name} on {each.removed_on}.", instead)
            yield pro(Cause.UNAVAILABLE, FAIR, f"Amazon removed {each.name} on {each.removed_on}.", instead)


@rules.rule("report-type-values, feed-type-values: marketplaces of each type")
def not_offered_in_the_marketplace(facts: Facts) -> Iterator[Judgement]:
    """Amazon's own table of places."""
    empty = facts.success is not None and facts.success.empty
    for each in facts.all(TypeAsked):
        if each.not_in and (empty or _concerns(facts)):
            why = f"Amazon does not offer {each.name} in {labels(each.not_in)}."
            yield pro(Cause.UNAVAILABLE, DECISIVE, why, f"Leave {labels(each.not_in)} out, or use another type there.")


@rules.rule("report-type-values: settlement and scheduled reports are made by Amazon; models issue 1265")
def made_by_amazon(facts: Facts) -> Iterator[Judgement]:
    """CreateReport does not take it."""
    for each in facts.all(TypeAsked):
        if each.made_by_amazon and _concerns(facts):
            why = f"Amazon makes {each.name} by itself; it cannot be ordered."
            fix = "List the finished ones with getReports and fetch the newest."
            yield pro(Cause.REQUEST, STRONG, why, fix)
            yield pro(Cause.UNAVAILABLE, STRONG - 0.2, why, fix)


@rules.rule("report-type-values: one marketplace a request for some types; docs issue 614")
def too_many_marketplaces(facts: Facts) -> Iterator[Judgement]:
    """The type takes fewer marketplaces at a time."""
    refusal = _refusal(facts)
    for each in facts.all(TypeAsked):
        if each.too_many and refusal is not None and refusal.status == 400:
            why = f"{each.name} takes fewer marketplaces in one request."
            yield pro(Cause.REQUEST, STRONG, why, "Make one request for each marketplace.")


@rules.rule("report-type-values: brand registry, Amazon Business, Easy Ship and other programs")
def needs_a_program(facts: Facts) -> Iterator[Judgement]:
    """Only sellers in a program have such data."""
    refusal = _refusal(facts)
    for each in facts.all(TypeAsked):
        if each.needs and refusal is not None:
            why = f"{each.name} is for sellers with {each.needs}."
            fatal = refusal.processing == "FATAL"
            fix = f"Check that the seller has {each.needs}."
            yield pro(Cause.UNAVAILABLE, FAIR if fatal else HINT, why, fix)


@rules.rule("role mappings of report, feed and notification types")
def role_of_the_type(facts: Facts) -> Iterator[Judgement]:
    """A type with buyers' data needs a restricted role."""
    refusal = _refusal(facts)
    if refusal is None or not refusal.denied:
        return
    for each in facts.all(TypeAsked):
        if each.restricted and each.roles:
            fix = f"Add the role {either(each.roles)}, then have the seller authorize again."
            yield pro(Cause.ROLE, HINT, f"{each.name} holds personal data and needs a restricted role.", fix)


@rules.rule("notification-type-values: EventBridge or SQS, by type; docs issue 2134")
def wrong_destination(facts: Facts) -> Iterator[Judgement]:
    """Some types go to EventBridge alone."""
    refusal = _refusal(facts)
    for each in facts.all(TypeAsked):
        if each.kind == "notification" and each.delivery and refusal is not None and refusal.status == 400:
            only = either(each.delivery)
            yield pro(Cause.REQUEST, HINT, f"{each.name} goes to {only}.", f"Subscribe with a destination of {only}.")
