"""The catalogue of SP-API operations: what each needs and takes, costs, and who may call it.

The facts come from Amazon's models of 2026-08-05 and from the role tables of the documentation; they are read from
``operations.json`` beside this package when first asked for, or from a newer file that ``sptui operations build``
wrote. What the models say only in prose (one of two dates, a token instead of the filters) is in ``one_of``,
``excludes``, ``needs``, ``ranges`` and ``conditions``.
"""

from __future__ import annotations

from sptui.spapi.catalogue.answers import Answers
from sptui.spapi.catalogue.catalogue import Catalogue
from sptui.spapi.catalogue.errors import AmbiguousOperationError, CatalogueFileError, UnknownOperationError
from sptui.spapi.catalogue.operation import (
    Condition,
    DateRange,
    Operation,
    Parameter,
    Place,
    SandboxCase,
    SandboxCases,
    SideEffects,
    Values,
)
from sptui.spapi.catalogue.shapes import NO_SHAPES, Shape, Shapes, Type
from sptui.spapi.catalogue.store import (
    BUILT_IN,
    CATALOGUE_NAME,
    FORMAT,
    built_in_bytes,
    catalogue_origin,
    catalogue_problem,
    forget_catalogue,
    load_catalogue,
    read_catalogue,
    use_catalogue_file,
)

__all__ = [
    "BUILT_IN",
    "CATALOGUE_NAME",
    "FORMAT",
    "NO_SHAPES",
    "AmbiguousOperationError",
    "Answers",
    "Catalogue",
    "CatalogueFileError",
    "Condition",
    "DateRange",
    "Operation",
    "Parameter",
    "Place",
    "SandboxCase",
    "SandboxCases",
    "Shape",
    "Shapes",
    "SideEffects",
    "Type",
    "UnknownOperationError",
    "Values",
    "built_in_bytes",
    "catalogue_origin",
    "catalogue_problem",
    "forget_catalogue",
    "load_catalogue",
    "read_catalogue",
    "use_catalogue_file",
]
