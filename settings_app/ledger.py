"""The consent ledger: append-only rows, chained per tenant by SHA-256.

A row's hash covers all of its columns and the hash of the row before it, so a changed, removed, inserted or moved
row breaks the chain from there on. The chain's end is kept apart (`ConsentChain`), so that missing last rows show,
too. The database refuses UPDATE, DELETE and TRUNCATE of the rows by trigger. Who owns the database can take the
triggers away; then the chain shows it, and who rewrites a whole chain is shown by any receipt downloaded before.

Rows hold ids, never names, and have no foreign key to people or tenants: they outlive both, and name nobody then.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection
from django.db.transaction import TransactionManagementError

from settings_app.models import ConsentChain, ConsentRecord, Decision, Surface
from settings_app.wording import Wording, find_wording

# What the first row of a chain names as its predecessor's hash.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class HeldChain:
    """A tenant's chain, locked until the caller's transaction ends: nobody else can append."""

    _chain: ConsentChain

    def append(
        self,
        *,
        decision: Decision,
        wording: Wording,
        surface: Surface,
        actor_id: UUID | None,
        subject_id: UUID | None = None,
        effect: Mapping[str, object] | None = None,
    ) -> ConsentRecord:
        """Add one row and move the chain's end to it.

        `actor_id` is who decided (None: a command of the operator), `subject_id` the person it concerns (None: everyone
        in the tenant). `effect` says what else happened in the transaction: ids and counts, never names or text.
        """
        record = ConsentRecord(
            tenant_id=self._chain.tenant_id,
            sequence=self._chain.length + 1,
            decision=decision,
            actor_id=actor_id,
            subject_id=subject_id,
            wording_name=wording.name,
            wording_version=wording.version,
            wording_sha256=wording.sha256,
            language=wording.language,
            surface=surface,
            effect=dict(effect or {}),
            recorded_at=database_now(),
            previous_hash=self._chain.head_hash,
        )
        record.record_hash = hash_of(record)
        record.save(force_insert=True)
        self._chain.length = record.sequence
        self._chain.head_hash = record.record_hash
        self._chain.save(update_fields=["length", "head_hash"])
        return record


def hold_chain(tenant_id: UUID) -> HeldChain:
    """Lock the tenant's chain. Decisions take their settings row first and the chain second, everywhere.

    Raises `TransactionManagementError` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("hold_chain() needs the deciding transaction.")
    chain, _ = ConsentChain.objects.select_for_update().get_or_create(
        tenant_id=tenant_id, defaults={"length": 0, "head_hash": GENESIS}
    )
    return HeldChain(chain)


def hash_of(record: ConsentRecord) -> str:
    """SHA-256 in hexadecimal of the row's canonical JSON: all columns but the hash itself, keys sorted."""
    return hashlib.sha256(canonical(record).encode()).hexdigest()


def canonical(record: ConsentRecord) -> str:
    facts = facts_of(record)
    del facts["record_hash"]
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def facts_of(record: ConsentRecord) -> dict[str, object]:
    """The row's columns as JSON values; times in UTC with microseconds. Also the form a receipt has them in."""
    return {
        "id": str(record.id),
        "tenant_id": str(record.tenant_id),
        "sequence": record.sequence,
        "decision": str(record.decision),
        "actor_id": _text_or_none(record.actor_id),
        "subject_id": _text_or_none(record.subject_id),
        "wording_name": record.wording_name,
        "wording_version": record.wording_version,
        "wording_sha256": record.wording_sha256,
        "language": record.language,
        "surface": str(record.surface),
        "effect": record.effect,
        "recorded_at": record.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "previous_hash": record.previous_hash,
        "record_hash": record.record_hash,
    }


def _text_or_none(value: UUID | None) -> str | None:
    return None if value is None else str(value)


def database_now() -> datetime:
    """The database's clock, which all web processes share; their own may differ."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def chain_problems(tenant_id: UUID) -> Iterator[str]:
    """What is wrong with the tenant's chain, one sentence a row. Nothing: the chain is whole."""
    length, last_hash = 0, GENESIS
    records = ConsentRecord.objects.filter(tenant_id=tenant_id).order_by("sequence")
    for record in records.iterator():
        yield from _record_problems(record, expected=length + 1, previous_hash=last_hash)
        length, last_hash = record.sequence, record.record_hash
    chain = ConsentChain.objects.filter(tenant_id=tenant_id).first()
    if chain is None and length:
        yield f"tenant {tenant_id}: the chain's end is missing, though there are {length} rows"
    elif chain is not None and (chain.length, chain.head_hash) != (length, last_hash):
        yield (
            f"tenant {tenant_id}: the chain ends at row {length}, but should end at row {chain.length} "
            f"with hash {chain.head_hash[:16]}…"
        )


def _record_problems(record: ConsentRecord, *, expected: int, previous_hash: str) -> Iterable[str]:
    name = f"record {record.id} (row {record.sequence})"
    if record.sequence != expected:
        yield f"{name}: row {expected} of the chain is missing before it"
    if record.previous_hash != previous_hash:
        yield f"{name}: does not continue the row before it"
    if record.record_hash != hash_of(record):
        yield f"{name}: was changed after it was written, its hash does not fit its columns"
    wording = find_wording(
        name=record.wording_name, version=record.wording_version, language=record.language
    )
    if wording is None or wording.sha256 != record.wording_sha256:
        yield f"{name}: the wording it names is not one this program has shown"
