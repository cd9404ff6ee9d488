"""Every format by its name, for the page and for the command."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from training.exports import documents, huggingface, lines, tables
from training.exports.records import Records


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what it is called on the command line and on the page, and who reads it.

    `write` takes the records and a split (`None` for all) and yields the file piece by piece.
    """

    name: str
    label: str
    reader: str
    extension: str
    media_type: str
    write: Callable[[Records, str | None], Iterator[bytes]]

    def file_name(self, records: Records, split: str | None) -> str:
        parts = [records.skill.slug, records.release.name if records.release else "now"]
        parts += [split] if split else []
        return f"{'-'.join(parts)}-{self.name}.{self.extension}"


JSONL = "application/jsonl"

FORMATS = {
    found.name: found
    for found in (
        Format(
            "jsonl",
            "Complete, JSON Lines",
            "everything known of each example",
            "jsonl",
            JSONL,
            lines.lines(lines.jsonl),
        ),
        Format(
            "openai",
            "OpenAI chat",
            "supervised fine-tuning",
            "jsonl",
            JSONL,
            lines.lines(lines.openai),
        ),
        Format(
            "openai-dpo",
            "OpenAI preferences",
            "direct preference optimization, from edits",
            "jsonl",
            JSONL,
            lines.lines(lines.openai_dpo),
        ),
        Format(
            "hf",
            "Hugging Face folder",
            "datasets.load_dataset, zipped",
            "zip",
            "application/zip",
            huggingface.archive,
        ),
        Format(
            "trl",
            "TRL",
            "SFTTrainer, prompt and completion",
            "jsonl",
            JSONL,
            lines.lines(lines.trl),
        ),
        Format(
            "inspect",
            "Inspect AI",
            "samples for json_dataset",
            "jsonl",
            JSONL,
            lines.lines(lines.inspect),
        ),
        Format(
            "promptfoo",
            "promptfoo",
            "tests for its configuration",
            "json",
            "application/json",
            documents.promptfoo,
        ),
        Format(
            "evals",
            "Agent Skills evals",
            "the skill's evals/evals.json",
            "json",
            "application/json",
            documents.evals,
        ),
        Format(
            "csv",
            "CSV",
            "spreadsheets, safe against formulas",
            "csv",
            "text/csv; charset=utf-8",
            tables.csv_table,
        ),
        Format(
            "parquet",
            "Parquet",
            "data frames",
            "parquet",
            "application/vnd.apache.parquet",
            tables.parquet,
        ),
    )
}
