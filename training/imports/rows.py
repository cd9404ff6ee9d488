"""A file's rows, read one by one; what is wrong with one is an error of its line, which never repeats its content."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from training.exports.tables import unsafe_cell
from training.forms import MAX_TYPED_CHARACTERS

MAX_LINE_BYTES = 1_000_000
MAX_DOCUMENT_BYTES = 100_000_000
# What other tools call the same; the first that a row has counts.
NAMES = {
    "input": ("input", "example_input", "prompt"),
    "output": ("output", "expected_output", "completion", "target"),
    "quality": ("quality", "quality_score"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One example, as it was written; `line` is where it begins in the file (in evals.json its number there)."""

    line: int
    input: str
    output: str
    quality: int | None


@dataclass(frozen=True, slots=True)
class RowError:
    line: int
    message: str


class UnreadableFileError(Exception):
    """The file as a whole is not what it should be; the message says what to do."""


def read_jsonl(
    source: BinaryIO, *, max_characters: int = MAX_TYPED_CHARACTERS
) -> Iterator[Row | RowError]:
    """One JSON object a line; blank lines are skipped."""
    for number, line in enumerate(_bounded_lines(source), start=1):
        if line is None:
            yield RowError(number, "The line is longer than 1 MB.")
        elif line.strip():
            yield _from_json(number, line, max_characters)


def read_csv(source: BinaryIO) -> Iterator[Row | RowError]:
    """RFC 4180 with a header. The mark that our own export sets before formulas is taken off."""
    text = io.TextIOWrapper(source, "utf-8-sig", errors="surrogateescape", newline="")
    reader = csv.DictReader(text)
    try:
        names = reader.fieldnames or []
        if not all(set(NAMES[part]) & set(names) for part in ("input", "output")):
            raise UnreadableFileError(
                "The first line must name the columns, among them input and output."
            )
        began = reader.line_num + 1
        for values in reader:
            cells = {
                name: unsafe_cell(cell)
                for name, cell in values.items()
                if isinstance(cell, str) and name
            }
            yield _row(began, cells, _quality_of_cell)
            began = reader.line_num + 1
    except csv.Error as error:
        yield RowError(reader.line_num, f"This is no CSV from here on: {error}.")
    finally:
        # The caller's file is the caller's to close.
        text.detach()


def read_evals(source: BinaryIO) -> Iterator[Row | RowError]:
    """`{"skill_name": ..., "evals": [{"prompt", "expected_output"}, ...]}`; entries are counted from 1."""
    data = source.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise UnreadableFileError(
            "The file is larger than 100 MB: use JSON Lines, which is read row by row."
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise UnreadableFileError("The file is no JSON document.") from None
    entries = document.get("evals") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UnreadableFileError('The document must be an object with a list "evals".')
    for number, entry in enumerate(entries, start=1):
        if isinstance(entry, dict):
            yield _row(number, entry, _quality_of_json)
        else:
            yield RowError(number, "The entry is no object.")


READERS: dict[str, Callable[[BinaryIO], Iterator[Row | RowError]]] = {
    "jsonl": read_jsonl,
    "csv": read_csv,
    "evals": read_evals,
}


def format_of(file_name: str) -> str | None:
    """By the name's end: `.jsonl`, `.csv`, `.json` (evals); None for others."""
    endings = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".json": "evals"}
    return next((name for end, name in endings.items() if file_name.lower().endswith(end)), None)


def _bounded_lines(source: BinaryIO) -> Iterator[bytes | None]:
    """Lines, or None for one that is too long to be an example."""
    while line := source.readline(MAX_LINE_BYTES + 1):
        if len(line) <= MAX_LINE_BYTES:
            yield line
            continue
        yield None
        while line and not line.endswith(b"\n"):
            line = source.readline(MAX_LINE_BYTES)


def _from_json(number: int, line: bytes, max_characters: int) -> Row | RowError:
    try:
        value = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return RowError(number, "The line is not UTF-8.")
    except (ValueError, RecursionError):
        return RowError(number, "The line is no JSON.")
    if not isinstance(value, dict):
        return RowError(number, "The line is no JSON object.")
    return _row(number, value, _quality_of_json, max_characters)


def _row(
    line: int,
    values: Mapping[str, Any],
    read_quality: Callable[[Any], int | None],
    max_characters: int = MAX_TYPED_CHARACTERS,
) -> Row | RowError:
    found = {part: _first(values, names) for part, names in NAMES.items()}
    for part in ("input", "output"):
        if problem := _problem_of_text(found[part], max_characters):
            return RowError(line, f"{part}: {problem}")
    try:
        quality = read_quality(found["quality"])
    except ValueError:
        return RowError(line, "quality: not a whole number from 1 to 10, nor empty.")
    return Row(line, _lines(found["input"]), _lines(found["output"]), quality)


def _first(values: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((values[name] for name in names if name in values), None)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _problem_of_text(value: Any, max_characters: int) -> str:
    if value is None:
        return "missing."
    if not isinstance(value, str):
        return "not a text."
    if not value.strip():
        return "empty."
    if len(_lines(value)) > max_characters:
        return f"longer than {max_characters:,} characters."
    if "\0" in value:
        return "has a null character."
    if any("\ud800" <= character <= "\udfff" for character in value):
        return "is not UTF-8."
    return ""


def _quality_of_json(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10:
        raise ValueError
    return value


def _quality_of_cell(value: str | None) -> int | None:
    text = (value or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ValueError
    return _quality_of_json(int(text[:4]))
