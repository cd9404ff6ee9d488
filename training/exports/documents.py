"""Formats of one JSON document: promptfoo's tests, and the evals.json of Agent Skills."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from training.exports.lines import dumps
from training.exports.records import SOURCES, Record, Records

# What opens a tag in Nunjucks, which promptfoo renders every variable and every assertion with; and the end of a
# comment, which Nunjucks refuses where none began.
NUNJUCKS_TAG = re.compile(r"\{(?=[{%#])|#(?=\})")
# promptfoo loads a value that starts like these from a file or a package.
PROMPTFOO_REFERENCES = ("file://", "package:")
NOTHING = "{{''}}"


def escape_nunjucks(text: str) -> str:
    """The text as a Nunjucks template that renders to exactly this text in promptfoo.

    Also against two of promptfoo's own conveniences: a reference at the start would be loaded, and a line end at the
    very end of a variable would be dropped.
    """
    escaped = NUNJUCKS_TAG.sub(lambda found: f"{{{{'{found[0]}'}}}}", text)
    if text.startswith(PROMPTFOO_REFERENCES):
        escaped = NOTHING + escaped
    return escaped + NOTHING if text.endswith("\n") else escaped


def promptfoo_test(record: Record) -> dict[str, Any]:
    """A test of promptfoo's configuration (`tests: file://tests.json`): the input as the variable `input`.

    The assertion is the model-graded `factuality`, since no two good answers are equal letter by letter.
    """
    return {
        "vars": {"input": escape_nunjucks(record.input)},
        "assert": [{"type": "factuality", "value": escape_nunjucks(record.output)}],
        "metadata": {
            "id": str(record.id),
            "split": record.split,
            "quality": record.quality,
            "source": SOURCES[record.source],
            "content_hash": record.content_hash,
        },
    }


def agent_skills_eval(record: Record) -> dict[str, Any]:
    """An entry of `evals/evals.json`, as the Agent Skills guide on evaluating skills describes it."""
    return {
        "id": record.position,
        "prompt": record.input,
        "expected_output": record.output,
        "files": [],
    }


def promptfoo(records: Records, split: str | None) -> Iterator[bytes]:
    yield from _array(b"[\n", promptfoo_test, b"\n]\n", records, split)


def evals(records: Records, split: str | None) -> Iterator[bytes]:
    head = '{"skill_name":' + dumps(records.skill.slug) + ',"evals":[\n'
    yield from _array(head.encode(), agent_skills_eval, b"\n]}\n", records, split)


def _array(
    head: bytes,
    as_object: Callable[[Record], dict[str, Any]],
    tail: bytes,
    records: Records,
    split: str | None,
) -> Iterator[bytes]:
    yield head
    between = ""
    for batch in records.batches(split=split):
        written = ",\n".join(dumps(as_object(record)) for record in batch)
        yield (between + written).encode()
        between = ",\n"
    yield tail
