"""Inspect AI reads the samples without a field mapping."""

import json
import sys
from pathlib import Path

from inspect_ai.dataset import json_dataset

folder = Path(sys.argv[1])
expected = json.loads((folder / "expected.json").read_text())
found = [
    (sample.id, sample.input, sample.target, sample.metadata["split"], sample.metadata["quality"])
    for sample in json_dataset(str(folder / "inspect.jsonl"))
]
wanted = [(r["id"], r["input"], r["output"], r["split"], r["quality"]) for r in expected]
if found != wanted:
    sys.exit(f"inspect: differs, {len(found)} and {len(wanted)}")
print(f"inspect: {len(found)} equal")
