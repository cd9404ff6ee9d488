"""`manage.py verify_consent`: prove the consent ledger and what rests on it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from settings_app.models import ConsentRecord
from training.consent.assurance import verify_and_remember
from training.consent.proof import tenants_to_verify


class Command(BaseCommand):
    help = (
        "Prove that each tenant's consent ledger is whole and that no captured example lacks both consents at its "
        "time. Names the rows and exits with 1 otherwise. The result is shown on the assurance page."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--receipt",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="also compare a receipt that a person downloaded with the ledger; may be repeated",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        problems: list[str] = []
        records = examples = 0
        for tenant_id in tenants_to_verify():
            proof = verify_and_remember(tenant_id)
            problems += proof.problems
            records += proof.records
            examples += proof.examples
        for path in options["receipt"]:
            problems += receipt_problems(path)
        for problem in problems:
            self.stderr.write(self.style.ERROR(problem))
        if problems:
            raise CommandError(f"{len(problems)} problems, named above.", returncode=1)
        self.stdout.write(
            f"Whole: {records} ledger rows. Both consents: {examples} captured examples."
        )


def receipt_problems(path: Path) -> list[str]:
    """Rows of the receipt that the ledger does not have, or has otherwise."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["records"]
        claimed = {row["id"]: row["record_hash"] for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(
            f"{path} is no receipt that can be read: {type(error).__name__}"
        ) from None
    kept = {
        str(pk): record_hash
        for pk, record_hash in ConsentRecord.objects.filter(pk__in=claimed).values_list(
            "pk", "record_hash"
        )
    }
    return [
        f"record {record_id}: {path} has it, the ledger has not, or has another"
        for record_id, record_hash in claimed.items()
        if kept.get(record_id) != record_hash
    ]
