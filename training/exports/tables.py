"""Tables: CSV that no spreadsheet runs as formulas, and Parquet."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pyarrow
import pyarrow.parquet

from training.exports.lines import complete, dumps
from training.exports.records import Record, Records

COLUMNS = (
    "id",
    "input",
    "output",
    "split",
    "quality",
    "source",
    "tool",
    "content_hash",
    "cluster",
    "created_at",
    "redactions",
    "sanitizer_version",
    "refused_outputs",
)
# What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection"), in full width too; and the mark itself,
# so that taking one mark off gives the text back.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")

SCHEMA = pyarrow.schema(
    [
        pyarrow.field("id", pyarrow.string(), nullable=False),
        pyarrow.field("input", pyarrow.string(), nullable=False),
        pyarrow.field("output", pyarrow.string(), nullable=False),
        pyarrow.field("split", pyarrow.string(), nullable=False),
        pyarrow.field("quality", pyarrow.int64()),
        pyarrow.field("source", pyarrow.string(), nullable=False),
        pyarrow.field("tool", pyarrow.string(), nullable=False),
        pyarrow.field("content_hash", pyarrow.string(), nullable=False),
        pyarrow.field("cluster", pyarrow.string(), nullable=False),
        pyarrow.field("created_at", pyarrow.string(), nullable=False),
        # JSON: the kinds differ from example to example, and a map does not load everywhere.
        pyarrow.field("redactions", pyarrow.string(), nullable=False),
        pyarrow.field("sanitizer_version", pyarrow.string(), nullable=False),
        pyarrow.field("refused_outputs", pyarrow.list_(pyarrow.string()), nullable=False),
    ]
)


def safe_cell(value: str) -> str:
    """The text with one `'` before it where a spreadsheet would else calculate."""
    return "'" + value if value.startswith(FORMULA_STARTS) else value


def unsafe_cell(value: str) -> str:
    """The text that `safe_cell` was given."""
    return value[1:] if value.startswith("'") and value[1:].startswith(FORMULA_STARTS) else value


def csv_table(records: Records, split: str | None) -> Iterator[bytes]:
    """RFC 4180 in UTF-8, every cell quoted."""
    yield _csv_rows([list(COLUMNS)])
    for batch in records.batches(split=split):
        yield _csv_rows([_csv_row(record) for record in batch])


def _csv_row(record: Record) -> list[str]:
    values = complete(record)
    values["quality"] = "" if record.quality is None else str(record.quality)
    for name in ("redactions", "refused_outputs"):
        values[name] = dumps(values[name])
    return [safe_cell(values[name]) for name in COLUMNS]


def _csv_rows(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


class Outlet(io.RawIOBase):
    """A file that is only written to, whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._written = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._pieces.append(piece)
        self._written += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._written

    def take(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece


def parquet(records: Records, split: str | None) -> Iterator[bytes]:
    """A row group for each batch, so that no more than one is in memory."""
    outlet = Outlet()
    with pyarrow.parquet.ParquetWriter(outlet, SCHEMA, compression="zstd") as writer:
        for batch in records.batches(split=split):
            writer.write_table(_table(batch))
            yield outlet.take()
    yield outlet.take()


def _table(batch: list[Record]) -> pyarrow.Table:
    rows = [complete(record) for record in batch]
    for row in rows:
        row["redactions"] = dumps(row["redactions"])
    return pyarrow.Table.from_pylist(rows, schema=SCHEMA)
