"""A folder that Hugging Face `datasets` loads: Parquet files by split, and a card that names them.

As one file it is a ZIP archive of that folder, written as it is read: `load_dataset` takes the unpacked folder.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from training.exports.records import Records
from training.exports.tables import Outlet, parquet
from training.models import Split

SIDES = (Split.TRAIN, Split.VALIDATION, Split.TEST)
# The same bytes for the same release: an archive's times are a constant.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def files(records: Records, split: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each file's path in the folder and its content. A side without an example has no file."""
    counts = {side: records.count(split=side) for side in SIDES if split in (None, side)}
    present = {side: count for side, count in counts.items() if count}
    yield "README.md", iter([card(records, present).encode()])
    for side in present:
        yield path_of(side), parquet(records, side)


def path_of(side: str) -> str:
    return f"data/{side}-00000-of-00001.parquet"


def card(records: Records, counts: dict[Split, int]) -> str:
    """The dataset card: metadata in YAML, as the Hub's "Dataset Cards" describes it, then words for people."""
    release = records.release
    name = f"{records.skill.slug}, release {release.name}" if release else records.skill.slug
    total = sum(counts.values())
    metadata = {
        "pretty_name": name,
        "task_categories": ["text-generation"],
        "size_categories": [next((size for top, size in SIZES if total < top), "1M<n<10M")],
        "tags": ["everyskill", "agent-skill"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": str(side), "path": path_of(side)} for side in counts],
            }
        ],
    }
    lines = [
        "---",
        yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True).rstrip(),
        "---",
        "",
        f"# {name}",
        "",
        f"Reviewed examples of the skill `{records.skill.slug}`: {total} in all. Each has an `input` and the `output`",
        "to learn. Secrets were taken out before anything was stored; `[REDACTED:KIND]` stands where one was.",
        "",
        "| split | examples |",
        "|---|---|",
        *(f"| {side} | {count} |" for side, count in counts.items()),
        "",
        "No near-copy of an example is in another split. An example may be withdrawn by the person it came from: drop",
        "every row whose `content_hash` stands in the public list of withdrawn examples of the site you got this from.",
        "",
    ]
    return "\n".join(lines)


def archive(records: Records, split: str | None) -> Iterator[bytes]:
    """The folder as a ZIP archive that needs no going back, so that it can be sent while it is made."""
    outlet = Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as packed:
        for name, content in files(records, split):
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.external_attr = 0o644 << 16
            with packed.open(entry, "w", force_zip64=True) as target:
                for piece in content:
                    target.write(piece)
                    yield outlet.take()
    yield outlet.take()


def write_folder(records: Records, folder: Path, split: str | None) -> None:
    """The same files, unpacked. Raises `FileExistsError` when the folder has something in it."""
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty.")
    for name, content in files(records, split):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as target:
            for piece in content:
                target.write(piece)
