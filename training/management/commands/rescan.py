"""`manage.py rescan`: run today's rules over the stored examples."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from training.rescan import rescan_examples
from training.sanitizer import SANITIZER_VERSION


class Command(BaseCommand):
    help = (
        "Redact in every stored example, and in what its edits replaced, what today's rules find and older ones let "
        "through. Reports by kind. Safe to run again and while the site serves."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count only, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        report = rescan_examples(dry_run=options["dry_run"])
        for kind, count in sorted(report.kinds.items()):
            self.stdout.write(f"{kind}: {count}")
        verb = "would change" if options["dry_run"] else "changed"
        self.stdout.write(
            f"{report.read} texts read by the rules of {SANITIZER_VERSION}, {report.changed} {verb}."
        )
        if report.refused:
            for row_id in report.refused:
                self.stderr.write(f"could not be judged: {row_id}")
            raise CommandError(
                f"{len(report.refused)} could not be judged and stay as they are. Look at them, or delete them.",
                returncode=1,
            )
