import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Tenant
from tracking.retention import forget_the_gone, prune_events


class Command(BaseCommand):
    help = "Delete usage events, with their tokens, that are older than their tenant keeps them. Run it daily."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=5_000, help="rows deleted at a time")
        parser.add_argument(
            "--pause", type=float, default=0.05, help="seconds between batches, for others' sake"
        )

    def handle(self, *, batch: int, pause: float, **options: Any) -> None:
        if batch < 1 or pause < 0:
            raise CommandError("--batch must be 1 or more, --pause 0 or more.")
        for tenant in Tenant.objects.select_related("site_settings").order_by("slug"):
            forget_the_gone(tenant=tenant)
            deleted = 0
            for count in prune_events(tenant=tenant, batch=batch):
                deleted += count
                time.sleep(pause)
            self.stdout.write(f"{tenant.slug}: {deleted} rows deleted")
