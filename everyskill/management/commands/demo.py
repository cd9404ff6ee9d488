import json
import logging
import socket
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from everyskill import server
from everyskill.demo import history, site

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Make a demo site with people, skills and 30 days of use, and serve it. Run again, it reuses what is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-serve", action="store_true", help="stop before serving")
        parser.add_argument(
            "--json",
            action="store_true",
            help="print the facts as one JSON object, and nothing else",
        )

    def handle(self, *, port: int, no_serve: bool, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demo makes people with printed passwords: not with DEBUG=false."
            )
        if not no_serve:
            self.check_port(port)
        facts = self.build(f"http://{HOST}:{port}/")
        self.stdout.write(json.dumps(facts) if options["json"] else as_text(facts))
        self.stdout.flush()
        if not no_serve:
            self.say("Serving. Stop with Ctrl+C.")
            server.serve(host=HOST, port=port, workers=1)

    def build(self, url: str) -> dict[str, Any]:
        path = settings.DATA_DIR / "demo.json"
        known = site.Secrets.load(path)
        # The demo's own requests are no visits.
        logging.getLogger("everyskill.request_log").setLevel(logging.WARNING)
        self.say("Database: migrating ...")
        call_command("migrate", verbosity=0)
        self.say("People, skills and golden examples ...")
        tenant = site.ensure_tenant()
        users = site.ensure_people(tenant, known)
        author, colleague = users[site.AUTHOR.name], users[site.COLLEAGUE.name]
        api_key = site.ensure_api_key(known, colleague)
        known.save(path)
        skills = site.ensure_skills(tenant, author)
        site.ensure_golden_examples(tenant, author, skills)
        self.say("30 days of use ...")
        history.ensure_history(tenant, users, now=timezone.now(), say=self.say)
        self.say("Today's uses, captured with consent ...")
        site.open_the_gate(tenant, users)
        history.send_todays_uses(key=api_key, now=timezone.now())
        site.review_some(tenant, author)
        return {
            "url": url,
            "users": [
                {
                    "name": person.name,
                    "password": known.passwords[person.name],
                    "role": person.role,
                }
                for person in site.PEOPLE
            ],
            "api_key": api_key,
            "skills": [{"id": str(skill.pk), "slug": skill.slug} for skill in skills],
        }

    def say(self, text: str) -> None:
        self.stderr.write(text, str)  # in plain colours: nothing is wrong
        self.stderr.flush()

    def check_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except (OSError, OverflowError):
                raise CommandError(
                    f"Port {port} cannot be used: choose another with --port."
                ) from None


def as_text(facts: dict[str, Any]) -> str:
    """The facts as a person reads them."""
    people = [
        f"  {user['name']:<8} {user['password']:<14} {user['role']}" for user in facts["users"]
    ]
    skills = [f"  {skill['slug']}" for skill in facts["skills"]]
    lines = ["", f"Address   {facts['url']}", "", "Log in as", *people, ""]
    lines += [f"API key   {facts['api_key']}", "", "Skills", *skills, ""]
    return "\n".join(lines)
