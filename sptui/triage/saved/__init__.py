"""Cases that were looked into: kept, opened again, run again after the fix, and compared."""

from sptui.triage.saved.case_file import SavedCase, SavedRun, UnreadableCaseFileError, case_data
from sptui.triage.saved.compare import Comparison, TrialPair, compare
from sptui.triage.saved.store import CaseStore, Shelf

__all__ = [
    "CaseStore",
    "Comparison",
    "SavedCase",
    "SavedRun",
    "Shelf",
    "TrialPair",
    "UnreadableCaseFileError",
    "case_data",
    "compare",
]
