"""Golden examples from a file into a skill."""

import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from skills.models import Skill
from training.imports.rows import READERS, UnreadableFileError, format_of
from training.imports.run import ImportReport, import_rows
from training.management.commands.export_examples import find_skill
from training.progress import Progress


class Command(BaseCommand):
    help = "Import golden examples (jsonl, csv, evals.json). Try --dry-run first."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE|-")
        parser.add_argument("--skill", required=True, metavar="SLUG")
        parser.add_argument("--tenant", metavar="SLUG", help="when several tenants have this skill")
        parser.add_argument("--format", choices=sorted(READERS), help="default: by the file's name")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, store nothing"
        )
        parser.add_argument(
            "--skip-bad", action="store_true", help="import the good rows; default: all or none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        skill = find_skill(options["skill"], options["tenant"])
        name = options["file"]
        format_name = options["format"] or format_of(name)
        if format_name is None:
            raise CommandError(
                "Name the file's format with --format: " + ", ".join(sorted(READERS)) + "."
            )
        try:
            if name == "-":
                report = self._run(skill, sys.stdin.buffer, format_name, options)
            else:
                with Path(name).open("rb") as source:
                    report = self._run(skill, source, format_name, options)
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror or error}") from error
        except UnreadableFileError as error:
            raise CommandError(f"{name}: {error}") from error
        self._tell(report, options["dry_run"])

    def _run(
        self, skill: Skill, source: BinaryIO, format_name: str, options: dict[str, Any]
    ) -> ImportReport:
        progress = Progress(self.stderr, total=0, noun="rows")
        report = import_rows(
            READERS[format_name](source),
            skill=skill,
            user_id=skill.author_id,
            dry_run=options["dry_run"],
            skip_bad=options["skip_bad"],
            on_batch=progress.advance,
        )
        progress.finish("read")
        return report

    def _tell(self, report: ImportReport, dry_run: bool) -> None:
        for error in report.errors:
            self.stderr.write(f"line {error.line}: {error.message}")
        if report.bad > len(report.errors):
            self.stderr.write(f"and {report.bad - len(report.errors):,} more bad rows")
        verb = "imported" if report.stored else "would be imported"
        self.stdout.write(
            f"{report.good:,} {verb} ({report.redacted:,} rows had something redacted),"
            f" {report.twins:,} already there, {report.bad:,} bad."
        )
        if not report.stored and not dry_run:
            raise CommandError(
                "Nothing was imported: correct the bad rows, or leave them out with --skip-bad."
            )
