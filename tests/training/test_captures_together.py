"""Captures of one person that wait at the same time are stored together, each as if it were alone."""

import itertools
import threading
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from everyskill import later
from settings_app.decisions import give_consent, switch_capture_on
from settings_app.models import Surface
from tests.factories import SkillFactory
from tests.waiting import PATIENCE
from training import capture
from training.capture import Outcome, Use, capture_uses, capture_waiting
from training.consent.erasure import withdraw_consent
from training.consent.proof import verify
from training.models import SkillFeedback
from training.splits import lock_places


@pytest.fixture
def owner(bob, tenant):
    """Bob's ids; both gates are open."""
    switch_capture_on(tenant=tenant, actor=None, surface=Surface.COMMAND)
    give_consent(user=bob, surface=Surface.COMMAND)
    return {"tenant_id": tenant.pk, "user_id": bob.pk}


def use(skill, text: str) -> Use:
    return Use(
        usage_event_id=uuid4(),
        skill_id=skill.pk,
        tool_name="Read",
        input_text=text,
        output_text=f"what came of {text}",
    )


def test_each_use_becomes_an_example_that_rests_on_both_decisions(skill, owner, tenant):
    uses = [use(skill, f"a text about the number {number}") for number in range(5)]
    assert capture_uses(uses, **owner) == [Outcome.CAPTURED] * 5
    stored = SkillFeedback.objects.captured()
    assert set(stored.values_list("usage_event_id", flat=True)) == {
        one.usage_event_id for one in uses
    }
    assert not stored.filter(cluster_id=None).exists()
    assert verify(tenant.pk).problems == ()


@pytest.fixture
def timers_by_hand():
    """Timers that the test started end with it, and leave nothing uncounted."""
    yield
    if capture._timer is not None:
        capture._timer.cancel()
        capture._timer = None
    later.write_all()


# The timer places over a connection of its own, which sees committed rows only.
@pytest.mark.django_db(transaction=True)
def test_the_last_of_a_burst_is_placed_a_moment_later(skill, owner, settings, timers_by_hand):
    capture_uses([use(skill, "what came before")], **owner)
    settings.LATE_WRITE_SECONDS = 10 * PATIENCE
    for number in range(3):
        capture_uses([use(skill, f"a text about the number {number}")], **owner)
    unplaced = SkillFeedback.objects.captured().filter(cluster_id=None)
    assert unplaced.count() == 3

    timer = capture._timer
    assert 0 < timer.interval <= settings.LATE_WRITE_SECONDS
    timer.cancel()
    # Its moment comes, here at once, and in a thread of its own as it would.
    settings.LATE_WRITE_SECONDS = 0
    moment = threading.Thread(target=timer.function)
    moment.start()
    moment.join(PATIENCE)
    assert not unplaced.exists()


def test_an_equal_text_is_counted_and_not_stored_twice(skill, owner):
    assert capture_uses([use(skill, "one"), use(skill, "one"), use(skill, "two")], **owner) == [
        Outcome.CAPTURED,
        Outcome.TWIN,
        Outcome.CAPTURED,
    ]
    assert capture_uses([use(skill, "one"), use(skill, "one")], **owner) == [Outcome.TWIN] * 2
    seen = SkillFeedback.objects.captured().values_list("example_input", "times_seen")
    assert dict(seen) == {"one": 4, "two": 1}


def test_the_same_text_of_another_skill_is_no_twin(skill, alice, owner):
    other = SkillFactory(author=alice)
    assert capture_uses([use(skill, "one"), use(other, "one")], **owner) == [Outcome.CAPTURED] * 2
    assert capture_uses([use(other, "one"), use(skill, "two")], **owner) == [
        Outcome.TWIN,
        Outcome.CAPTURED,
    ]


def test_an_event_is_captured_once(skill, owner):
    first, second = use(skill, "one"), use(skill, "two")
    assert capture_uses([first], **owner) == [Outcome.CAPTURED]
    assert capture_uses([first, second], **owner) == [Outcome.ALREADY_CAPTURED, Outcome.CAPTURED]


def test_what_is_redacted_is_counted_for_what_was_stored(skill, owner):
    secret = "gh" + "p_" + "aB3" * 12
    capture_uses([use(skill, f"use {secret}"), use(skill, "nothing")], **owner)
    assert secret not in str(
        list(SkillFeedback.objects.values_list("example_input", "example_output"))
    )
    assert sum(bool(one.redactions) for one in SkillFeedback.objects.captured()) == 1


def test_with_a_gate_shut_nothing_of_the_group_is_stored(skill, bob, owner):
    withdraw_consent(user=bob, surface=Surface.COMMAND)
    refused = capture_uses([use(skill, "one"), use(skill, "two")], **owner)
    assert refused == [Outcome.REFUSED_NO_CONSENT] * 2
    assert not SkillFeedback.objects.exists()


def test_many_cost_as_many_queries_as_one(skill, owner):
    numbers = itertools.count()

    def queries(number: int) -> int:
        arguments = [
            {
                **owner,
                "usage_event_id": uuid4(),
                "skill_id": skill.pk,
                "tool_name": "Read",
                "input_text": f"a text about the number {one}",
                "output_text": f"what came of {one}",
            }
            for one in itertools.islice(numbers, number)
        ]
        with CaptureQueriesContext(connection) as context:
            capture_waiting(arguments)
        return len(context)

    queries(1)
    assert queries(20) == queries(1)
    assert SkillFeedback.objects.captured().count() == 22


@pytest.mark.django_db(transaction=True)  # the lock is held by a transaction of another connection
def test_it_waits_for_nobody_who_places_examples_and_makes_up_for_it(skill, owner):
    holding, finish = threading.Event(), threading.Event()

    def place_elsewhere():
        with transaction.atomic():
            lock_places(skill.pk)
            holding.set()
            finish.wait(PATIENCE)
        connection.close()

    other = threading.Thread(target=place_elsewhere)
    other.start()
    assert holding.wait(PATIENCE)
    assert capture_uses([use(skill, "a first text")], **owner) == [Outcome.CAPTURED]
    assert SkillFeedback.objects.filter(cluster_id=None).count() == 1
    finish.set()
    other.join()
    capture_uses([use(skill, "an altogether different one")], **owner)
    assert SkillFeedback.objects.captured().count() == 2
    assert not SkillFeedback.objects.filter(cluster_id=None).exists()
