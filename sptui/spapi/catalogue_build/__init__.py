"""The program that makes the catalogue's file out of Amazon's models: ``build_catalogue``, ``write_catalogue``."""

from __future__ import annotations

from sptui.spapi.catalogue_build.build import BUILT_IN_AS_OF, BuildReport, build_catalogue, write_catalogue
from sptui.spapi.catalogue_build.models import ModelsError

__all__ = ["BUILT_IN_AS_OF", "BuildReport", "ModelsError", "build_catalogue", "write_catalogue"]
