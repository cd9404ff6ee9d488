"""The two engines find the same names, and the server's stays on its fast path."""

import random
import string
import subprocess
import sys
import time

from training.sanitizer import engine, engine_stdlib
from training.sanitizer.names import STEMS
from training.sanitizer.tokens import _LOOSE

PIECES = [
    "key", "pass", "word", "_", "-", ".", "$", "--", "..", "a", "B", "9", " ", "=", "token",
    "\x80", "stripe", '"', "\n", "sess", "id", "auth0", "a-b", "au", "th", "\xff", "KEY",
]  # fmt: skip

# Logging is on here, and off in the product: the engine says when it leaves its automaton for a slow reading.
PROGRAM = """
import random, re2, sys
plain = re2.Options
class Talking(plain):
    def __setattr__(self, name, value):
        super().__setattr__(name, True if name == "log_errors" else value)
re2.Options = Talking
from tests.sanitizer import corpus
from training.sanitizer import sanitize_payload
texts = [case.text for case in corpus.vendor_cases() + corpus.keyed_cases()]
texts += corpus.harmless_texts()
texts.append("\\n".join(texts))
rng = random.Random(3)
texts.append("".join(map(chr, rng.choices(range(32, 127), k=100_000))))
texts.append("".join(map(chr, rng.choices(range(1, 0x3000), k=20_000))))
for text in texts:
    sanitize_payload(text, personal_data=True)
"""


def test_both_engines_find_the_same_names():
    fast, portable = engine.compile_names(STEMS), engine_stdlib.compile_names(STEMS)
    rng = random.Random(1)
    for _ in range(2000):
        text = "".join(rng.choices(PIECES, k=rng.randint(1, 25)))
        assert fast(engine.make_subject(text)) == portable(text), text


def test_both_engines_give_the_same_spans():
    pattern = r"(?:ab|a)([0-9]+)|x"
    text = "ab12 a3 xx b4 aab5"
    fast, portable = engine.compile_rule(pattern), engine_stdlib.compile_rule(pattern)
    assert fast.spans(engine.make_subject(text)) == portable.spans(text)
    found = [(m.span(), m.span(1)) for m in fast.finditer(engine.make_subject(text))]
    assert found == [(m.span(), m.span(1)) for m in portable.finditer(text)]
    assert fast.search(engine.make_subject(text), 3).span() == (5, 7)
    assert fast.search(engine.make_subject("none")) is None


def test_no_rule_runs_out_of_the_automatons_memory():
    # A subprocess: the options are read when the rules are compiled.
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_shapes_without_a_prefix_cost_no_more_where_letters_are_random():
    rng = random.Random(5)
    random_texts = [
        engine.make_subject(
            "".join(rng.choices(string.ascii_letters + string.digits + "-_. ", k=1000))
        )
        for _ in range(200)
    ]
    same_text = engine.make_subject("the words of a sentence, and so on; " * 28)

    def seconds(texts):
        started = time.thread_time()
        for text in texts:
            _LOOSE.spans(text)
        return time.thread_time() - started

    seconds(random_texts)
    # A hundred times as long when each text makes new states, three to ten times when few do.
    assert seconds(random_texts) < 30 * seconds([same_text] * 200)
