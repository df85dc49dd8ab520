"""A request held against the catalogue, offline: what Amazon would refuse, before it is asked.

What the catalogue knows comes from Amazon's models; the conflicts that the models tell only in prose are in its
``one_of``, ``excludes``, ``needs``, ``ranges`` and ``conditions``. A problem found here is a fact about the request,
not yet the reason why a call failed: Amazon lets some of them pass. Where the models are narrower than Amazon the
checker is silent; ``lifted`` tells where and why.
"""

from __future__ import annotations

from sptui.spapi.check.call import check_call
from sptui.spapi.check.dates import read_moment
from sptui.spapi.check.problems import ProblemKind, RequestProblem, first_level
from sptui.spapi.check.request import check_request

__all__ = ["ProblemKind", "RequestProblem", "check_call", "check_request", "first_level", "read_moment"]
