"""A release's manifest: what is in it, by ids and hashes, and what each example rests on. No text."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from training.exports.lines import dumps
from training.exports.records import BATCH, SOURCES
from training.models import Release
from training.splits import SHARES

FORMAT = "everyskill-release-1"

MEMBERS = """
    SELECT member.position, member.feedback_id, member.content_hash, member.split, member.cluster_id,
           member.text_number, member.quality_score, example.id IS NULL, example.source,
           example.sanitizer_version, example.capture_record_id, example.consent_record_id
    FROM training_releasemember member
    LEFT JOIN training_skillfeedback example ON example.id = member.feedback_id
    WHERE member.release_id = %(release)s AND member.position > %(after)s
    ORDER BY member.position LIMIT %(limit)s
"""


def head(release: Release) -> dict[str, Any]:
    """The manifest without the list of its examples."""
    return {
        "format": FORMAT,
        "skill": {"id": str(release.skill_id), "slug": release.skill.slug},
        "release": release.name,
        "notes": release.notes,
        "created_at": release.created_at.isoformat(timespec="milliseconds"),
        "sanitizer_version": release.sanitizer_version,
        "filters": release.filters,
        "split_seed": release.split_seed,
        "split_shares": {str(split): share for split, share in SHARES},
        "counts": release.counts,
        "withdrawn": release.members.withdrawn().count(),
    }


def write(release: Release) -> Iterator[bytes]:
    """One JSON document, streamed: the head, then one example a line."""
    yield (dumps(head(release))[:-1] + ',"examples":[').encode()
    between = "\n"
    after = 0
    while rows := _rows(release, after):
        yield (between + ",\n".join(dumps(_member(*row)) for row in rows)).encode()
        between = ",\n"
        after = rows[-1][0]
    yield b"\n]}\n"


def _rows(release: Release, after: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(MEMBERS, {"release": release.pk, "after": after, "limit": BATCH})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _member(
    position: int,
    pk: Any,
    content_hash: str,
    split: str,
    cluster: Any,
    text_number: int,
    quality: int | None,
    is_withdrawn: bool,
    *rest: Any,
) -> dict[str, Any]:
    place = {"position": position, "content_hash": content_hash, "split": split}
    if is_withdrawn:
        # What was withdrawn keeps its place and its hash, and nothing that leads to whom it came from.
        return place | {"withdrawn": True}
    source, sanitizer_version, capture_record, consent_record = rest
    return place | {
        "id": str(pk),
        "cluster": str(cluster),
        "text_number": text_number,
        "quality": quality,
        "source": SOURCES[source],
        "sanitizer_version": sanitizer_version,
        # The ledger rows that a captured example rests on: the organisation's switch, the person's consent.
        "ledger": [str(pk) for pk in (capture_record, consent_record) if pk is not None],
    }
