"""Secrets in tables whose columns only blanks part, as command lines print them and people type them."""

from __future__ import annotations

import re

from .acceptance import is_secret_value
from .engine import compile_rule
from .names import NONE, judge_name
from .values import is_password_like

# A line of words, of which blanks part one from the next, one of them telling.
_REST_OF_HEADS = r"[0-9A-Za-z_./()# \t-]*$"
_TELLING_HEAD = r"(?:pass|pwd|\bpw\b|secret|token|key|value|cred)"
_ALIGNED_HEADS = compile_rule(
    r"(?im)^[ \t]*(?:[A-Za-z][0-9A-Za-z_./()# -]*(?:  |\t)[ \t]*[0-9A-Za-z_./()# \t-]*"
    + _TELLING_HEAD
    + r"|[0-9A-Za-z_./()#-]*"
    + _TELLING_HEAD
    + r"[0-9A-Za-z_./()#-]*(?:  |\t))"
    + _REST_OF_HEADS
)
_COLUMN = re.compile(r"\S+(?: \S+)*")
_CELL_PIECE = re.compile(r"\S+(?: \S+)*")
_MOST_ROWS = 300
_MOST_COLUMNS = 20
_VALUE_HEADS = frozenset(("value", "values", "secret value", "wert", "valeur", "valor"))


def find_in_aligned(view, found, clock):
    """Add the cells of columns that are named like secrets, and those beside such a name."""
    text = view.text
    if "  " not in text and "\t" not in text:
        return
    done = 0
    for match in _ALIGNED_HEADS.finditer(view.subject):
        clock.check()
        start, end = match.span()
        if start >= done:
            done = _rows(text, start, end, found)


def _rows(text, start, end, found):
    heads = [(h.start(), h.group()) for h in _COLUMN.finditer(text, start, min(end, start + 400))]
    if not 2 <= len(heads) <= _MOST_COLUMNS or any(h[0].isdigit() for _, h in heads):
        # A number stands in a row, not among the heads.
        return end
    telling = []
    for index, (offset, head) in enumerate(heads):
        strength, kind = judge_name(head.replace(" ", "_")[:80])
        if strength != NONE:
            telling.append((index, offset - start, strength, kind))
    values = [i for i, (_, head) in enumerate(heads) if head.lower() in _VALUE_HEADS]
    if not telling and not values:
        return end
    line_start = text.rfind("\n", 0, start) + 1
    shift = start - line_start
    position = end + 1
    for _ in range(_MOST_ROWS):
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        cells = [
            c.span() for c in _CELL_PIECE.finditer(text, position, min(line_end, position + 2000))
        ]
        if len(cells) < 2:
            if position < len(text) and cells and not text[position:line_end].strip("-=+ \t\r"):
                position = line_end + 1
                continue
            break
        for index, offset, strength, kind in telling:
            cell = _cell_below(cells, index, offset + shift + position, len(heads))
            _add_cell(text, cell, strength, kind, found)
        for index in values:
            strength, kind = judge_name(text[slice(*cells[0])][:80])
            if strength != NONE and index > 0:
                cell = _cell_below(
                    cells, index, heads[index][0] - start + shift + position, len(heads)
                )
                _add_cell(text, cell, strength, kind, found)
        position = line_end + 1
    return end


def _cell_below(cells, index, place, columns):
    """The cell of a column: by its number in a full row, else by where it begins."""
    if len(cells) == columns:
        return cells[index]
    return next((cell for cell in cells if cell[0] == place), None)


def _add_cell(text, cell, strength, kind, found):
    if cell is None:
        return
    value = text[cell[0] : cell[1]]
    if " " not in value and is_secret_value(value, strength) and is_password_like(value):
        found.append((kind, *cell))
