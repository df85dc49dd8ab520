"""Which parameter makes a call fail: the minimal call, then the options, one by one or by halves.

What is blamed is a smallest failing set: it fails, and without any one of its members it passes. Three things are known
limits. Of several such sets one is found; the next shows in the next run, after the fix. What fails is taken to go on
failing when more is added; an option that fails only for want of a companion is seen by its other words
(``find_culprits``). And a fault that comes and goes is told from a parameter's by looking again, so with a small chance
it is not.
"""

from sptui.triage.isolation.attempts import Attempt, Result, Search, Trial, is_same_failure, trial_of, words_of
from sptui.triage.isolation.minimal import Minimal, find_minimal
from sptui.triage.isolation.options import Blame, Fault, find_culprits
from sptui.triage.isolation.plans import Plan, SearchKind, plans_for

__all__ = [
    "Attempt",
    "Blame",
    "Fault",
    "Minimal",
    "Plan",
    "Result",
    "Search",
    "SearchKind",
    "Trial",
    "find_culprits",
    "find_minimal",
    "is_same_failure",
    "plans_for",
    "trial_of",
    "words_of",
]
