"""Which texts are nearly the same: pure functions on text, no database.

Two texts are near-copies when the Jaccard similarity of their sets of 5-character shingles is at least `THRESHOLD`.
To find candidates without comparing everything with everything, each text gets a MinHash signature of 200 values,
cut into 50 bands of 4; texts that share a band are candidates, and are then compared exactly. At the threshold a pair
is missed with a probability of (1 - 0.65^4)^50 = 5 in 100,000. `docs/datasets.md` has what was measured.
"""

import hashlib
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from rensa import RMinHash

THRESHOLD = 0.65
SHINGLE_CHARACTERS = 5
BANDS = 50
ROWS = 4
SEED = 1

NOT_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class NearText:
    """What is compared of one example: its input, and its input and output together."""

    example_input: str
    output: str

    @cached_property
    def shingle_sets(self) -> tuple[frozenset[str], frozenset[str]]:
        return shingles(self.example_input), shingles(f"{self.example_input} {self.output}")

    def is_near(self, other: "NearText") -> bool:
        """Either the inputs are near-copies, or the whole examples are."""
        pairs = zip(self.shingle_sets, other.shingle_sets, strict=True)
        return any(jaccard(one, two) >= THRESHOLD for one, two in pairs)

    def keys(self, *, skill_id: UUID) -> list[int]:
        """100 signed 64-bit numbers; two near-copies of one skill share at least one (all but surely)."""
        kinds = zip(("input", "whole"), self.shingle_sets, strict=True)
        return [key for kind, found in kinds for key in _band_keys(f"{skill_id}:{kind}", found)]


def shingles(text: str) -> frozenset[str]:
    """Every 5 characters in a row, of the words in lower case with single spaces between.

    A text without words is taken as it is; one shorter than 5 characters is its own shingle.
    """
    folded = text.casefold()
    words = NOT_WORD.sub(" ", folded).strip() or " ".join(folded.split())
    last = max(1, len(words) - SHINGLE_CHARACTERS + 1)
    return frozenset(words[start : start + SHINGLE_CHARACTERS] for start in range(last))


def jaccard(one: frozenset[str], two: frozenset[str]) -> float:
    shared = len(one & two)
    return shared / (len(one) + len(two) - shared)


def _band_keys(salt: str, found: Iterable[str]) -> list[int]:
    minhash = RMinHash(num_perm=BANDS * ROWS, seed=SEED)
    minhash.update(list(found))
    digest = struct.pack(f"<{BANDS * ROWS}I", *minhash.digest())
    size = 4 * ROWS
    # The band's number is in its key, so that only the same band of another text can meet it.
    return [
        _number(b"%s:%d:%s" % (salt.encode(), band, digest[band * size : (band + 1) * size]))
        for band in range(BANDS)
    ]


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), signed=True)
