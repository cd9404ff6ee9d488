"""Secrets in tables: a column whose head promises one, in SQL, Markdown and comma-separated text."""

from __future__ import annotations

import re

from .acceptance import is_secret_value
from .engine import compile_rule
from .names import MEDIUM, NONE, judge_name
from .prefixes import LINE_MARK
from .values import is_password_like

_INSERT = compile_rule(r"insert\s+into\s", ignore_case=True)
_COLUMNS = re.compile(r"[^()\n;]{1,120}\(([^()]{3,2000})\)\s{0,20}values\s{0,20}", re.IGNORECASE)
_ROW_OPENS = re.compile(r"\s{0,40},?\s{0,40}\(")
# A doubled quote ends one string and begins the next. A lone quote is a string that never closes.
_ROW_PIECE = re.compile(r"'(?:[^'\\]|\\.)*'|\"[^\"\n]*\"|[^()'\"]+|[()'\"]")
_MAX_PIECES = 500
_CELL = re.compile(
    r"(?:\s{0,40}(?:[NE]?'((?:[^'\\]|\\.|'')*)'|\"([^\"]*)\")\s{0,40}|[^,'\"]*)(?:,|$)"
)
_MAX_ROWS = 500


def find_in_tables(view, found, clock):
    """Add the cells of columns that are named like secrets."""
    text = view.text
    done = 0
    for match in _INSERT.finditer(view.subject):
        clock.check()
        if match.start() >= done:
            done = _insert(text, match.end(), found)
    if any(mark in text for mark in _MARKS):
        done = 0
        for match in _HEAD_LINE.finditer(view.subject):
            clock.check()
            if match.start() >= done:
                done = _separated(text, match.start(), match.end(), found)


def _telling(heads):
    """(index, strength, kind) of each head that promises a secret."""
    for index, head in enumerate(heads):
        strength, kind = judge_name(head.strip().strip("\"'`[]*_ ").replace(" ", "_")[:80])
        if strength != NONE:
            yield index, strength, kind


def _insert(text, position, found):
    columns = _COLUMNS.match(text, position)
    if columns is None:
        return position
    telling = list(_telling(columns.group(1).split(",")))
    if not telling:
        return columns.end()
    position = columns.end()
    for _ in range(_MAX_ROWS):
        row = _row(text, position)
        if row is None:
            break
        cells = list(_cells(text, *row))
        for index, strength, kind in telling:
            if index < len(cells) and cells[index] is not None:
                start, end = cells[index]
                if is_secret_value(text[start:end], strength):
                    found.append((kind, start, end))
        # `VALUES ('api_key', 'xyz')`: a name and its value, in a table of settings.
        _named_rows(text, cells, found)
        position = row[1] + 1
    return position


def _row(text, position):
    """(start, end) between the parentheses of the row at the position, or None. Each piece is read once,
    and the first that does not fit ends the row."""
    opening = _ROW_OPENS.match(text, position)
    if opening is None:
        return None
    position = opening.end()
    for _ in range(_MAX_PIECES):
        piece = _ROW_PIECE.match(text, position)
        if piece is None or (piece.end() == position + 1 and piece.group() in "('\""):
            return None
        if piece.group() == ")":
            return opening.end(), position
        position = piece.end()
    return None


def _cells(text, position, end):
    """(start, end) of each cell that is a string, None for the others. What is no cell is passed to the next
    comma, so that nothing is read twice."""
    while position < end:
        cell = _CELL.match(text, position, end)
        if cell is None:
            yield None
            position = text.find(",", position, end) + 1 or end
        else:
            group = 1 if cell.start(1) >= 0 else 2
            yield cell.span(group) if cell.start(group) >= 0 else None
            position = max(cell.end(), position + 1)


def _named_rows(text, cells, found):
    for name, value in zip(cells, cells[1:]):
        if name is None or value is None:
            continue
        strength, kind = judge_name(text[name[0] : name[1]][:80])
        if strength >= MEDIUM and is_secret_value(text[value[0] : value[1]], strength):
            found.append((kind, value[0], value[1]))


def _separated(text, start, end, found):
    """A head line of names, then lines with as many cells: CSV and its kin, tables of bars as Markdown,
    test scenarios and clients of databases draw them. Returns where they end."""
    line = text[start : min(end, start + 500)]
    for mark in _MARKS:
        if mark in line:
            break
    else:
        return end
    if not _goes_on(text, end + 1, mark, line.count(mark)):
        return end
    names = line.split(mark)
    names[0] = names[0][LINE_MARK.match(names[0]).end() :]
    if not all(_HEAD_NAME.match(name) or (mark == "|" and not name.strip()) for name in names):
        return end
    telling = list(_telling(names))
    position = end + 1
    for _ in range(_MAX_ROWS if telling else 0):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        line = text[position:end]
        is_rule = mark == "|" and _RULE_LINE.match(line)
        if position >= len(text) or not (is_rule or line.count(mark) == len(names) - 1):
            break
        if not is_rule:
            _add_cells(text, _split_cells(line, mark, position), telling, found)
        position = end + 1
    return position


def _goes_on(text, position, mark, count):
    """Whether a line with as many cells stands at the position, or the rule below a table's head."""
    end = text.find("\n", position)
    line = text[position : end if end >= 0 else len(text)]
    return line.count(mark) == count or (mark == "|" and bool(_RULE_LINE.match(line)))


def _split_cells(line, mark, offset):
    cells, start = [], 0
    for piece in line.split(mark):
        inner = piece.strip().strip("`\"'*")
        begin = offset + start + (piece.find(inner) if inner else 0)
        cells.append((begin, begin + len(inner)))
        start += len(piece) + 1
    return cells


def _add_cells(text, cells, telling, found):
    for index, strength, kind in telling:
        if index < len(cells):
            start, end = cells[index]
            value = text[start:end]
            if is_secret_value(value, strength) and is_password_like(value):
                found.append((kind, start, end))


_MARKS = ("|", ",", ";", "\t")
_ANY_CELL = r"[^(){}=<>\\\n]*"
_STEM = r"(?:pass|pwd|secret|token|key|cred|\bpw\b|\bpsk\b)"
_HEAD_LINE = compile_rule(
    "(?im)^"
    + _ANY_CELL
    + "(?:[|,;\t]"
    + _ANY_CELL
    + _STEM
    + "|"
    + _STEM
    + _ANY_CELL
    + "[|,;\t])"
    + _ANY_CELL
    + "$"
)
_HEAD_NAME = re.compile(r"[ \t]*[\"'`*_]{0,3}[A-Za-z][\w .#-]{0,40}[\"'`*_]{0,3}[ \t\r]*$")
_RULE_LINE = re.compile(r"[^0-9A-Za-z]{3,2000}$")
