"""Tokens are counted once a message, and priced by the day's list or the tenant's own prices."""

from datetime import date
from decimal import Decimal

import pytest

from tracking import prices
from tracking.models import TokenMeasurement, TokenPrice, UsageEvent

COUNTS = {
    "input_tokens": 120,
    "cache_read_input_tokens": 1000,
    "cache_creation_input_tokens": 50,
    "output_tokens": 34,
}


@pytest.fixture
def measured(event):
    return event | COUNTS | {"model_name": "claude-sonnet-4-5-20250929", "message_id": "msg_1"}


def test_the_four_counts_are_kept_apart(send, measured, skill, bob):
    send(measured | {"latency_ms": 70})
    tokens = TokenMeasurement.objects.get()
    assert (tokens.tenant, tokens.user, tokens.skill) == (bob.tenant, bob, skill)
    assert tokens.usage_event_id == UsageEvent.objects.get().pk
    assert {name: getattr(tokens, name) for name in COUNTS} == COUNTS
    assert (tokens.message_id, tokens.latency_ms) == ("msg_1", 70)
    assert (tokens.model_name, tokens.model_provider) == ("claude-sonnet-4-5-20250929", "anthropic")
    # 120 x 3 + 1000 x 0.30 + 50 x 3.75 + 34 x 15 = 1357.5, halves up
    assert tokens.cost_microdollars == 1358


def test_several_tool_calls_of_one_message_count_its_tokens_once(send, measured):
    for number in range(3):
        send(measured | {"event_id": f"e-{number}"})
    assert UsageEvent.objects.count() == 3
    assert TokenMeasurement.objects.count() == 1


def test_without_a_message_id_each_event_counts(send, measured):
    del measured["message_id"]
    send(measured)
    send(measured)
    assert TokenMeasurement.objects.count() == 2


def test_an_event_without_tokens_measures_none(send, event):
    send(event | {"model_name": "claude-sonnet-4-5", "latency_ms": 5})
    assert not TokenMeasurement.objects.exists()
    assert UsageEvent.objects.get().metadata["latency_ms"] == 5


@pytest.mark.parametrize("model", ["a-model-of-our-own", ""])
def test_an_unknown_models_cost_is_unknown_not_nothing(send, measured, model):
    send(measured | {"model_name": model})
    assert TokenMeasurement.objects.get().cost_microdollars is None


def test_a_tenants_own_price_wins(send, measured, bob):
    TokenPrice.objects.create(
        tenant=bob.tenant, model_name="claude-sonnet-4-5", since=date(2026, 1, 1),
        input=Decimal(1), cache_read=Decimal(0), cache_write=Decimal(0), output=Decimal(2),
    )  # fmt: skip
    send(measured)
    assert TokenMeasurement.objects.get().cost_microdollars == 120 + 68


def test_another_tenants_price_does_not(send, measured, charlie):
    TokenPrice.objects.create(
        tenant=charlie.tenant, model_name="claude-sonnet-4-5", since=date(2026, 1, 1),
        input=Decimal(0), cache_read=Decimal(0), cache_write=Decimal(0), output=Decimal(0),
    )  # fmt: skip
    send(measured)
    assert TokenMeasurement.objects.get().cost_microdollars == 1358


@pytest.mark.parametrize(
    ("day", "cost"), [(date(2026, 9, 27), None), (date(2026, 10, 6), 200), (date(2026, 10, 7), 100)]
)
def test_the_price_is_that_of_the_day(day, cost, db, tenant):
    tokens = prices.Tokens(input=0, cache_read=1000, cache_creation=0, output=0)
    found = prices.cost_in_microdollars(
        tokens, model_name="claude-sonnet-5-5", tenant_id=tenant.pk, day=day
    )
    assert found == cost


@pytest.mark.parametrize(("prompt", "cost"), [(100_000, 10_000), (100_001, 50_001)])
def test_a_long_prompt_has_its_own_price(prompt, cost, db, tenant):
    tokens = prices.Tokens(input=prompt, cache_read=0, cache_creation=0, output=0)
    found = prices.cost_in_microdollars(
        tokens, model_name="claude-haiku-5-5", tenant_id=tenant.pk, day=date(2026, 11, 1)
    )
    assert found == cost


@pytest.mark.parametrize(
    "name",
    [
        "claude-sonnet-4-5",
        "claude-sonnet-4-5-20250929",
        "claude-sonnet-4-5@20250929",
        "claude-sonnet-4-5[1m]",
        "anthropic/claude-sonnet-4-5-latest",
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    ],
)
def test_a_models_many_spellings_are_one(name):
    assert prices.plain_name(name) == "claude-sonnet-4-5"
    assert prices.provider_of(name) == "anthropic"
