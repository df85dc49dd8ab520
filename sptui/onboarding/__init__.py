"""Applications and sellers come, change and go: the same functions for the screen and the command line."""

from sptui.onboarding.accounts_file import AccountsFileError, AccountsRow, read_accounts_file
from sptui.onboarding.bulk import ImportedRow, ImportOutcome, import_accounts
from sptui.onboarding.changes import (
    Removal,
    add_application,
    add_authorization,
    remove_application,
    remove_authorization,
    remove_seller,
    rename_seller,
)
from sptui.onboarding.inputs import checked_client_id, checked_client_secret, checked_refresh_token, region_meant
from sptui.onboarding.trial import CredentialTrial, try_credentials

__all__ = [
    "AccountsFileError",
    "AccountsRow",
    "CredentialTrial",
    "ImportOutcome",
    "ImportedRow",
    "Removal",
    "add_application",
    "add_authorization",
    "checked_client_id",
    "checked_client_secret",
    "checked_refresh_token",
    "import_accounts",
    "read_accounts_file",
    "region_meant",
    "remove_application",
    "remove_authorization",
    "remove_seller",
    "rename_seller",
    "try_credentials",
]
