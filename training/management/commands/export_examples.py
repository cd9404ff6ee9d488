"""Write a skill's approved examples to a file, in the format of the tool that will read them."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from skills.models import Skill
from training.exports import huggingface
from training.exports.formats import FORMATS
from training.exports.records import CurrentRecords, Record, Records, ReleaseRecords
from training.models import Release, Split
from training.progress import Progress
from training.splits import place_new_examples

SIDES = [Split.TRAIN, Split.VALIDATION, Split.TEST]


class Counting:
    """Records that tell how far they have been read."""

    def __init__(self, records: Records, progress: Progress) -> None:
        self.skill, self.release = records.skill, records.release
        self._records, self._progress = records, progress

    def batches(self, *, split: str | None = None) -> Iterator[list[Record]]:
        for batch in self._records.batches(split=split):
            yield batch
            self._progress.advance(len(batch))

    def count(self, *, split: str | None = None) -> int:
        return self._records.count(split=split)


class Command(BaseCommand):
    help = "Export a skill's approved examples, or one of its releases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--skill", required=True, metavar="SLUG")
        parser.add_argument("--tenant", metavar="SLUG", help="when several tenants have this skill")
        parser.add_argument("--release", metavar="NAME", help="default: what is approved now")
        parser.add_argument("--split", choices=[str(side) for side in SIDES], help="default: all")
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument(
            "--output",
            required=True,
            metavar="FILE|-",
            help="- is standard output; for hf a folder, or an archive when it ends in .zip",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        records = self._records(options)
        split = options["split"]
        progress = Progress(self.stderr, total=records.count(split=split), noun="examples")
        counted = Counting(records, progress)
        output = options["output"]
        try:
            if options["format"] == "hf" and output != "-" and not output.endswith(".zip"):
                huggingface.write_folder(counted, Path(output), split)
            else:
                self._write(counted, options["format"], split, output)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror or error}") from error
        progress.finish(f"from {self._what(records)}")

    def _write(self, records: Records, name: str, split: str | None, output: str) -> None:
        if output == "-":
            self._copy(records, name, split, sys.stdout.buffer)
            return
        with Path(output).open("wb") as target:
            self._copy(records, name, split, target)

    @staticmethod
    def _copy(records: Records, name: str, split: str | None, target: BinaryIO) -> None:
        for piece in FORMATS[name].write(records, split):
            target.write(piece)
        target.flush()

    def _records(self, options: dict[str, Any]) -> Records:
        skill = find_skill(options["skill"], options["tenant"])
        if not options["release"]:
            place_new_examples(skill.pk)
            return CurrentRecords(skill)
        try:
            return ReleaseRecords(
                skill.releases.select_related("skill").get(name=options["release"])
            )
        except Release.DoesNotExist:
            names = ", ".join(skill.releases.values_list("name", flat=True)[:10]) or "none yet"
            raise CommandError(f"{skill.slug} has no such release. It has: {names}.") from None

    @staticmethod
    def _what(records: Records) -> str:
        release = records.release
        if release is None:
            return f"{records.skill.slug} as it is now"
        gone = release.members.withdrawn().count()
        return f"{records.skill.slug}, release {release.name}" + (
            f" ({gone} withdrawn)" if gone else ""
        )


def find_skill(slug: str, tenant: str | None) -> Skill:
    """The one skill of this name. Raises `CommandError` when there is none, or one in several tenants."""
    found = Skill.objects.filter(slug=slug).select_related("tenant", "author")
    if tenant:
        found = found.filter(tenant__slug=tenant)
    skills = list(found[:2])
    if not skills:
        raise CommandError(f"There is no skill {slug}" + (f" in {tenant}." if tenant else "."))
    if len(skills) > 1:
        raise CommandError(f"Several tenants have a skill {slug}: name one with --tenant.")
    return skills[0]
