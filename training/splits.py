"""Train, validation or test: which side an example is on, so that no near-copy is on another.

1. An example without near-copies founds a cluster. Its side follows from its content hash alone.
2. An example whose near-copies are all on one side joins the oldest one's cluster, and is on that side.
3. An example with near-copies on more than one side joins the oldest one's cluster and is **held out**: it is on no
   side and in no release. Moving the others together instead would change the side of examples that may have been
   trained on.
4. A side is never changed by another example's arrival or departure. An edit can only hold an example out (when the
   new text is near to another side), never carry it over.

Near-copies that are themselves held out do not count in 2 and 3. Examples in every status count: a rejected one may be
approved tomorrow. All placing in a skill happens under one advisory lock, in the order of the examples' ids.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from uuid import UUID

from django.db import connection, transaction

from everyskill.making_way import make_way
from training.models import Fingerprint, SkillFeedback, Split
from training.near_duplicates import NearText

SPLIT_SEED = "everyskill-split-1"
SHARES = ((Split.TRAIN, 0.8), (Split.VALIDATION, 0.1), (Split.TEST, 0.1))
BATCH = 200
# Texts of candidates are read this many at a time: most searches end with the first.
CANDIDATE_CHUNK = 20


class Signature:
    """What an example is compared by: its text, and the keys that near-copies of one skill share."""

    __slots__ = ("keys", "text")

    def __init__(self, example: SkillFeedback) -> None:
        self.text = NearText(example.example_input, example.output)
        # The skill is in the keys, so examples of different skills do not meet.
        self.keys = self.text.keys(skill_id=example.skill_id)


# By example: the hash of the content that the signature was made of, and the signature.
type Signatures = dict[UUID, tuple[str, Signature]]


def _signature(example: SkillFeedback, ready: Signatures) -> Signature:
    """The one that was made before, unless the example was edited since."""
    content_hash, signature = ready.get(example.pk, ("", None))
    if signature is None or content_hash != example.content_hash:
        return Signature(example)
    return signature


def side_of(founder_hash: str) -> Split:
    """80 % train, 10 % validation, 10 % test, by SHA-256 of the seed and the founder's content hash."""
    digest = hashlib.sha256(f"{SPLIT_SEED}:{founder_hash}".encode()).digest()
    position = int.from_bytes(digest[:8]) / 2**64
    for split, share in SHARES:
        if position < share:
            return split
        position -= share
    return Split.TEST


def place_new_examples(*skill_ids: UUID) -> int:
    """Give every example of these skills that has no cluster yet a cluster and a side; returns how many."""
    placed = 0
    while True:
        with transaction.atomic():
            lock_places(*skill_ids)
            batch = _place_some(skill_ids)
        placed += batch
        if batch < BATCH:
            return placed


def try_to_place(skill_ids: Iterable[UUID]) -> set[UUID]:
    """Place what is new in these skills, as far as nobody else is placing there and one batch goes.

    Waits for nobody, and makes way for requests. Returns the skills in which something may be left to place.
    """
    # Most of the work, and it needs no lock: one that is held must not be held while making way.
    ready: Signatures = {}
    with transaction.atomic():
        free = {skill_id for skill_id in skill_ids if _try_to_lock_places(skill_id)}
    for example in _fresh(free):
        ready[example.pk] = example.content_hash, Signature(example)
        make_way()
    with transaction.atomic():
        mine = {skill_id for skill_id in free if _try_to_lock_places(skill_id)}
        is_full = bool(mine) and _place_some(mine, ready) == BATCH
    return set(skill_ids) if is_full else set(skill_ids) - mine


def _fresh(skill_ids: Iterable[UUID]) -> list[SkillFeedback]:
    """A batch of the oldest that have no place."""
    fresh = SkillFeedback.objects.training_examples().filter(
        skill_id__in=skill_ids, cluster_id=None
    )
    return list(fresh.order_by("id").only(*COLUMNS)[:BATCH])


def _place_some(skill_ids: Iterable[UUID], ready: Signatures | None = None) -> int:
    """One batch of the oldest; the caller holds the skills' locks."""
    batch = _fresh(skill_ids)
    _store(assign_places(batch, ready), batch)
    return len(batch)


def place_again(example: SkillFeedback) -> None:
    """After an edit: the cluster and side of the example's new text, by rule 4."""
    with transaction.atomic():
        lock_places(example.skill_id)
        Fingerprint.objects.filter(pk=example.pk).delete()
        _store(assign_places([example]), [example])


def assign_places(
    batch: Sequence[SkillFeedback], ready: Signatures | None = None
) -> list[Fingerprint]:
    """Set cluster and side on the rows, in their order, without storing anything; the caller holds
    their skills' locks.

    Returns the fingerprints to store with them.
    """
    if not batch:
        return []
    neighbourhood = Neighbourhood(batch, ready or {})
    for example in batch:
        oldest, sides = neighbourhood.near(example.pk)
        _settle(example, oldest, sides)
        neighbourhood.add(Placed(example.pk, example.cluster_id or example.pk, example.split))
    return [Fingerprint(feedback_id=pk, keys=keys) for pk, keys in neighbourhood.keys.items()]


def lock_places(*skill_ids: UUID) -> None:
    """Until the transaction ends nobody else places an example of these skills.

    The locks are taken in the order of their numbers, so that two transactions cannot wait for each other.
    """
    numbers = sorted({_lock_number(skill_id) for skill_id in skill_ids})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number", [numbers]
        )


def _try_to_lock_places(skill_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(skill_id)])
        return bool(cursor.fetchone()[0])


def _lock_number(skill_id: UUID) -> int:
    digest = hashlib.sha256(f"place:{skill_id}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


COLUMNS = (
    "skill_id",
    "example_input",
    "example_output",
    "expected_output",
    "content_hash",
    "cluster_id",
    "split",
)


@dataclass(frozen=True, slots=True)
class Placed:
    """An example that has its place, as far as another one's placing needs it."""

    id: UUID
    cluster_id: UUID
    split: str


class Neighbourhood:
    """Finds the near-copies of a batch's examples, among those placed before and among the batch itself."""

    def __init__(self, batch: Sequence[SkillFeedback], ready: Signatures) -> None:
        signatures = {row.pk: _signature(row, ready) for row in batch}
        self.texts = {pk: signature.text for pk, signature in signatures.items()}
        self.keys = {pk: signature.keys for pk, signature in signatures.items()}
        self._stored = _candidates(self.keys)
        self._placed_here: dict[int, list[Placed]] = defaultdict(list)

    def add(self, placed: Placed) -> None:
        for key in self.keys[placed.id]:
            self._placed_here[key].append(placed)

    def near(self, pk: UUID) -> tuple[Placed | None, set[str]]:
        """The oldest near-copy that is on a side, and the sides that near-copies are on.

        Once a side is known to be taken, nobody else on it is looked at.
        """
        found = {placed.id: placed for placed in self._stored[pk]}
        for key in self.keys[pk]:
            found |= {placed.id: placed for placed in self._placed_here.get(key, ())}
        found.pop(pk, None)
        oldest: Placed | None = None
        sides: set[str] = set()
        ordered = sorted(found.values(), key=lambda placed: placed.id)
        while waiting := [one for one in ordered if one.split not in {*sides, Split.HELD_OUT}]:
            chunk = waiting[:CANDIDATE_CHUNK]
            self._read([placed.id for placed in chunk])
            for placed in chunk:
                text = self.texts.get(placed.id)
                if placed.split in sides or text is None or not self.texts[pk].is_near(text):
                    continue
                oldest = oldest or placed
                sides.add(placed.split)
            ordered = [one for one in ordered if one not in chunk]
        return oldest, sides

    def _read(self, ids: Iterable[UUID]) -> None:
        missing = [pk for pk in ids if pk not in self.texts]
        rows = SkillFeedback.objects.filter(pk__in=missing)
        for row in rows.only("example_input", "example_output", "expected_output"):
            self.texts[row.pk] = NearText(row.example_input, row.output)


def _settle(example: SkillFeedback, oldest: Placed | None, sides: set[str]) -> None:
    had_a_side = example.split not in ("", Split.HELD_OUT)
    if had_a_side and sides <= {example.split}:
        return
    if oldest is None:
        example.cluster_id, example.split = example.pk, side_of(example.content_hash)
    elif had_a_side or len(sides) > 1:
        example.cluster_id, example.split = oldest.cluster_id, Split.HELD_OUT
    else:
        example.cluster_id, example.split = oldest.cluster_id, oldest.split


def _candidates(keys: dict[UUID, list[int]]) -> dict[UUID, list[Placed]]:
    """For each example the placed ones that share a key. One query a batch."""
    found: dict[UUID, list[Placed]] = defaultdict(list)
    with connection.cursor() as cursor:
        # Until the table has been analysed the planner may take it for small, and read all of it for each example.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for some in batched(keys.items(), BATCH):
            cursor.execute(
                "SELECT fresh.id, placed.id, placed.cluster_id, placed.split"
                " FROM unnest(%s::uuid[], %s::text[]) AS fresh (id, keys)"
                " JOIN training_fingerprint print ON print.keys && fresh.keys::bigint[]"
                " JOIN training_skillfeedback placed ON placed.id = print.feedback_id",
                [[pk for pk, _ in some], [_as_array(found) for _, found in some]],
            )
            for pk, *placed in cursor:
                found[pk].append(Placed(*placed))
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


# Arrays as parameters, so that the text of a statement, which the server prepares, is the same for any number of rows.
STORE_PLACES = """
    UPDATE training_skillfeedback AS example SET cluster_id = place.cluster_id, split = place.split
      FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS place (id, cluster_id, split)
     WHERE example.id = place.id
 RETURNING example.id
"""
STORE_FINGERPRINTS = """
    INSERT INTO training_fingerprint (feedback_id, keys)
    SELECT id, keys::bigint[] FROM unnest(%s::uuid[], %s::text[]) AS print (id, keys)
"""


def _store(fingerprints: Sequence[Fingerprint], batch: Sequence[SkillFeedback]) -> None:
    """Write the places. Not through save(): a place is no decision and does not raise the version."""
    if not batch:
        return
    columns = zip(*((row.pk, row.cluster_id, row.split) for row in batch), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(STORE_PLACES, [list(column) for column in columns])
        # An example that was withdrawn meanwhile is not there any more, and gets no fingerprint.
        still_there = {pk for (pk,) in cursor}
        kept = [one for one in fingerprints if one.pk in still_there]
        cursor.execute(
            STORE_FINGERPRINTS, [[one.pk for one in kept], [_as_array(one.keys) for one in kept]]
        )


def _as_array(keys: list[int]) -> str:
    """As PostgreSQL writes an array. Much quicker than adapting a hundred numbers one by one."""
    return "{" + ",".join(map(str, keys)) + "}"
