"""Ledger rows as people read them: with the names of those who decided, where the accounts still exist."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from settings_app.models import ConsentRecord


@dataclass(frozen=True, slots=True)
class NamedRecord:
    record: ConsentRecord
    actor: str
    subject: str


def named(records: Iterable[ConsentRecord]) -> list[NamedRecord]:
    """The ledger holds ids; names are looked up here, in one query, and end with the account."""
    records = list(records)
    ids = {record.actor_id for record in records} | {record.subject_id for record in records}
    people = User.objects.filter(pk__in=[pk for pk in ids if pk])
    names = {user.pk: user.display_name for user in people}
    return [
        NamedRecord(
            record=record,
            actor=names.get(record.actor_id, "a deleted account")
            if record.actor_id
            else "a command of the operator",
            subject=names.get(record.subject_id, "a deleted account")
            if record.subject_id
            else "everyone",
        )
        for record in records
    ]
