"""Secrets: client secrets and refresh tokens, in the keyring of the operating system or in memory alone."""

from sptui.vault.contract import (
    MissingSecretError,
    NoBackendError,
    SecretTooLongError,
    Vault,
    VaultDeniedError,
    VaultLockedError,
)
from sptui.vault.keyring_vault import KeyringVault, VaultReport, open_vault, probe
from sptui.vault.memory import MemoryVault

__all__ = [
    "KeyringVault",
    "MemoryVault",
    "MissingSecretError",
    "NoBackendError",
    "SecretTooLongError",
    "Vault",
    "VaultDeniedError",
    "VaultLockedError",
    "VaultReport",
    "open_vault",
    "probe",
]
