"""What works on this machine and what does not: keyring, settings, clock, network, terminal, versions."""

from sptui.diagnosis.checks import Circumstances, diagnose
from sptui.diagnosis.finding import Finding, State

__all__ = ["Circumstances", "Finding", "State", "diagnose"]
