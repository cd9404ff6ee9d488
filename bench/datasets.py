"""What a large dataset costs: import, placing among near-copies, pages, exports by format with their peak memory.

    python -m bench.datasets [--rows 50000] [--formats jsonl,parquet]

Everything is measured at `rows` and again at twice as many, on a throwaway server of its own, to see how the cost
grows. A tenth of the made texts are near-copies of earlier ones. The leakage between splits is then measured exactly,
by a join that knows nothing of MinHash. Times are wall-clock seconds; memory is the peak resident set of a process.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from itertools import batched
from math import ceil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from everyskill import embedded_postgres

ROOT = Path(__file__).resolve().parent.parent
SYLLABLES = [first + last for first in "bcdfghjklmnprstv" for last in "aeiou"]
JOINED = 20_000
TWIN_SHARE = 0.1


def make_texts(count, seed):
    """`count` pairs of input and output, 200 to 2,000 characters together, in the shapes of real uses."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(20_000)]
    weights = [1 / (rank + 20) for rank in range(len(vocabulary))]
    made = []
    for _ in range(count):
        if made and rng.random() < TWIN_SHARE:
            given, wanted = made[rng.randrange(len(made))]
            words = given.split(" ")
            words[rng.randrange(len(words))] = rng.choice(vocabulary)
            made.append((" ".join(words), wanted))
            continue
        words = rng.choices(vocabulary, weights, k=rng.randint(30, 300))
        cut = rng.randint(8, len(words) - 8)
        shape = rng.choice(
            ["{}", "Write release notes: {}", '{{"command": "{}"}}', "Review this:\n{}"]
        )
        made.append((shape.format(" ".join(words[:cut])), " ".join(words[cut:])))
    return made


def timed(call):
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def run_command(*arguments):
    """A management command in a process of its own: seconds, and peak memory in MiB.

    The peak is read from /proc while it runs: what `wait4` reports begins at this process's own size.
    """
    began = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, peak_memory(process.pid))
            time.sleep(0.02)
        if process.returncode:
            errors.seek(0)
            raise SystemExit(errors.read().decode()[-2000:])
    return time.perf_counter() - began, peak


def peak_memory(pid):
    """The process's largest resident set so far, in MiB; 0 when it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--formats", default="")
    parser.add_argument(
        "--stored",
        action="store_true",
        help="rows written by the database itself: pages and exports only",
    )
    options = parser.parse_args()
    prepare()
    from training.exports.formats import FORMATS

    formats = options.formats.split(",") if options.formats else list(FORMATS)
    results = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        site = Site(Path(folder))
        for step in range(2):
            if options.stored:
                site.grow_in_the_database(options.rows, step)
            else:
                site.grow(options.rows, step, results)
            site.measure_pages(results)
            site.measure_exports(formats, step, results)
        if not options.stored:
            results["near-copies across splits (exact join, a random sample)"].append(site.leaks())
    report(results, options.rows)


def prepare():
    """A database of our own, before Django reads its settings."""
    url = urlsplit(embedded_postgres.start_throwaway())
    os.environ["DATABASE_URL"] = urlunsplit(url)
    os.environ["DEBUG"] = "true"
    os.environ["DJANGO_SETTINGS_MODULE"] = "everyskill.settings"
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    call_command("migrate", verbosity=0)
    setup_test_environment()


class Site:
    """A tenant with a skill whose golden examples are imported, and one whose captured examples wait."""

    def __init__(self, folder):
        from django.test import Client

        from tests.factories import CapturedExampleFactory, SkillFactory, UserFactory

        self.folder = folder
        self.alice = UserFactory(username="alice")
        self.golden = SkillFactory(author=self.alice, slug="golden")
        self.waiting = SkillFactory(author=self.alice, slug="waiting")
        self.pattern = CapturedExampleFactory(skill=self.waiting)
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(self.alice)

    def grow(self, rows, step, results):
        path = self.folder / f"{step}.jsonl"
        texts = make_texts(rows, seed=step)
        with path.open("w") as target:
            for number, (given, wanted) in enumerate(texts):
                row = {"input": given, "output": wanted, "quality": number % 10 + 1}
                target.write(json.dumps(row) + "\n")
        seconds, memory = run_command("import_examples", str(path), "--skill", "golden")
        results[f"import of {rows:,} rows, s"].append(seconds)
        results[f"import of {rows:,} rows, peak MiB"].append(memory)
        self._capture(texts)
        from training.splits import place_new_examples

        results[f"placing {rows:,} captured ones, s"].append(
            timed(lambda: place_new_examples(self.waiting.pk))
        )
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def grow_in_the_database(self, rows, step):
        """Random texts of 1,300 characters, each a cluster of its own, on random sides."""
        from django.db import connection

        text = "(SELECT string_agg(md5(made.number || ':' || part), ' ') FROM generate_series(1, {}) AS part)"
        captured = self.pattern
        with connection.cursor() as cursor:
            for skill, source, status in (
                (self.golden, "web", "approved"),
                (self.waiting, "usage_capture", "pending"),
            ):
                is_web = source == "web"
                cursor.execute(
                    "INSERT INTO training_skillfeedback (id, tenant_id, skill_id, user_id, feedback_type, tool_name,"
                    " example_input, example_output, expected_output, quality_score, status, source, usage_event_id,"
                    " capture_record_id, consent_record_id, review_notes, redactions, sanitizer_version, version,"
                    " text_number, content_hash, twin_hash, times_seen, cluster_id, split, created_at, updated_at)"
                    f" SELECT id, %s, %s, %s, 'training_example', 'Bash', {text.format(13)},"
                    f" CASE WHEN %s THEN '' ELSE {text.format(26)} END,"
                    f" CASE WHEN %s THEN {text.format(26)} ELSE '' END,"
                    " 1 + number %% 10, %s, %s, CASE WHEN %s THEN NULL ELSE id END, %s, %s, '', '{}', '1', 1, 1,"
                    " md5(id::text) || md5(id::text), '', 1, id,"
                    " (ARRAY['train','train','train','train','validation','test'])[1 + number %% 6],"
                    " now() - number * interval '1 second', now()"
                    " FROM (SELECT gen_random_uuid() AS id, number FROM generate_series(1, %s) number) made",
                    [
                        skill.tenant_id, skill.pk, self.alice.pk, is_web, is_web, status, source, is_web,
                        None if is_web else captured.capture_record_id,
                        None if is_web else captured.consent_record_id,
                        rows,
                    ],
                )  # fmt: skip
            cursor.execute("VACUUM ANALYZE")

    def _capture(self, texts):
        """Rows as the capture stores them, in bulk."""
        from uuid_utils.compat import uuid7

        from training.models import SkillFeedback

        names = ("tenant_id", "skill_id", "user_id", "feedback_type", "source", "status")
        names += ("tool_name", "capture_record_id", "consent_record_id")
        owner = {name: getattr(self.pattern, name) for name in names}
        for some in batched(texts, 2_000):
            rows = [
                SkillFeedback(
                    **owner, usage_event_id=uuid7(), example_input=given, example_output=wanted
                )
                for given, wanted in some
            ]
            for row in rows:
                row.content_hash = row.hash_content()
            SkillFeedback.objects.bulk_create(rows)

    def measure_pages(self, results):
        base = "/skills/waiting/training/"
        pages = {
            "queue": f"{base}queue/",
            "queue, filtered by tool": f"{base}queue/?tool=Read",
            "list": base,
            "bulk, 200 characters and more": f"{base}bulk/?status=pending&shortest=200",
            "dataset": "/skills/golden/training/dataset/",
        }
        for name, address in pages.items():
            assert self.client.get(address).status_code == 200
            times = sorted(
                timed(lambda address=address: self.client.get(address)) for _ in range(5)
            )
            results[f"page: {name}, ms"].append(times[2] * 1000)
        times = sorted(timed(self._decide) for _ in range(5))
        results["a decision and the next card, ms"].append(times[2] * 1000)

    def _decide(self):
        example = self.client.get("/skills/waiting/training/queue/").context["card"].example
        data = {"decision": "approve", "version": example.version, "place": "queue"}
        address = f"/skills/waiting/training/{example.pk}/decide/"
        assert self.client.post(address, data, follow=True).status_code == 200

    def measure_exports(self, formats, step, results):
        from training.releases import make_release

        name = f"v{step}"
        results["making a release, s"].append(
            timed(lambda: make_release(skill=self.golden, name=name, made_by=self.alice))
        )
        for format_name in formats:
            output = self.folder / f"out-{step}-{format_name}.zip"
            seconds, memory = run_command(
                "export_examples", "--skill", "golden", "--release", name,
                "--format", format_name, "--output", str(output),
            )  # fmt: skip
            results[f"export {format_name}, s"].append(seconds)
            results[f"export {format_name}, peak MiB"].append(memory)

    def leaks(self):
        """Pairs with an exact Jaccard similarity of the threshold or more that are on different sides."""
        from training.models import SkillFeedback, Split

        rows = SkillFeedback.objects.of_skill(self.golden).exclude(split=Split.HELD_OUT)
        sample = rows.order_by("content_hash")[:JOINED]
        texts = [
            (row.split, row.example_input, f"{row.example_input} {row.output}") for row in sample
        ]
        pairs, across = 0, 0
        for part in (1, 2):
            found, split = join([(row[0], row[part]) for row in texts])
            pairs, across = pairs + found, across + split
        held_out = SkillFeedback.objects.of_skill(self.golden).filter(split=Split.HELD_OUT).count()
        return f"{across} of {pairs:,} near pairs among {len(texts):,} examples; {held_out:,} held out in all"


def join(rows):
    """Near pairs, and those of them across sides: every one, by prefix filtering (Bayardo and others, 2007)."""
    from training.near_duplicates import THRESHOLD, jaccard, shingles

    sets = [(side, shingles(text)) for side, text in rows]
    frequency = Counter(shingle for _, found in sets for shingle in found)
    index = defaultdict(list)
    near = across = 0
    for number, (side, found) in enumerate(sets):
        # Two sets this similar share one of their rarest (1 - threshold) shingles.
        prefix = sorted(found, key=lambda shingle: (frequency[shingle], shingle))
        prefix = prefix[: len(found) - ceil(THRESHOLD * len(found)) + 1]
        candidates = {other for shingle in prefix for other in index[shingle]}
        for other in candidates:
            other_side, other_found = sets[other]
            if jaccard(found, other_found) >= THRESHOLD:
                near += 1
                across += side != other_side
        for shingle in prefix:
            index[shingle].append(number)
    return near, across


def report(results, rows):
    print(f"\n{'':58}{rows:>12,}{2 * rows:>12,}{'ratio':>8}")
    for name, values in results.items():
        if len(values) == 2:
            print(f"{name:58}{values[0]:12.2f}{values[1]:12.2f}{values[1] / values[0]:8.2f}")
        else:
            print(f"{name}: {values[0]}")


if __name__ == "__main__":
    main()
