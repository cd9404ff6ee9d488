from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core import checks
from django.core.management.base import BaseCommand, CommandError, CommandParser

from everyskill import server


class Command(BaseCommand):
    help = "Serve the site with the production application server (docs/operators.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--workers", type=int, default=1, help="processes; about one per core pair"
        )

    def handle(self, *, host: str, port: int, workers: int, **options: Any) -> None:
        if not settings.DEBUG:
            self.check(include_deployment_checks=True, fail_level=checks.ERROR)
            self.check_static_files()
        if workers < 1 or not 1 <= port <= 65535:
            raise CommandError("--workers must be 1 or more, --port from 1 to 65535.")
        server.serve(host=host, port=port, workers=workers)

    def check_static_files(self) -> None:
        storage = staticfiles_storage
        if isinstance(storage, ManifestFilesMixin) and not storage.hashed_files:
            raise CommandError("The static files are missing: run `manage.py collectstatic` first.")
