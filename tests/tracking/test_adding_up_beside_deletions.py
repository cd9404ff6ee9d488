"""A skill deleted while its days are being added up: neither side fails, and the sums lead nowhere wrong."""

from datetime import timedelta
from threading import Thread

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests.factories import SkillFactory, UserFactory
from tests.tracking.test_outages import other_connection
from tests.waiting import wait_until
from tracking.models import TokenDay, TokenMeasurement
from tracking.token_days import add_up_token_days

# Two transactions must meet in the database, so nothing here may be inside one of the test's own.
pytestmark = pytest.mark.django_db(transaction=True)


WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def skill():
    bob = UserFactory()
    skill = SkillFactory(author=bob)
    TokenMeasurement.objects.create(
        tenant=bob.tenant,
        skill=skill,
        user=bob,
        usage_event_id=uuid7(),
        input_tokens=5,
        created_at=timezone.now() - timedelta(days=5),
    )
    return skill


@pytest.fixture
def other(skill):
    """A second connection to the database, in a transaction."""
    with psycopg.connect(**other_connection()) as other:
        yield other


def is_one_waiting():
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


def add_up(skill):
    add_up_token_days(skill.tenant, today=timezone.now().date())


def test_a_deletion_that_came_first_is_waited_for(skill, other):
    other.execute("DELETE FROM skills_skill WHERE id = %s", [skill.pk])

    def in_a_thread():
        try:
            add_up(skill)
        finally:
            connection.close()

    thread = Thread(target=in_a_thread)
    thread.start()
    wait_until(is_one_waiting)
    other.commit()
    thread.join()
    day = TokenDay.objects.get()
    assert (day.skill, day.input_tokens) == (None, 5)


def test_a_deletion_that_came_second_waits(skill, other):
    with transaction.atomic():
        add_up(skill)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("SELECT FROM skills_skill WHERE id = %s FOR UPDATE NOWAIT", [skill.pk])
        other.rollback()
    other.execute("SELECT FROM skills_skill WHERE id = %s FOR UPDATE NOWAIT", [skill.pk])
    other.rollback()
    skill.delete()
    day = TokenDay.objects.get()
    assert (day.skill, day.input_tokens) == (None, 5)
