"""How long the skills and usage pages take a large tenant: `python -m bench.pages [--scale 1.0]`.

At scale 1 the tenant has 2,000 skills, 300 people, a year of daily counts (1.1 million rows), 3 million token
measurements of thirty days and 200,000 scored examples, on a throwaway PostgreSQL. Times are medians of whole requests
through all middleware, in milliseconds; beside each the number of queries.
"""

import argparse
import itertools
import logging
import os
import statistics
import time

from everyskill import embedded_postgres

os.environ["DATABASE_URL"] = embedded_postgres.start_throwaway()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everyskill.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test import Client

from accounts.models import Tenant, User
from training.models import FeedbackType, SkillFeedback, Source, Status

ROUNDS = 7
PATHS = {
    "skills, most used": "/skills/",
    "skills, best quality": "/skills/?sort=quality",
    "skills, newest, page 50": "/skills/?sort=newest&page=50",
    "skills, search": "/skills/?q=migration+revi",
    "skill page": "/skills/skill-7/",
    "usage, everyone": "/usage/",
    "usage, me": "/usage/?of=me",
    "usage of a skill": "/skills/skill-7/usage/",
}

FILL = [
    """INSERT INTO accounts_user (id, tenant_id, username, email, password, first_name, last_name, is_active, is_staff,
        is_superuser, date_joined)
       SELECT gen_random_uuid(), %(tenant)s, 'person-' || n, n || '@example.com', '', '', '', true, false, false, now()
       FROM generate_series(2, %(people)s) AS n""",
    """INSERT INTO skills_skill (id, tenant_id, author_id, slug, name, description, category, content, created_at,
        updated_at)
       SELECT gen_random_uuid(), %(tenant)s, %(author)s, 'skill-' || n, 'Skill ' || n, 'Does thing ' || n,
        'category ' || n %% 20, repeat('Review migration ' || n || ' for locks. ', 200), now() - n * interval '1 min',
        now()
       FROM generate_series(1, %(skills)s) AS n""",
    # Everybody uses ten skills a day.
    """INSERT INTO tracking_skilldailyusage (tenant_id, skill_id, user_id, day, uses)
       SELECT %(tenant)s, skill.id, person.id, current_date - day.ago, 1 + (skill.n + day.ago) %% 9
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_user) AS person
       CROSS JOIN generate_series(0, 364) AS day(ago) CROSS JOIN generate_series(1, 10) AS use(number)
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM skills_skill) AS skill
        ON skill.n = 1 + (person.n * 7 + day.ago * 13 + use.number * 31) %% %(skills)s
       ON CONFLICT DO NOTHING""",
    """INSERT INTO tracking_tokenmeasurement (id, tenant_id, user_id, skill_id, usage_event_id, model_name,
        model_provider, input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens, latency_ms,
        cost_microdollars, created_at)
       SELECT gen_random_uuid(), %(tenant)s, person.id, skill.id, gen_random_uuid(), 'model-' || i %% 4, '', 10, 2000,
        300, 40, i %% 9000, i %% 7000, now() - i * (interval '30 days' / %(messages)s)
       FROM generate_series(1, %(messages)s) AS i
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM accounts_user) AS person
        ON person.n = 1 + i %% %(people)s
       JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM skills_skill) AS skill
        ON skill.n = 1 + i %% %(skills)s""",
]


def fill(scale: float) -> User:
    tenant = Tenant.objects.create(name="Large", slug="large")
    reader = User.objects.create(tenant=tenant, username="person-1", email="1@example.com")
    User.objects.filter(pk=reader.pk).update(is_staff=True)
    arguments = {
        "tenant": tenant.pk,
        "author": reader.pk,
        "people": max(2, int(300 * scale)),
        "skills": max(10, int(2_000 * scale)),
        "messages": max(100, int(3_000_000 * scale)),
        "examples": max(100, int(200_000 * scale)),
    }
    with connection.cursor() as cursor:
        for statement in FILL:
            begun = time.perf_counter()
            cursor.execute(statement, arguments if "%(" in statement else None)
            print(f"{statement.split('(')[0].strip():60} {time.perf_counter() - begun:6.1f} s")
        add_examples(tenant, arguments["examples"])
        cursor.execute("VACUUM ANALYZE")  # as autovacuum leaves it
    return reader


def add_examples(tenant: Tenant, number: int) -> None:
    skills = list(tenant.skills.values_list("pk", flat=True))
    examples = (
        SkillFeedback(
            tenant=tenant,
            skill_id=skills[count % len(skills)],
            feedback_type=FeedbackType.TRAINING_EXAMPLE,
            source=Source.WEB,
            status=Status.APPROVED,
            quality_score=1 + count % 10,
            example_input="input " * 100,
            expected_output="output " * 100,
        )
        for count in range(number)
    )
    for batch in itertools.batched(examples, 5_000):
        SkillFeedback.objects.bulk_create(batch)


def request(client: Client, path: str) -> tuple[float, int]:
    reset_queries()
    begun = time.perf_counter()
    response = client.get(path)
    took = (time.perf_counter() - begun) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}")
    return took, len(connection.queries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    scale = parser.parse_args().scale
    call_command("migrate", verbosity=0)
    reader = fill(scale)
    logging.getLogger("everyskill.request_log").setLevel(logging.WARNING)
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(reader)
    print(f"{'usage, first time: days are added up':40} {request(client, '/usage/')[0]:8.0f} ms")
    for name, path in PATHS.items():
        results = [request(client, path) for _ in range(ROUNDS)]
        median = statistics.median(took for took, _ in results)
        print(f"{name:40} {median:8.0f} ms {results[0][1]:4} queries")


if __name__ == "__main__":
    main()
