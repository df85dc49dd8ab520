"""From a person's words of what passes, what fails and what changed to aspects that rules can read.

The words are those of CASE-like notes ("the same report for the US and Canada", "other calls", "with plain curl").
Only the kind of comparison is taken from them; what none of the patterns knows is a comparison of values.
"""

from __future__ import annotations

import functools
import re
from typing import Final

from sptui.spapi.catalogue import load_catalogue
from sptui.spapi.marketplaces import MARKETPLACES
from sptui.spapi.regions import Region
from sptui.triage.evidence import Aspect, Change

_SAME: Final = re.compile(
    r"\b(?:with |by |from )?(?:the )?(?:same|exact same|identical) (?:access )?"
    r"(?:token|client|credentials?|code|body|header|library|request|parameters?|configuration|app(?:lication)?|role)s?\b",
    re.I,
)
"""What did not differ is not compared."""

_THINGS: Final = (
    r"calls?|apis?|operations?|endpoints?|requests?|routes?|functions?|methods?|actions?|resources?|services?|queries"
)
_FAMILIES: Final = (
    r"orders?|reports?|feeds?|catalog(?:ue)?|inventory|listings?|pricing|financ\w+|fees?|shipments?|shipping"
    r"|notifications?|subscriptions?|destinations?|documents?|tokens?|messaging|solicitations?|inbound|outbound|vendor"
    r"|participations?|products?|offers?|invoices?|uploads?|sales|brand analytics|data kiosk|a\+ content"
)
_PATTERNS: Final = (
    (Aspect.EVERYTHING, rf"\b(?:every(?:thing)?|all|any)(?: of)?(?: the)?(?: other)? ?(?:{_THINGS})?\b(?! body)"),
    (Aspect.OPERATIONS, rf"\b(?:other|all other|different|many other|most) (?:sp-?api )?(?:\w+ )?(?:{_THINGS})\b"),
    (Aspect.OPERATIONS, rf"\b(?:{_FAMILIES})(?:,? (?:and|or) (?:{_FAMILIES}))* (?:{_THINGS})\b"),
    (Aspect.OPERATIONS, rf"^(?:\w+ )?(?:{_FAMILIES})(?:,? (?:and|or) (?:{_FAMILIES}))*(?: \w+)?\W*$"),
    (Aspect.TYPES, r"\b_?(?:GET|POST|JSON|FEE|FBA|MARKETPLACE)_[A-Z0-9_]{6,}\b|\b[A-Z]{3,}_[A-Z_]{6,}\b"),
    (Aspect.TYPES, r"\b(?:other|different|all other) (?:report|feed|notification)(?: type)?s?\b"),
    (
        Aspect.SELLERS,
        (
            r"\b(?:other|another|different|some|most|earlier|few) (?:seller|account|store|shop|merchant|client"
            r"|customer)s?\b"
        ),
    ),
    (Aspect.SELLERS, r"\bsellers? that (?:were|was|had)\b"),
    (Aspect.PRODUCTION, r"\b(?:in|on|the|against) (?:production|live)\b|\bproduction\b"),
    (Aspect.MARKETPLACES, r"\b(?:other|another|different) (?:marketplace|country|countries|site)s?\b"),
    (Aspect.REGIONS, r"\b(?:other|another|different) (?:region|host)s?\b"),
    (Aspect.CLIENT,
     r"\b(?:curl|postman|insomnia|wget|httpie|swagger|browser|tls|ssl|http/?[12]|proxy|adapter|sdk)\b"),
    (
        Aspect.CLIENT,
        (
            r"\b(?:other|another|different|newer|older|official) (?:http )?(?:client|librar(?:y|ies)|adapter"
            r"|language|machine|server|network|tool|version)\b"
        ),
    ),
    (
        Aspect.TOKEN,
        (
            r"\b(?:a|an|another|other|new|fresh|plain|seller'?s?|grantless|restricted|normal"
            r"|regular) (?:\w+ )?(?:access )?tokens?\b"
        ),
    ),
    (
        Aspect.TOKEN,
        (
            r"\b(?:rdt|restricted data token)s?\b|\btokens? (?:made|obtained|from)\b"
        ),
    ),
    (
        Aspect.PACE,
        (
            r"\b(?:first|few|fewer|slower|single|one) (?:calls?|requests?|tries|attempts?)\b|\bloops?(?:ing)?\b"
            r"|\bpause\b|\bslowly\b|\bpolling\b|\b(?:at|per) (?:a|once|second|minute)\b|\bdelay\b"
            r"|\bwait(?:ing|ed)?\b"
        ),
    ),
)  # fmt: skip
_COMPILED: Final = tuple(
    (aspect, re.compile(pattern, re.I if aspect is not Aspect.TYPES else 0)) for aspect, pattern in _PATTERNS
)
_TYPES_IN_WORDS: Final = re.compile(r"\b(?:other|different|all other) (?:report|feed|notification)(?: type)?s?\b", re.I)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_VALUES: Final = re.compile(
    r"\b(?:without|alone|only|instead|short(?:er)?|leaving out|earlier|later|smaller|empty"
    r"|one (?!of)\w+)\b",
    re.I,
)


@functools.lru_cache(maxsize=5_000)
def compared_aspects(text: str, operation: str, path: str, region: Region | None) -> frozenset[Aspect]:
    """In what a call that ``text`` tells of differs from this one; VALUES where it says nothing else."""
    plain = _SAME.sub(" ", text)
    found = {aspect for aspect, pattern in _COMPILED if pattern.search(plain)}
    if _TYPES_IN_WORDS.search(plain):
        found.add(Aspect.TYPES)
    words = _WORD.findall(plain)
    if _names_another_operation(words, operation) or _names_another_path(plain, path):
        found.add(Aspect.OPERATIONS)
    found |= _places(plain, words, region)
    if Aspect.TYPES in found or (Aspect.REGIONS in found and Aspect.MARKETPLACES in found):
        found.discard(Aspect.OPERATIONS if Aspect.TYPES in found else Aspect.MARKETPLACES)
    if found - {Aspect.EVERYTHING} and Aspect.OPERATIONS in found:
        found.discard(Aspect.EVERYTHING)
    if not found or _VALUES.search(plain):
        found.add(Aspect.VALUES)
    return frozenset(found)


def _names_another_operation(words: list[str], operation: str) -> bool:
    return any(each.lower() in _operation_names() and each.lower() != operation.lower() for each in words)


def _names_another_path(text: str, path: str) -> bool:
    # A path of the same operation is a value of it; one with another beginning is another operation.
    paths = re.findall(r"(?<![\w:/])/[a-z][\w\-]+/[\w\-./{}]+", text)
    return any(not path.startswith(each.split("{")[0].rstrip("/")) for each in paths) and not path.startswith(
        "/tokens/"
    )


@functools.cache
def _operation_names() -> frozenset[str]:
    # Names of one common word ("cancel") are no names in a sentence.
    return frozenset(each.name.lower() for each in load_catalogue() if re.search(r"[a-z][A-Z]", each.name))


_COUNTRIES: Final = {each.country.lower(): each.region for each in MARKETPLACES.values()} | {
    "america": Region.NA, "u.s.": Region.NA, "usa": Region.NA, "britain": Region.EU, "england": Region.EU,
    "uae": Region.EU,
}  # fmt: skip
_REGION_WORDS: Final = {
    "north america": Region.NA, "europe": Region.EU, "european": Region.EU, "far east": Region.FE,
}  # fmt: skip
_CODES: Final = {each.country_code: each.region for each in MARKETPLACES.values()} | {"GB": Region.EU}
_AMBIGUOUS: Final = frozenset({"IN", "IT", "BE", "US", "SE", "SA"})
"""Codes that are words too: they count in capitals only, as all codes do."""


def _places(text: str, words: list[str], region: Region | None) -> set[Aspect]:
    lower = text.lower()
    found: set[Aspect] = set()
    regions = {home for name, home in _REGION_WORDS.items() if name in lower}
    regions |= {Region(each) for each in words if each in ("NA", "EU", "FE")}
    for home in regions:
        if home is not region:
            found.add(Aspect.REGIONS)
    homes = {home for name, home in _COUNTRIES.items() if name in lower and home not in regions}
    homes |= {_CODES[each] for each in words if each in _CODES}
    homes |= {MARKETPLACES[each].region for each in words if each in MARKETPLACES}
    for home in homes:
        found.add(Aspect.MARKETPLACES if region is None or home is region else Aspect.REGIONS)
    return found


_CHANGES: Final = (
    (Change.UNCHANGED,
     r"\bnothing\b|\bno (?:code )?changes?\b|\bunchanged\b|\bwithout (?:any )?change\b|\bnot changed\b"),
    (
        Change.STOPPED,
        (
            r"\b(?:worked|passed (?:the|until|before|yesterday|last|a)|was fine|had worked|was accepted|working"
            r"|succeeded)\b|\bstopped\b|\buntil\b|\bsuddenly\b|\bused to\b"
            r"|\bsince (?:\d|yesterday|this|last|one)|\bbegan\b|\bfirst time\b|\bfor (?:two|three|\d+) days\b"
        ),
    ),
    (Change.ENDED, r"\bended by itself\b|\bpasses again\b|\bworks again\b|\bcame back\b|\bwent away\b"),
    (
        Change.NEW_ROLE,
        (
            r"\brole\w* (?:\w+ ){0,3}(?:added|approved|selected|granted|given|requested)\b"
            r"|\b(?:added|approved|granted|got|new) (?:\w+ ){0,4}roles?\b"
            r"|\b(?:pii|restricted|personal data)\b.*\b(?:access|approv\w+|granted)\b"
        ),
    ),
    (
        Change.OLD_CONSENT,
        (
            r"\b(?:refresh )?token (?:\w+ ){0,3}(?:not renewed|not regenerated|older|kept|is old)\b"
            r"|\bnot (?:re-?)?authori[sz]ed (?:again|since|anew)\b|\bno new (?:refresh )?token\b"
        ),
    ),
    (
        Change.NEW_CONSENT,
        (
            r"\btoken (?:was |been )?(?:renewed|regenerated|refreshed)\b|\b(?:re|newly |just )-?authori[sz]ed\b"
            r"|\bnew refresh token\b"
        ),
    ),
    (Change.DRAFT, r"\bdraft\b|\b(?:un|not (?:yet )?)published\b"),
    (
        Change.REPEATED,
        (
            r"\bsame (?:\w+ ){0,4}(?:had been |was |been )?(?:requested|asked|ordered|created|made)\b"
            r"|\brequested (?:\w+ ){0,3}(?:before|earlier|ago)\b|\bin a (?:loop|row)\b|\bagain and again\b"
            r"|\bevery (?:\w+ )?(?:second|minute)s?\b"
        ),
    ),
    (
        Change.UPDATED,
        (
            r"\b(?:librar(?:y|ies)|code|sdk|package|client|version)\b (?:\w+ ){0,4}(?:updated|upgraded|changed"
            r"|migrated)\b|\b(?:updated|upgraded|migrated|deployed)\b"
        ),
    ),
    (
        Change.NEW_SECRET,
        (
            r"\bsecret (?:\w+ ){0,3}(?:rotated|replaced|renewed|new|changed)\b"
            r"|\b(?:rotated|replaced|new) (?:\w+ ){0,3}secret\b|\brotation\b"
        ),
    ),
    (Change.LIBRARY, r"\b(?:librar(?:y|ies)|sdk|package|wrapper|gem|composer|npm|nuget)\b"),
    (
        Change.SIGNING,
        (
            r"\biam\b|\brole ?arn\b|\bassume ?role\b|\bsts\b"
            r"|\baws (?:\w+ )?(?:tokens?|keys?|credentials?|signatures?)\b"
        ),
    ),
    (
        Change.SKIPPED,
        (
            r"\bnot (?:called|made|sent|generated|created|confirmed)\b (?:\w+ )?(?:before|first|yet)"
            r"|\bwithout (?:calling|first|having)\b|\bskipp\w+\b"
        ),
    ),
    (
        Change.SLOW,
        (
            r"\b(?:very|too|much|so) (?:long|slow)\w*\b|\bfor (?:hours|days)\b|\bstuck\b"
            r"|\bnever (?:finish|end)\w*\b"
        ),
    ),
    (
        Change.DELAYED,
        (
            r"\b(?:after|starts?|begins?) (?:about |some |an |one |two |\d+ ?)?(?:\w+ ){0,3}hours?\b"
            r"|\bhours? after\b|\brestart\w*\b|\bat start-?up\b"
        ),
    ),
)  # fmt: skip
_CHANGES_COMPILED: Final = tuple((change, re.compile(pattern, re.I)) for change, pattern in _CHANGES)


@functools.lru_cache(maxsize=5_000)
def changes_in(text: str) -> frozenset[Change]:
    """The changes that a text tells of; empty for one that no pattern knows."""
    found = {change for change, pattern in _CHANGES_COMPILED if pattern.search(text)}
    if Change.UNCHANGED in found:
        found.discard(Change.UPDATED)
    if Change.OLD_CONSENT in found:
        found.discard(Change.NEW_CONSENT)
    return frozenset(found)
