"""The gate: may this person's text be kept, now?

Two decisions must both be yes, the tenant's (`SiteSettings.training_data_capture_enabled`) and the person's own
(`UserPreferences.training_data_consent`). A missing row is a no. Nothing here is ever cached.
"""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from django.db import connection
from django.db.transaction import TransactionManagementError


class Gate(StrEnum):
    """What the gate said, and if it was no, which of the two decisions said it first."""

    OPEN = "open"
    TENANT_OFF = "tenant_off"
    NO_CONSENT = "no_consent"


def read_gate(*, tenant_id: UUID, user_id: UUID) -> Gate:
    """The gate at this moment, without holding it: for hints and for skipping useless work."""
    return _decide(tenant_id=tenant_id, user_id=user_id, lock="")


def hold_gate(*, tenant_id: UUID, user_id: UUID) -> Gate:
    """The gate, held as it is until the caller's transaction ends.

    Both rows are read FOR SHARE, the tenant's first: a withdrawal or a switch-off must update its row, so it
    either committed before this read, which then says no, or waits until this transaction has ended, and then
    deletes what was inserted. Captures share the lock and do not wait for each other.

    Raises `TransactionManagementError` outside a transaction, where a lock would hold nothing.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("hold_gate() needs the inserting transaction.")
    return _decide(tenant_id=tenant_id, user_id=user_id, lock=" FOR SHARE")


def _decide(*, tenant_id: UUID, user_id: UUID, lock: Literal["", " FOR SHARE"]) -> Gate:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT training_data_capture_enabled FROM settings_app_sitesettings"  # noqa: S608 - constants
            " WHERE tenant_id = %s" + lock,
            [tenant_id],
        )
        if cursor.fetchone() != (True,):
            return Gate.TENANT_OFF
        cursor.execute(
            "SELECT training_data_consent FROM settings_app_userpreferences"  # noqa: S608 - constants
            " WHERE user_id = %s" + lock,
            [user_id],
        )
        if cursor.fetchone() != (True,):
            return Gate.NO_CONSENT
    return Gate.OPEN
