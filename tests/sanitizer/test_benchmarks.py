"""The two benchmarks run: small numbers, since what they measure is not judged here."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


# Subprocesses, as people run them: both take their arguments from the command line.
def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_benchmark_prints_a_row_for_each_family():
    done = run("bench/sanitizer.py", "--rounds", "1", "--code", "bench", "--chunks", "3")
    assert done.returncode == 0, done.stderr
    for row in ("prose (", "encoded (", "harmless altered", "code chunks altered (3)", "median"):
        assert row in done.stdout


def test_the_fuzzer_finds_nothing_in_one_text_and_says_its_seed():
    done = run("bench/sanitizer_fuzz.py", "--once", "--seed", "11")
    assert (done.returncode, done.stderr) == (0, "")
    assert "seeds 11 to 11: 1 texts" in done.stdout
    assert "0 failures" in done.stdout
