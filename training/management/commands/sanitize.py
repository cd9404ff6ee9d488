"""`manage.py sanitize FILE`: what would be taken out of a text, where and why."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from training.sanitizer import SANITIZER_VERSION, SanitizerError, sanitize_payload
from training.sanitizer.reasons import line_and_column, reason_for


class Command(BaseCommand):
    help = (
        "Show what would be taken out of a text before it is stored: line, column, kind and reason, never the value. "
        "Nothing is stored and no database is needed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="a text file in UTF-8, or - for standard input"
        )
        parser.add_argument(
            "--personal-data",
            action="store_true",
            help="also e-mail addresses, telephone numbers and the like",
        )
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--text", action="store_true", help="print the sanitized text instead")
        form.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        text = read_text(options["file"])
        try:
            result = sanitize_payload(text, personal_data=options["personal_data"])
        except SanitizerError as error:
            raise CommandError(
                f"The text could not be judged, so it would not be stored: {error}."
            ) from None
        if options["text"]:
            self.stdout.write(result.sanitized, ending="")
            return
        rows = [
            (*line_and_column(text, finding.start), finding.type, finding.end - finding.start)
            for finding in result.findings
        ]
        if options["json"]:
            names = ("line", "column", "kind", "characters")
            found = [dict(zip(names, row, strict=True)) for row in rows]
            self.stdout.write(
                json.dumps({"sanitizer_version": SANITIZER_VERSION, "findings": found})
            )
            return
        for line, column, kind, length in rows:
            self.stdout.write(f"{line}:{column}  {kind}, {length} characters: {reason_for(kind)}.")
        self.stdout.write(f"{len(rows)} findings by the rules of {SANITIZER_VERSION}.")


def read_text(name: str) -> str:
    if name == "-":
        return sys.stdin.read()
    try:
        return Path(name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CommandError(f"{name} is no text in UTF-8.") from None
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
