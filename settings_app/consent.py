"""The gate: may this person's text be kept, now?

Two decisions must both be yes, the tenant's (`SiteSettings.training_data_capture_enabled`) and the person's own
(`UserPreferences.training_data_consent`), given in this tenant. A missing row is a no. Nothing here is ever cached.
Why this is linearizable: docs/decisions/0010-the-gate-is-linearizable.md.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.transaction import TransactionManagementError


class Gate(StrEnum):
    """What the gate said, and if it was no, which of the two decisions said it first."""

    OPEN = "open"
    TENANT_OFF = "tenant_off"
    NO_CONSENT = "no_consent"


@dataclass(frozen=True, slots=True)
class HeldGate:
    """The gate as it is held. When open: the two ledger rows it rests on, and the database's time."""

    gate: Gate
    capture_record_id: UUID | None = None
    consent_record_id: UUID | None = None
    held_at: datetime | None = None


# One statement, so that both decisions are seen as of one moment.
READ = """
SELECT site.training_data_capture_enabled,
       person.training_data_consent AND record.tenant_id = site.tenant_id
  FROM settings_app_sitesettings site
  LEFT JOIN settings_app_userpreferences person ON person.user_id = %s
  LEFT JOIN settings_app_consentrecord record ON record.id = person.consent_record_id
 WHERE site.tenant_id = %s
"""

# Two statements, so that the locks are taken in one order: the tenant's row, then the person's.
HOLD_TENANT = """
SELECT training_data_capture_enabled, capture_record_id
  FROM settings_app_sitesettings
 WHERE tenant_id = %s
   FOR SHARE
"""
HOLD_PERSON = """
SELECT person.training_data_consent, person.consent_record_id, clock_timestamp()
  FROM settings_app_userpreferences person
  JOIN settings_app_consentrecord record ON record.id = person.consent_record_id
 WHERE person.user_id = %s AND record.tenant_id = %s
   FOR SHARE OF person
"""


def read_gate(*, tenant_id: UUID, user_id: UUID) -> Gate:
    """The gate at this moment, without holding it: for hints and for skipping useless work."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [user_id, tenant_id])
        tenant_says, person_says = cursor.fetchone() or (False, False)
    if not tenant_says:
        return Gate.TENANT_OFF
    return Gate.OPEN if person_says else Gate.NO_CONSENT


def hold_gate(*, tenant_id: UUID, user_id: UUID) -> HeldGate:
    """The gate, held as it is until the caller's transaction ends.

    Both rows are read FOR SHARE, the tenant's first: a withdrawal or a switch-off must update its row, so it
    either committed before this read, which then says no, or waits until this transaction has ended, and then
    deletes what was inserted. Captures share the lock and do not wait for each other.

    Raises `TransactionManagementError` outside a transaction, where a lock would hold nothing.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("hold_gate() needs the inserting transaction.")
    with connection.cursor() as cursor:
        cursor.execute(HOLD_TENANT, [tenant_id])
        enabled, capture_record_id = cursor.fetchone() or (False, None)
        if not enabled:
            return HeldGate(Gate.TENANT_OFF)
        cursor.execute(HOLD_PERSON, [user_id, tenant_id])
        consents, consent_record_id, held_at = cursor.fetchone() or (False, None, None)
        if not consents:
            return HeldGate(Gate.NO_CONSENT)
    return HeldGate(Gate.OPEN, capture_record_id, consent_record_id, held_at)
