"""Many literals as one pattern."""

from __future__ import annotations

import re


def one_of(literals):
    """One pattern for all literals, factored like a trie, so that backtracking engines stay fast."""
    tree = {}
    for literal in literals:
        node = tree
        for character in literal:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branches_of(tree)


def _branches_of(node):
    branches = [
        re.escape(character) + _branches_of(child)
        for character, child in sorted(node.items())
        # What begins with a literal that ends here is found by that literal.
        if character and "" not in node
    ]
    return "(?:" + "|".join(branches) + ")" if branches else ""
