"""The characters that a text may have at a place of an expression, as its parsed form tells."""

import re
from re import _constants as codes
from re import _parser

LATIN = frozenset(map(chr, range(256)))
CATEGORIES = {
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def characters_behind(pattern: re.Pattern, before: str) -> frozenset[str]:
    """Every Latin-1 character with which a match of `pattern` that begins with `before` may go on.

    Look-around is taken to allow everything, so that the answer is never too small.
    """
    count = len(before) + 1
    parsed = list(_parser.parse(pattern.pattern, pattern.flags))
    return frozenset().union(
        *(
            sequence[-1]
            for sequence in _beginnings(parsed, count, pattern.flags)
            if len(sequence) == count
            and all(c in allowed for c, allowed in zip(before, sequence, strict=False))
        )
    )


def _beginnings(items, count, flags):
    """The distinct beginnings, of at most `count` sets of characters, of what the items match."""
    begun = {()}
    for operation, argument in items:
        open_ones = {sequence for sequence in begun if len(sequence) < count}
        if not open_ones:
            break
        begun -= open_ones
        for ending in _of_item(operation, argument, count, flags):
            begun |= {(sequence + ending)[:count] for sequence in open_ones}
    return begun


def _of_item(operation, argument, count, flags):
    if operation is codes.LITERAL:
        return {(_cased(chr(argument), flags),)}
    if operation is codes.NOT_LITERAL:
        return {(LATIN - {chr(argument)},)}
    if operation is codes.ANY:
        return {(LATIN,)}
    if operation is codes.IN:
        return {(_class(argument, flags),)}
    if operation is codes.BRANCH:
        return set().union(*(_beginnings(list(branch), count, flags) for branch in argument[1]))
    if operation is codes.SUBPATTERN:
        return _beginnings(list(argument[3]), count, flags)
    if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        least, most, repeated = argument
        once = _beginnings(list(repeated), count, flags)
        results, current = ({()} if least == 0 else set()), {()}
        for number in range(1, min(most, count + least) + 1):
            current = {(a + b)[:count] for a in current for b in once}
            if number >= least:
                results |= current
        return results
    if operation is codes.GROUPREF:
        return {(LATIN,) * size for size in range(count + 1)}
    # Anchors and look-around take nothing.
    return {()}


def _class(items, flags):
    found, negated = set(), False
    for operation, argument in items:
        if operation is codes.NEGATE:
            negated = True
        elif operation is codes.LITERAL:
            found |= _cased(chr(argument), flags)
        elif operation is codes.RANGE:
            found |= {
                c
                for code in range(argument[0], min(argument[1], 255) + 1)
                for c in _cased(chr(code), flags)
            }
        else:
            name = CATEGORIES[argument]
            found |= {c for c in LATIN if re.match(name, c)}
    return frozenset(LATIN - found if negated else found & LATIN)


def _cased(character, flags):
    return frozenset(
        {character, character.lower(), character.upper()} if flags & re.IGNORECASE else {character}
    )
