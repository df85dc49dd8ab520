"""Which keyring backend is used, which are refused, and what their failures mean."""

from __future__ import annotations

import importlib.util
import re
import sys
from typing import Any, Final

from sptui.spapi.authorization import CredentialError
from sptui.spapi.redaction import MASK, redact
from sptui.vault.contract import NoBackendError, VaultDeniedError, VaultLockedError
from sptui.vault.patient_thread import Outcome

HOW_TO_GET_ONE: Final = (
    "On a desktop, install and start a keyring (GNOME Keyring, KWallet). On a server, either install gnome-keyring and "
    "dbus and start sptui within `dbus-run-session -- sh`, there first "
    "`gnome-keyring-daemon --unlock --components=secrets` (type a password, then Enter and Ctrl+D); or "
    "`pip install keyrings.cryptfile`, which keeps an encrypted file. Or start sptui with --only-this-run: then "
    "secrets are asked for, and forgotten at its end."
)

_EMPTY: Final = frozenset({"keyring.backends.fail", "keyring.backends.null"})
_LOCKED: Final = frozenset({"KeyringLocked", "LockedException"})
_NOT_OPENED: Final = frozenset({"InitError", "PromptDismissedException"})


def choose(found: Any) -> Any:
    """The backend to use: ``found`` (keyring's choice), or of a chain the first that keeps secrets.

    Raises NoBackendError where there is none, or only one that writes them down in the open.
    """
    chain = getattr(found, "backends", None) if type(found).__name__ == "ChainerBackend" else [found]
    candidates = [each for each in chain or [] if type(each).__module__ not in _EMPTY]
    for backend in candidates:
        if not _is_plain_text(backend):
            return backend
    if candidates:
        raise NoBackendError(
            f"The only keyring here, {name_of(candidates[0])}, writes secrets into a file that is not encrypted; "
            f"sptui does not use it. {HOW_TO_GET_ONE}"
        )
    raise NoBackendError(f"There is no keyring on this machine that sptui could keep secrets in. {HOW_TO_GET_ONE}")


def name_of(backend: Any) -> str:
    """``keyring.backends.SecretService``, ``keyrings.alt.file.PlaintextKeyring``."""
    kind = type(backend)
    return kind.__module__ if kind.__name__ == "Keyring" else f"{kind.__module__}.{kind.__name__}"


def takes_short_secrets_only(backend: Any) -> bool:
    """Whether it is Windows' credential store, with its 2,560 bytes."""
    return type(backend).__name__ == "WinVaultKeyring"


def waits_for_terminal(backend: Any) -> bool:
    """Whether it would ask for its password on the terminal now: an encrypted file that is not open yet."""
    key = vars(backend).get("keyring_key") or vars(backend).get("_keyring_key")
    return _is_encrypted_file(backend) and not key


def unlock_on_terminal(backend: Any) -> None:
    """Lets an encrypted file ask for its password, three times at most. A wrong one is not kept."""
    for _ in range(3):
        if not waits_for_terminal(backend):
            return
        outcome = Outcome(lambda: backend.keyring_key)
        if outcome.error is None:
            return
        Outcome(lambda: delattr(backend, "keyring_key"))
        if isinstance(outcome.error, KeyboardInterrupt):
            raise outcome.error
        if isinstance(outcome.error, EOFError):
            return
        sys.stderr.write("That password does not open the keyring.\n")


def _is_encrypted_file(backend: Any) -> bool:
    """Those of keyrings.cryptfile and keyrings.alt: both ask by getpass, which must not happen under a screen."""
    return any(kind.__name__ == "EncryptedKeyring" for kind in type(backend).__mro__)


def one_may_ask_on_the_terminal() -> bool:
    """Whether a package is installed whose backends may: cheap to tell, without importing keyring."""
    return importlib.util.find_spec("keyrings") is not None


def _is_plain_text(backend: Any) -> bool:
    return "plaintext" in type(backend).__name__.lower()


def may_be_the_length(error: BaseException) -> bool:
    """Whether a failed writing may have failed for the secret's length: not where the keyring did not open at all."""
    return not _names(error) & (_LOCKED | _NOT_OPENED | {"NoKeyringError"})


def _names(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


def explain(error: BaseException, backend: Any, secret: str = "") -> CredentialError:
    """What a backend's failure means, in words that lead on. The ``secret`` at hand is in no message."""
    names = _names(error)
    who = f"The keyring ({name_of(backend)})" if backend is not None else "The keyring"
    told = _told(error, secret)
    if isinstance(error, CredentialError):
        return error
    if "NoKeyringError" in names:
        return NoBackendError(f"There is no keyring on this machine. {HOW_TO_GET_ONE}")
    if isinstance(error, TimeoutError):
        return VaultLockedError(
            f"{who} gave no answer in time. It may be asking for its password in another window: answer there, or "
            "unlock the keyring, then try again."
        )
    if names & _LOCKED:
        return VaultLockedError(
            f"{who} is locked, and was not unlocked{told}. Unlock it with its password (on a server: "
            "`gnome-keyring-daemon --unlock`; the password must be the one it was made with), then try again."
        )
    if names & _NOT_OPENED:
        return VaultDeniedError(
            f"{who} could not be opened: it asked for a password and got none{told}. Answer its prompt; without a "
            "desktop, unlock it beforehand with `gnome-keyring-daemon --unlock --components=secrets`."
        )
    if backend is None:
        return NoBackendError(
            f"{who} cannot be loaded{told}. Check PYTHON_KEYRING_BACKEND and the keyring's own configuration "
            "(`python -m keyring diagnose`), or start sptui with --only-this-run."
        )
    return VaultDeniedError(
        f"{who} refused{told}. Allow sptui to use it (on macOS: in the prompt, or in Keychain Access), then try again."
    )


def _told(error: BaseException, secret: str) -> str:
    """`` (Type: message)``, shortened; texts long enough to be a secret are left out."""
    message = str(error).replace(secret, MASK) if secret else str(error)
    message = re.sub(r"\S{40,}", "…", redact(" ".join(message.split())))[:200]
    return f" ({type(error).__name__}: {message})" if message else f" ({type(error).__name__})"
