"""What calls of this run showed of the request itself."""

from __future__ import annotations

import msgspec


class RehearsalTried(msgspec.Struct, frozen=True, tag="rehearsal"):
    """A call with side effects made where it has none: as a VALIDATION_PREVIEW of listings, or in the sandbox.

    ``kind``: "preview" or "sandbox". ``issues``: what a preview has against the content, in Amazon's words.
    """

    kind: str
    passes: bool
    status: int = 0
    code: str = ""
    issues: tuple[str, ...] = ()


class MinimalTried(msgspec.Struct, frozen=True, tag="minimal"):
    """The smallest request: does it pass, and if not, does it fail as the whole call did (``same``)?

    ``samples``: with plausible values in place of the person's own.
    """

    passes: bool
    status: int = 0
    code: str = ""
    same: bool = True
    samples: bool = False


class Culprit(msgspec.Struct, frozen=True, tag="culprit"):
    """The parameters without which the call passes and with which it fails: one alone, or several together.

    ``missing``: the other way round, the call passes as soon as they are given. ``fault``: "value" where another value
    passes, "option" where a sample value fails too, "combination" where they fail only together, "" where not tried.
    """

    names: tuple[str, ...]
    status: int
    code: str = ""
    values: tuple[str, ...] = ()
    missing: bool = False
    fault: str = ""


class NotReproduced(msgspec.Struct, frozen=True, tag="not reproduced"):
    """The call that was said to fail passes now, with every parameter."""


class Flaky(msgspec.Struct, frozen=True, tag="flaky"):
    """The same request both passed and failed in this run."""

    status: int
