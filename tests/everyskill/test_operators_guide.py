"""The operator's guide names exactly what the settings read."""

import ast
import re
from pathlib import Path

from everyskill import settings as settings_module

PROJECT = Path(settings_module.__file__).parent.parent


def variables_read() -> set[str]:
    """Names in calls of `env(...)` and `env.kind(...)` in the settings file."""
    names = set()
    for node in ast.walk(ast.parse(Path(settings_module.__file__).read_text())):
        if isinstance(node, ast.Call) and re.match(r"env(\.|$)", ast.unparse(node.func)):
            match node.args:
                case [ast.Constant(value=str(name)), *_]:
                    names.add(name)
    return names


def test_the_guide_explains_every_variable_and_no_other():
    guide = (PROJECT / "docs" / "operators.md").read_text()
    explained = re.findall(r"^\| `([A-Z_]+)` \|", guide, re.MULTILINE)
    assert len(explained) == len(set(explained))
    assert set(explained) == variables_read()


def test_the_example_environment_sets_only_what_is_read():
    lines = (PROJECT / ".env.example").read_text().splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert named <= variables_read()
