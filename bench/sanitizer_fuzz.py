"""Fuzz the sanitizer: texts grown from its own rules, from Unicode, and from pieces of both.

    python bench/sanitizer_fuzz.py --seconds 3600 --seed 1

For every text it checks that nothing is raised, that a second run changes nothing, that findings
are ordered, disjoint and inside the text, that the text outside them is untouched, and that the time
stays below 100 ms for 5,000 characters. The seed of a failing text is printed: `--seed N --once`
repeats it.
"""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training.sanitizer import sanitize_payload
from training.sanitizer.rules import RULES

PREFIXES = [p for rule in RULES["tokens"] for p in rule.get("prefixes", ())]
MARKS = [m for rule in RULES["tokens"] for m in (*rule.get("cores", ()), *rule.get("anchors", ()))]
HEADS = [head for rule in RULES["commands"] for head in rule["heads"].split()]
WORDS = " ".join(v for k, v in RULES["words"].items() if k != "stems").split()
SYNTAX = [
    "=",
    ":",
    ":=",
    "=>",
    "->",
    "==",
    "|",
    ",",
    ";",
    "&",
    "?",
    "/",
    "//",
    "://",
    "@",
    "-",
    "--",
    "+",
    "*",
    "**",
    "_",
    "`",
    "``",
    "'",
    '"',
    "'''",
    '"""',
    "\\",
    "\\\\",
    "\\n",
    '\\"',
    "\\u0022",
    "\\x3d",
    "%3D",
    "%22",
    "%0A",
    "&quot;",
    "&amp;",
    "&#61;",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "</",
    "/>",
    "<<",
    "$",
    "${",
    "$(",
    "%(",
    "{{",
    "}}",
    "#",
    ".",
    "..",
    "...",
    "!",
]
SYNTAX += [
    "\n",
    "\n\n",
    " \t",
    "\r\n",
    "\0",
    "\x1b[31m",
    " ",
    "  ",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\uff1d",
]
SYNTAX += ["\uff1a", "\u201c", "\u2019", "\ud800", "\udc00", "\U0001f600"]
PHRASES = [
    "password is ",
    "the password for ",
    "Authorization: Bearer ",
    "Cookie: a=",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "-----END RSA PRIVATE KEY-----",
    "PuTTY-User-Key-File-2: ",
    "| user | password |\n|---|---|\n| ",
    "INSERT INTO t (a, password) VALUES ('b', '",
    "name,password\n",
    "kind: Secret\ndata:\n  a: ",
    "[REDACTED:PASSWORD]",
    "[REDACTED:",
    "REDACTED",
    "https://bob:",
    "@host/",
    "curl -u bob:",
    "mysql -p",
    "echo x | ",
    "seed phrase: ",
    "hooks.slack.com/services/",
    "jdbc:oracle:thin:a/",
    "eyJhbGciOiJIUzI1NiJ9.",
    "value: ",
    "name: ",
    "<password>",
    "</password>",
    "default = ",
    "as the password",
    "4111 1111 1111 1111",
    "bob@example.org",
    "+49 30 1234567",
    "GB82WEST12345698765432",
    "192.168.1.1",
    "/home/bob/",
    "C:\\Users\\bob\\",
]
RUNS = [
    "0123456789abcdef",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=",
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.",
    "0123456789",
    "xX*.",
]


def grow(rng):
    """One text: pieces of every kind, sometimes repeated many times, sometimes very long."""
    pieces = []
    for _ in range(rng.choice((2, 4, 8, 16, 40, 120))):
        kind = rng.random()
        if kind < 0.18:
            piece = rng.choice(PREFIXES)
        elif kind < 0.22:
            piece = rng.choice(MARKS)
        elif kind < 0.30:
            piece = rng.choice(HEADS)
        elif kind < 0.42:
            piece = rng.choice(WORDS)
        elif kind < 0.66:
            piece = rng.choice(SYNTAX)
        elif kind < 0.76:
            piece = rng.choice(PHRASES)
        elif kind < 0.94:
            run = rng.choice(RUNS)
            piece = "".join(
                rng.choice(run) for _ in range(rng.choice((1, 3, 8, 16, 22, 36, 64, 120)))
            )
        else:
            piece = "".join(chr(rng.randrange(0x110000)) for _ in range(rng.choice((1, 2, 9))))
        if rng.random() < 0.03:
            piece *= rng.choice((2, 10, 100, 1000))
        pieces.append(piece)
    text = "".join(pieces)
    if rng.random() < 0.02:
        text *= max(1, 20_000 // (len(text) or 1))
    return text[:200_000]


def check(text, personal_data):
    """The name of the property that fails, or None."""
    started = time.thread_time()
    result = sanitize_payload(text, personal_data=personal_data)
    seconds = time.thread_time() - started
    if sanitize_payload(result.sanitized, personal_data=personal_data) != (result.sanitized, ()):
        return "not idempotent"
    rebuilt, position = [], 0
    for kind, start, end in result.findings:
        if not position <= start < end <= len(text):
            return "findings out of order"
        rebuilt += (text[position:start], "[REDACTED:" + kind + "]")
        position = end
    if "".join(rebuilt) + text[position:] != result.sanitized:
        return "text outside the findings changed"
    if seconds > 0.1 * max(1.0, len(text) / 5000):
        return f"slow: {seconds * 1000:.0f} ms for {len(text)} characters"
    return "whole text hidden" if [f.type for f in result.findings] == ["TEXT"] else None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--once", action="store_true")
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    seed, characters, failures = options.seed, 0, 0
    first = seed
    while True:
        rng = random.Random(seed)
        text = grow(rng)
        characters += len(text)
        try:
            problem = check(text, rng.random() < 0.5)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            failures += 1
            print(f"seed {seed}: {problem}", flush=True)
        seed += 1
        if options.once or time.monotonic() > end:
            break
    print(
        f"seeds {first} to {seed - 1}: {seed - first:,} texts, {characters:,} characters, {failures} failures"
    )
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
