"""Hugging Face `datasets` loads the folder with its splits, and the JSON Lines, CSV, Parquet and TRL files."""

import json
import sys
import tempfile
from pathlib import Path

from datasets import load_dataset

folder = Path(sys.argv[1])
expected = json.loads((folder / "expected.json").read_text())
cache = tempfile.mkdtemp()


def same(name, found, wanted):
    if found != wanted:
        pairs = zip(found, wanted, strict=False)
        first = next(((a, b) for a, b in pairs if a != b), (len(found), len(wanted)))
        sys.exit(f"{name}: differs, first at {first}")
    print(f"{name}: {len(found)} equal")


loaded = load_dataset(str(folder / "hf"), cache_dir=cache)
for side in ("train", "validation", "test"):
    rows = [row for row in expected if row["split"] == side]
    found = [(r["id"], r["input"], r["output"], r["quality"]) for r in loaded[side]]
    same(f"hf {side}", found, [(r["id"], r["input"], r["output"], r["quality"]) for r in rows])
same("hf splits", sorted(loaded), sorted({row["split"] for row in expected}))

texts = [(row["input"], row["output"], row["split"]) for row in expected]
for kind, file in (("json", "jsonl.jsonl"), ("parquet", "parquet.parquet")):
    rows = load_dataset(kind, data_files=str(folder / file), split="train", cache_dir=cache)
    same(file, [(r["input"], r["output"], r["split"]) for r in rows], texts)
rows = load_dataset("json", data_files=str(folder / "trl.jsonl"), split="train", cache_dir=cache)
found = [(r["prompt"][0]["content"], r["completion"][0]["content"]) for r in rows]
same("trl.jsonl", found, [text[:2] for text in texts])
roles = {(r["prompt"][0]["role"], r["completion"][0]["role"]) for r in rows}
same("trl roles", sorted(roles), [("user", "assistant")])
rows = load_dataset(
    "csv", data_files=str(folder / "csv.csv"), split="train", cache_dir=cache, keep_default_na=False
)
MARKED = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
plain = [
    c[1:] if c[:1] == "'" and c[1:].startswith(MARKED) else c
    for r in rows
    for c in (r["input"], r["output"])
]
same("csv.csv", plain, [text for row in texts for text in row[:2]])
