"""The sanitizer as one piece of standard-library source, for the hook client to embed.

The contract: the modules of `MODULES`, in this order, are concatenated without their imports from
this package and without their docstrings; `rules.json` becomes a literal; `engine_stdlib.py` takes
`engine.py`'s place. So every module keeps to Python 3.8, imports nothing but the standard library
(one import a line) and its neighbours, and no two of them define the same global name. Running the
source defines `sanitize_payload`, `sanitize_object`, `SanitizerError` and `SANITIZER_VERSION`.
"""

from __future__ import annotations

import ast
import functools
import json
import pathlib

MODULES = (
    "engine_stdlib",
    "rules",
    "tries",
    "foreign",
    "stand_ins",
    "meanings",
    "randomness",
    "terms",
    "wraps",
    "views",
    "spans",
    "structure",
    "public_runs",
    "values",
    "no_values",
    "names",
    "acceptance",
    "bodies",
    "tokens",
    "vendor_prefixes",
    "private_keys",
    "urls",
    "headers",
    "arguments",
    "commands",
    "told",
    "prose",
    "fields",
    "labels",
    "line_heads",
    "directives",
    "unpacking",
    "places",
    "quoting",
    "expressions",
    "prefixes",
    "groups",
    "keyed",
    "encodings",
    "lines",
    "tables",
    "aligned",
    "personal_checks",
    "personal_numbers",
    "personal",
    "repeats",
    "core",
    "objects",
)
_FOLDER = pathlib.Path(__file__).parent


@functools.lru_cache(maxsize=1)
def standard_library_source() -> str:
    """Python 3.8+ source text, the same for the same files; `exec` it to get `sanitize_payload`.

    Raises `ValueError` when two modules define the same global name.
    """
    imports: set[str] = set()
    bodies = []
    owners: dict[str, str] = {}
    for name in MODULES:
        if name == "rules":
            bodies.append(_rules_source())
            continue
        source = (_FOLDER / f"{name}.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        for defined in _global_names(tree):
            if owners.setdefault(defined, name) != name:
                raise ValueError(f"{defined} is defined in {owners[defined]} and in {name}")
        bodies.append(_without_imports(source, tree, imports))
    header = "from __future__ import annotations\n\n" + "\n".join(sorted(imports)) + "\n"
    return header + "\n\n" + "\n\n\n".join(bodies) + "\n"


def _rules_source():
    rules = json.loads((_FOLDER / "rules.json").read_text(encoding="utf-8"))
    # A JSON text in a Python string: both escape, and non-ASCII letters stay out of the client.
    return f"RULES = json.loads({json.dumps(rules, separators=(',', ':'))!r})"


def _global_names(tree):
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id


def _without_imports(source, tree, imports):
    lines = source.splitlines()
    dropped = set()
    for index, node in enumerate(tree.body):
        is_docstring = index == 0 and isinstance(node, ast.Expr)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            own = isinstance(node, ast.ImportFrom) and (node.level or node.module == "__future__")
            if not own:
                imports.add(ast.unparse(node))
        elif not is_docstring:
            continue
        dropped.update(range(node.lineno - 1, node.end_lineno))
    imports.add("import json")
    return "\n".join(line for i, line in enumerate(lines) if i not in dropped).strip("\n")
