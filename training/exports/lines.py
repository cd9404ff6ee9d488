"""Formats of one JSON object a line: our own complete one, OpenAI's two, TRL's and Inspect's."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from training.exports.records import SOURCES, Record, Records


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def complete(record: Record) -> dict[str, Any]:
    """Everything that is known of an example, bar the people: `docs/datasets.md` explains each field."""
    return {
        "id": str(record.id),
        "input": record.input,
        "output": record.output,
        "split": record.split,
        "quality": record.quality,
        "source": SOURCES[record.source],
        "tool": record.tool,
        "content_hash": record.content_hash,
        "cluster": str(record.cluster_id),
        "created_at": record.created_at.isoformat(timespec="milliseconds"),
        "redactions": record.redactions,
        "sanitizer_version": record.sanitizer_version,
        "refused_outputs": list(record.refused),
    }


def jsonl(record: Record, records: Records) -> Iterator[dict[str, Any]]:
    yield complete(record)


def openai(record: Record, records: Records) -> Iterator[dict[str, Any]]:
    """Supervised fine-tuning in the chat format (OpenAI, "Supervised fine-tuning": one `messages` list a line)."""
    yield {
        "messages": [
            {"role": "user", "content": record.input},
            {"role": "assistant", "content": record.output},
        ]
    }


def openai_dpo(record: Record, records: Records) -> Iterator[dict[str, Any]]:
    """Preference pairs (OpenAI, "Direct preference optimization"): one for each output that an edit replaced."""
    for refused in record.refused:
        yield {
            "input": {
                "messages": [{"role": "user", "content": record.input}],
                "tools": [],
                "parallel_tool_calls": True,
            },
            "preferred_output": [{"role": "assistant", "content": record.output}],
            "non_preferred_output": [{"role": "assistant", "content": refused}],
        }


def trl(record: Record, records: Records) -> Iterator[dict[str, Any]]:
    """TRL's conversational prompt-completion type ("Dataset formats and types"): loss on the completion only."""
    yield {
        "prompt": [{"role": "user", "content": record.input}],
        "completion": [{"role": "assistant", "content": record.output}],
    }


def inspect(record: Record, records: Records) -> Iterator[dict[str, Any]]:
    """Inspect AI's `Sample` as its `json_dataset` reads it without a field mapping."""
    yield {
        "id": str(record.id),
        "input": record.input,
        "target": record.output,
        "metadata": {
            "skill": records.skill.slug,
            "split": record.split,
            "quality": record.quality,
            "source": SOURCES[record.source],
            "content_hash": record.content_hash,
        },
    }


def lines(
    as_objects: Callable[[Record, Records], Iterable[dict[str, Any]]],
) -> Callable[[Records, str | None], Iterator[bytes]]:
    """A format's writer: a piece of the file for each batch of records."""

    def write(records: Records, split: str | None) -> Iterator[bytes]:
        for batch in records.batches(split=split):
            written = (
                dumps(found) + "\n" for record in batch for found in as_objects(record, records)
            )
            yield "".join(written).encode()

    return write
