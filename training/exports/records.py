"""What is exported: the examples of a release, or those approved now, read a thousand at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection

from skills.models import Skill
from training.models import Release, Source
from training.releases import ELIGIBLE, EVERYTHING, Choice

BATCH = 1_000
SOURCES: dict[str, str] = {Source.WEB: "golden", Source.USAGE_CAPTURE: "captured"}


@dataclass(frozen=True, slots=True)
class Record:
    """One example as it is exported. `refused` are the outputs that were replaced by better ones, oldest first."""

    position: int
    id: UUID
    split: str
    input: str
    output: str
    quality: int | None
    source: str
    tool: str
    content_hash: str
    cluster_id: UUID
    created_at: datetime
    redactions: dict[str, int]
    sanitizer_version: str
    text_number: int
    captured_output: str
    refused: tuple[str, ...] = field(default=())


class Records(Protocol):
    """A source of records that can be read again and again, always in the same order."""

    @property
    def skill(self) -> Skill: ...

    @property
    def release(self) -> Release | None: ...

    def batches(self, *, split: str | None = None) -> Iterator[list[Record]]: ...

    def count(self, *, split: str | None = None) -> int: ...


COLUMNS = """
    example.id, {place}.split,
    coalesce(revision.example_input, example.example_input),
    coalesce(nullif(coalesce(revision.expected_output, example.expected_output), ''), example.example_output),
    {place}.quality_score, example.source, example.tool_name, {place}.content_hash, {place}.cluster_id,
    example.created_at, coalesce(revision.redactions, example.redactions),
    coalesce(revision.sanitizer_version, example.sanitizer_version), {place}.text_number, example.example_output
"""
# The text as it was when the release was made: the example's own, or the one that a later edit replaced.
REVISION = """
    LEFT JOIN training_revision revision
    ON revision.feedback_id = example.id AND revision.text_number = {place}.text_number
"""


@dataclass(frozen=True, slots=True)
class ReleaseRecords:
    """A release, without what has been withdrawn from it. Each batch is a query of its own, so that a withdrawal
    takes effect in an export that is already running."""

    release: Release

    @property
    def skill(self) -> Skill:
        return self.release.skill

    def batches(self, *, split: str | None = None) -> Iterator[list[Record]]:
        query = (
            "SELECT member.position, "  # noqa: S608 - constants
            + COLUMNS.format(place="member")
            + " FROM training_releasemember member"
            + " JOIN training_skillfeedback example ON example.id = member.feedback_id"
            + REVISION.format(place="member")
            + " WHERE member.release_id = %(release)s AND member.position > %(after)s"
            + (" AND member.split = %(split)s" if split else "")
            + " ORDER BY member.position LIMIT %(limit)s"
        )
        parameters = {"release": self.release.pk, "after": 0, "limit": BATCH, "split": split}
        while rows := _fetch(query, parameters):
            yield _with_refused([Record(*row) for row in rows])
            parameters["after"] = rows[-1][0]

    def count(self, *, split: str | None = None) -> int:
        members = self.release.members.of_examples()
        return (members.filter(split=split) if split else members).count()


@dataclass(frozen=True, slots=True)
class CurrentRecords:
    """What a release made now would hold."""

    skill: Skill
    choice: Choice = EVERYTHING
    release: None = None

    def batches(self, *, split: str | None = None) -> Iterator[list[Record]]:
        query = (
            "SELECT "
            + COLUMNS.format(place="example")
            + ELIGIBLE.replace("WHERE", REVISION.format(place="example") + " WHERE", 1)
            + " AND example.id > %(after)s"
            + (" AND example.split = %(split)s" if split else "")
            + " ORDER BY example.id LIMIT %(limit)s"
        )
        parameters = self.choice.parameters(self.skill) | {
            "after": UUID(int=0),
            "limit": BATCH,
            "split": split,
        }
        position = 0
        while rows := _fetch(query, parameters):
            records = [Record(position + number, *row) for number, row in enumerate(rows, start=1)]
            yield _with_refused(records)
            position += len(rows)
            parameters["after"] = rows[-1][0]

    def count(self, *, split: str | None = None) -> int:
        query = "SELECT count(*) " + ELIGIBLE + (" AND example.split = %(split)s" if split else "")
        rows = _fetch(query, self.choice.parameters(self.skill) | {"split": split})
        return int(rows[0][0])


def _fetch(query: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _with_refused(records: list[Record]) -> list[Record]:
    """Add the outputs that edits replaced, where the input was the same. One query a batch."""
    earlier: dict[UUID, list[tuple[int, str, str]]] = {}
    edited = [record.id for record in records if record.text_number > 1]
    if edited:
        rows = _fetch(
            "SELECT feedback_id, text_number, example_input, expected_output FROM training_revision"
            " WHERE feedback_id = ANY(%(ids)s) AND text_number IS NOT NULL ORDER BY text_number",
            {"ids": edited},
        )
        for pk, *text in rows:
            earlier.setdefault(pk, []).append(tuple(text))
    return [_one_with_refused(record, earlier.get(record.id, [])) for record in records]


def _one_with_refused(record: Record, earlier: list[tuple[int, str, str]]) -> Record:
    outputs = []
    for number, example_input, expected_output in earlier:
        if number < record.text_number and example_input == record.input:
            outputs.append(expected_output or record.captured_output)
    # Each once, never the chosen one, never nothing.
    refused = tuple(dict.fromkeys(text for text in outputs if text and text != record.output))
    return _replace(record, refused) if refused else record


def _replace(record: Record, refused: tuple[str, ...]) -> Record:
    values = {name: getattr(record, name) for name in Record.__dataclass_fields__}
    return Record(**values | {"refused": refused})
