"""An example's history, with each edit as a diff by words."""

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from training.models import Revision, SkillFeedback

WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Beyond this many words the comparison (quadratic at worst) goes by lines.
MAX_WORDS = 1_500


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed ("same"), came ("added") or went ("removed")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    revision: Revision
    input_diff: list[Piece] = field(default_factory=list)
    output_diff: list[Piece] = field(default_factory=list)


def history_of(example: SkillFeedback) -> list[HistoryEntry]:
    """Newest first. One query."""
    entries = []
    later_input, later_output = example.example_input, example.output
    for revision in example.revisions.newest_first().select_related("made_by"):
        if not revision.replaced_text:
            entries.append(HistoryEntry(revision))
            continue
        earlier_output = revision.expected_output or example.example_output
        entries.append(
            HistoryEntry(
                revision,
                input_diff=diff(revision.example_input, later_input),
                output_diff=diff(earlier_output, later_output),
            )
        )
        later_input, later_output = revision.example_input, earlier_output
    return entries


def diff(before: str, after: str) -> list[Piece]:
    """What changed, by words; nothing when the texts are equal."""
    if before == after:
        return []
    old, new = _units(before, after)
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(Piece("removed", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("added", "".join(new[j1:j2])))
    return pieces


def _units(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) + len(new) > MAX_WORDS:
        return before.splitlines(keepends=True), after.splitlines(keepends=True)
    return old, new
