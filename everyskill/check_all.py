"""Every check and test of the project, in one command: `python3 manage.py check_all`.

Arguments go to pytest (`check_all -k consent`). Runs all steps even when one fails, and says at
the end which did. The steps share one throwaway PostgreSQL server, or TEST_DATABASE_URL.
"""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

from everyskill import embedded_postgres

PROJECT = Path(__file__).resolve().parent.parent


def main(pytest_arguments: list[str]) -> int:
    """Run the steps; 0 if all passed, 1 otherwise."""
    database = os.environ.get("TEST_DATABASE_URL") or embedded_postgres.start_throwaway()
    development = {
        **os.environ,
        "DATABASE_URL": database,
        "TEST_DATABASE_URL": database,
        "DEBUG": "true",
    }
    production = {**os.environ, **production_environment(), "DATABASE_URL": database}
    cores = str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    python, manage = [sys.executable, "-m"], [sys.executable, "manage.py"]
    imports = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    steps: list[tuple[str, list[str], dict[str, str]]] = [
        ("formatter", [*python, "ruff", "format", "--check", "."], development),
        ("linter", [*python, "ruff", "check", "."], development),
        ("types", [*python, "mypy", "."], development),
        ("imports", [sys.executable, "-c", imports], development),
        ("system checks", [*manage, "check", "--fail-level", "WARNING"], development),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], development),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
        ("tests", [*python, "pytest", "-rs", "-n", cores, *pytest_arguments], development),
    ]
    failed = [
        name for name, command, environment in steps if not passes(name, command, environment)
    ]
    say(f"check_all: {'failed: ' + ', '.join(failed) if failed else 'everything passed'}")
    return 1 if failed else 0


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one step, its output shown as it comes."""
    say(f"\n== {name}")
    begun = time.monotonic()
    code = subprocess.call(command, cwd=PROJECT, env=environment, stdin=subprocess.DEVNULL)
    say(f"== {name}: {'failed' if code else 'passed'} in {time.monotonic() - begun:.0f} s")
    return code == 0


def production_environment() -> dict[str, str]:
    """The documented production environment (.env.example) with a secret key of this run."""
    lines = (PROJECT / ".env.example").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    documented = {name: value for name, _, value in pairs}
    return {**documented, "SECRET_KEY": secrets.token_urlsafe(64)}


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
