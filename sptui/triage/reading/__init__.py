"""Reading a failing call in whatever form it comes: one small reader for each form, one function over them."""

from sptui.triage.reading.piece import Form
from sptui.triage.reading.reader import FORMS_IN_WORDS, read_text, read_value
from sptui.triage.reading.recognised import FillIn, Missing, Recognised, missing_in, recognised_facts

__all__ = [
    "FORMS_IN_WORDS",
    "FillIn",
    "Form",
    "Missing",
    "Recognised",
    "missing_in",
    "read_text",
    "read_value",
    "recognised_facts",
]
