"""What changed before the call began to fail, or that nothing did."""

from __future__ import annotations

from collections.abc import Iterator

from sptui.spapi.calls import Stage
from sptui.triage.causes import Cause
from sptui.triage.evidence import AnswerSeen, Change, Changed, SellersTried, Withheld
from sptui.triage.rules.base import DECISIVE, FAIR, HINT, STRONG, Facts, Judgement, RuleBook, con, pro
from sptui.triage.rules.words import SUPPORT

rules = RuleBook(Changed)

_REAUTHORIZE = "Ask the seller to authorize the application again, and store the new refresh token."
_WATCH = f"Look at the SP-API Health Dashboard; open a case at {SUPPORT} with request ids and times."


def _changed(facts: Facts, *changes: Change) -> bool:
    return any(each in found.changes for found in facts.all(Changed) for each in changes)


def _seen(facts: Facts) -> AnswerSeen | None:
    return facts.failure or facts.success


@rules.rule("developer blog 2022: a recent code change? models issues 2589, 5230, 5365; docs issue 3153")
def stopped_by_itself(facts: Facts) -> Iterator[Judgement]:
    """What passed and was not touched does not become wrong by itself: Amazon, the account or the consent changed."""
    seen = facts.api_failure()
    if seen is None or not _changed(facts, Change.STOPPED, Change.UNCHANGED) or _changed(facts, Change.UPDATED):
        return
    untouched = _changed(facts, Change.UNCHANGED)
    why = "It passed before, and nothing was changed." if untouched else "It passed before."
    sellers = facts.last(SellersTried)
    if seen.denied and untouched and sellers is not None and sellers.trusted and sellers.all_fail:
        told = f"{why} It fails for all {sellers.calling} sellers at once."
        yield pro(Cause.SERVICE, STRONG, told, _WATCH)
        yield con(Cause.ROLE, FAIR, told)
    elif seen.denied:
        yield pro(Cause.SERVICE, HINT, why, _WATCH)
        yield pro(Cause.AUTHORIZATION, FAIR, f"{why} An authorization may have run out or been revoked.", _REAUTHORIZE)
        yield con(Cause.MARKETPLACE, HINT, why)
        yield con(Cause.REQUEST, HINT, why)
        yield con(Cause.ROLE, HINT if untouched else HINT / 2, why)
    elif seen.status == 429:
        return
    else:
        yield pro(Cause.SERVICE, FAIR + 0.3 if untouched else FAIR, why, _WATCH)
        yield con(Cause.REQUEST, FAIR if untouched else HINT, why)
        yield pro(Cause.ACCOUNT, HINT / 2, why)


@rules.rule("models issue 385, docs issue 2444: types that end FATAL or empty for everybody from one day on")
def results_stopped(facts: Facts) -> Iterator[Judgement]:
    """The call is answered well, and still something stopped."""
    success = facts.success
    if success is None or not _changed(facts, Change.STOPPED, Change.UNCHANGED):
        return
    weight = STRONG if success.processing in ("FATAL", "CANCELLED", "IN_QUEUE", "IN_PROGRESS") else FAIR
    yield pro(Cause.SERVICE, weight, "It gave more before, and the call is answered well.", _WATCH)


@rules.rule("docs issue 3153: ended by itself after 25 minutes")
def ended_by_itself(facts: Facts) -> Iterator[Judgement]:
    """What heals without anybody's doing was Amazon's."""
    if facts.failure is not None and _changed(facts, Change.ENDED):
        why = "It passes again, and nobody did anything."
        yield pro(Cause.SERVICE, DECISIVE, why, "Nothing now; keep request ids and times in case it comes back.")
        for cause in (Cause.ROLE, Cause.AUTHORIZATION, Cause.ACCOUNT, Cause.MARKETPLACE, Cause.REQUEST):
            yield con(cause, STRONG, why)


@rules.rule("Selling Partner API roles: new authorizations carry new roles; jlevers issue 245")
def role_after_the_consent(facts: Facts) -> Iterator[Judgement]:
    """A role that is newer than the refresh token is not in it."""
    seen = _seen(facts)
    if seen is None or seen.stage is not Stage.API or not _changed(facts, Change.NEW_ROLE, Change.OLD_CONSENT):
        return
    concerned = seen.denied or facts.last(Withheld) is not None or "access to" in seen.text
    if not concerned and not (seen.ok and _changed(facts, Change.OLD_CONSENT)):
        return
    why = "A role was added, and the seller's authorization is older: it does not carry the role."
    both = _changed(facts, Change.NEW_ROLE) and _changed(facts, Change.OLD_CONSENT)
    yield pro(Cause.AUTHORIZATION, DECISIVE if both else STRONG, why, _REAUTHORIZE)
    yield con(Cause.ROLE, HINT, "The application has the role by now.")


@rules.rule("inferred: a fresh authorization carries every role and has not run out")
def just_authorized(facts: Facts) -> Iterator[Judgement]:
    """The consent is new."""
    seen = facts.api_failure()
    if seen is not None and seen.denied and _changed(facts, Change.NEW_CONSENT):
        yield con(Cause.AUTHORIZATION, FAIR, "The seller authorized only just now.")


@rules.rule("authorization workflow: a draft application acts for its own account alone; jlevers issue 373")
def draft_application(facts: Facts) -> Iterator[Judgement]:
    """An application that is no more than a draft."""
    seen = facts.api_failure()
    if seen is not None and seen.denied and _changed(facts, Change.DRAFT):
        why = "The application is a draft: it acts for its own account alone, by self-authorization."
        yield pro(Cause.AUTHORIZATION, FAIR, why, "Self-authorize it, or publish it and have the seller authorize.")


@rules.rule("reports-faq: cancelled when asked again too soon; docs issue 2803")
def asked_again_too_soon(facts: Facts) -> Iterator[Judgement]:
    """Reports have a shortest interval, by type."""
    if not _changed(facts, Change.REPEATED):
        return
    seen = _seen(facts)
    why = "The same was asked for shortly before."
    fix = "Take the last finished one (getReports), and wait for the type's interval before asking again."
    if seen is not None and seen.processing in ("CANCELLED", "FATAL"):
        yield pro(Cause.THROTTLED, STRONG, why, fix)
        yield pro(Cause.SUCCESS, HINT, why, fix)
    else:
        yield pro(Cause.THROTTLED, HINT, why, fix)


@rules.rule("developer blog 2022: start time equals own deploy")
def own_change(facts: Facts) -> Iterator[Judgement]:
    """The caller's side changed."""
    if _changed(facts, Change.UPDATED) and facts.failure is not None:
        why = "The caller's own code, library or version changed."
        yield pro(Cause.REQUEST, HINT, why, "Compare what is sent now with what was sent before the change.")
        yield pro(Cause.CLIENT, HINT, why, "Compare what is sent now with what was sent before the change.")


@rules.rule("seen often: libraries change addresses, headers and bodies, and fall behind Amazon's changes")
def through_a_library(facts: Facts) -> Iterator[Judgement]:
    """A library, or AWS keys that it still wants, stand between the program and Amazon."""
    failure = facts.api_failure()
    if failure is None or failure.status >= 500:
        return
    if _changed(facts, Change.LIBRARY):
        why = "A library stands between: it may send something else than was meant."
        yield pro(Cause.CLIENT, FAIR, why, "Update the library, or look at the raw request that it sends.")
    if _changed(facts, Change.SIGNING) and failure.denied:
        why = "AWS keys or an IAM role are in play, which SP-API has not needed since October 2023."
        yield pro(Cause.CLIENT, FAIR + HINT, why, "Send the access token alone, without any AWS signature.")


@rules.rule("fulfillment inbound 2024-03-20 guide: generate, list, confirm")
def step_left_out(facts: Facts) -> Iterator[Judgement]:
    """Some operations need another one before them."""
    if facts.api_failure() is not None and _changed(facts, Change.SKIPPED):
        why = "A step that belongs before this call was left out."
        yield pro(Cause.REQUEST, FAIR + HINT, why, "Make the calls in the order of Amazon's guide.")


@rules.rule("docs issue 2935: a backlog on Amazon's side")
def takes_too_long(facts: Facts) -> Iterator[Judgement]:
    """Nothing fails, and nothing comes."""
    success = facts.success
    if success is not None and success.processing in ("IN_QUEUE", "IN_PROGRESS") and _changed(facts, Change.SLOW):
        yield pro(Cause.SERVICE, STRONG, "It waits much longer than such things take.", _WATCH)
        yield pro(Cause.THROTTLED, HINT, "Many requests of one kind wait for each other.")


@rules.rule("LWA credentials FAQ: the old secret dies 7 days after the new one is made")
def secret_replaced(facts: Facts) -> Iterator[Judgement]:
    """The client secret was rotated."""
    failure = facts.failure
    if failure is not None and _changed(facts, Change.NEW_SECRET) and (failure.denied or failure.stage is Stage.LWA):
        fix = "Store the new client secret wherever tokens are made."
        yield pro(Cause.LWA, FAIR + HINT, "The client secret was replaced.", fix)


@rules.rule("connecting-to-the-selling-partner-api: a token lives 3,600 seconds")
def begins_after_an_hour(facts: Facts) -> Iterator[Judgement]:
    """What begins some time after the start is something that ran out meanwhile."""
    failure = facts.api_failure()
    if failure is None or not failure.denied or not _changed(facts, Change.DELAYED):
        return
    why = "It begins some time after the start: what was fetched at the start has run out."
    fix = "Renew tokens and credentials before they run out, not only at the start."
    if "security token" in failure.text or "signature" in failure.text:
        yield pro(Cause.CLIENT, FAIR, why, fix)
    else:
        yield pro(Cause.TOKEN, FAIR, why, fix)
        yield con(Cause.ROLE, FAIR, why)
