"""How long a withdrawal takes: from the click's call to the commit after which nothing captured is left.

    python -m bench.withdrawal [--examples 100000] [--runs 3]

On a PostgreSQL server of its own, which syncs to disk as in production, in a temporary folder. Each run captures
from one person (inputs and outputs of 1,500 characters each, with the fingerprints that captures get, a revision for
each eighth and half of them in a dataset release), beside as many examples of a colleague, and then withdraws.
"""

import argparse
import os
import statistics
import tempfile
import time
from uuid import uuid4

TEXT = "An ordinary line of somebody's work, as it is found in inputs.\n" * 24


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="everyskill-bench-") as folder:
        set_up(folder)
        seconds = [run(options.examples) for _ in range(options.runs)]
    told = ", ".join(f"{taken:.2f}" for taken in seconds)
    print(f"{options.examples:,} examples: median {statistics.median(seconds):.2f} s ({told})")


def set_up(folder: str) -> None:
    """Point Django at the new server before it reads its settings."""
    from everyskill import embedded_postgres

    os.environ["DATABASE_URL"] = embedded_postgres.start(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "everyskill.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def run(examples: int) -> float:
    """Seconds from the call to its return, with the commit in it."""
    from settings_app.models import Surface
    from training.consent.erasure import withdraw_consent
    from training.models import SkillFeedback

    bob, carol = fill(examples)
    captured = SkillFeedback.objects.captured()
    assert captured.filter(user=bob).count() == examples
    begun = time.perf_counter()
    record = withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
    taken = time.perf_counter() - begun
    assert record.effect["deleted"] == examples
    assert not captured.filter(user=bob).exists()
    assert captured.filter(user=carol).count() == examples
    bob.tenant.delete()
    return taken


def fill(examples: int) -> tuple:
    """A tenant with two people and a skill; `examples` of each person, copied by the database from one row."""
    from django.db import connection

    from tests.factories import (
        CapturedExampleFactory,
        SkillFactory,
        TenantFactory,
        UserFactory,
    )
    from training.models import Release

    tenant = TenantFactory(slug=f"bench-{uuid4().hex[:8]}")
    people = [
        UserFactory(tenant=tenant, username=f"{name}-{tenant.slug}") for name in ("bob", "carol")
    ]
    skill = SkillFactory(author=people[0])
    release = Release.objects.create(
        skill=skill, name="r1", split_seed="bench", sanitizer_version="bench"
    )
    for person in people:
        row = CapturedExampleFactory(
            user=person, skill=skill, example_input=TEXT, example_output=TEXT, status="approved"
        )
        with connection.cursor() as cursor:
            cursor.execute(copy_of(row), [examples - 1, row.pk])
            for statement in ATTACH:
                cursor.execute(statement, {"person": person.pk, "release": release.pk})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people


def copy_of(row) -> str:
    """SQL that inserts the row again as often as the first parameter says, each with ids and texts of its own."""
    fresh = {
        "id": "gen_random_uuid()",
        "usage_event_id": "gen_random_uuid()",
        "example_input": "number || example_input",
        "content_hash": "md5(number::text) || md5(id::text)",
        "twin_hash": "md5(number::text) || md5(id::text)",
    }
    columns = [field.column for field in row._meta.concrete_fields]
    values = ", ".join(fresh.get(column, column) for column in columns)
    table = row._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)})"
        f" SELECT {values} FROM generate_series(1, %s) AS number, {table} WHERE id = %s"
    )


ATTACH = (
    """
    INSERT INTO training_fingerprint (feedback_id, keys)
    SELECT id, ARRAY(SELECT (hashtext(id::text || band))::bigint FROM generate_series(1, 20) band)
      FROM training_skillfeedback WHERE user_id = %(person)s
    """,
    """
    INSERT INTO training_revision (id, feedback_id, version, action, made_at, status, review_notes,
                                   example_input, expected_output, redactions, sanitizer_version, content_hash)
    SELECT gen_random_uuid(), id, 1, 'approve', now(), 'pending', '', '', '', '{}', '', ''
      FROM training_skillfeedback WHERE user_id = %(person)s AND content_hash < '2'
    """,
    """
    INSERT INTO training_releasemember (release_id, position, feedback_id, text_number, content_hash, cluster_id, split)
    SELECT %(release)s, (SELECT count(*) FROM training_releasemember) + row_number() OVER (), id, 1,
           content_hash, id, 'train'
      FROM training_skillfeedback WHERE user_id = %(person)s AND content_hash < '8'
    """,
)


if __name__ == "__main__":
    main()
