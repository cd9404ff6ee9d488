"""No expression of the standard library's engine in the package takes more than linear time.

The server's engine is linear by construction; what matches at a known place runs on the standard
library's, which backtracks. Each compiled expression reads hostile repeats of two sizes.
"""

import importlib
import pkgutil
import re
import time

import training.sanitizer

SIZE = 4000
UNITS = [
    "a", "A", "1", "aA1", "ab12", " ", "\t", "\n", "\n a", "_", "-", ".", "/", "\\", "\\n", "'", "''", '"', '""', "`",
    "(", ")", "[", "{", "<", "=", ":", "::", ";", ",", "&", "%25", "@", "#", "$", "a,", "a=", "a.", "a-", "a ", "a_",
    "a:", "'a',", '"a", ', "a=b&", "a/b", "\\'", "\x80", "\xa4", "\xff", "1 ", "1.", "a\n", "- ", "x*",
]  # fmt: skip
# Below it a clock tells nothing; a quadratic reading of 4,000 characters takes far longer.
WORTH_TIMING = 0.004


def patterns_in(value, depth=0):
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 4 and isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from patterns_in(item, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        for item in value.values():
            yield from patterns_in(item, depth + 1)


def all_patterns():
    found = {}
    for info in pkgutil.iter_modules(training.sanitizer.__path__):
        module = importlib.import_module(f"training.sanitizer.{info.name}")
        for value in vars(module).values():
            for pattern in patterns_in(value):
                if isinstance(pattern.pattern, str):
                    found[pattern.pattern, pattern.flags] = pattern
    return list(found.values())


def seconds(pattern, text):
    started = time.thread_time()
    pattern.match(text)
    return time.thread_time() - started


def grows_with_the_square(pattern, text, worth=0.0):
    """Four times the text: four times the time, or sixteen; the bound lies between with room for noise.

    The best of several times tells what the reading takes where nothing disturbs it; taken in turn, so that a machine
    that slows down for a while slows both. What takes less than `worth` seconds does not count.
    """
    quarter = text[: len(text) // 4]
    times = [(seconds(pattern, text), seconds(pattern, quarter)) for _ in range(15)]
    whole, part = map(min, zip(*times, strict=True))
    return whole > worth and whole > 8 * part


def test_the_package_has_patterns_to_audit():
    assert len(all_patterns()) > 200


def test_no_pattern_takes_more_than_linear_time():
    slow = []
    for pattern in all_patterns():
        for unit in UNITS:
            text = (unit * (SIZE // len(unit) + 1))[:SIZE]
            if seconds(pattern, text) < WORTH_TIMING:
                continue
            if grows_with_the_square(pattern, text, worth=WORTH_TIMING):
                slow.append((pattern.pattern[:80], unit))
    assert slow == []


def test_the_audit_tells_a_quadratic_pattern():
    hostile = re.compile(r"(?:a*)(?:a*)b")
    text = "a" * SIZE
    assert grows_with_the_square(hostile, text)
    assert not grows_with_the_square(re.compile("(?:a|b)*"), text * 10)
