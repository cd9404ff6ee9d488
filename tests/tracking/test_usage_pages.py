"""The usage pages: right sums, from the daily ones and today's, for whom they are meant."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from uuid_utils.compat import uuid7

from tests.factories import SkillFactory
from tracking.models import SkillDailyUsage, TokenDay, TokenMeasurement, TokenRollup, UsageEvent
from tracking.templatetags.figures import compact, cost, dollars, duration

OVERVIEW = reverse("tracking:usage-overview")


@pytest.fixture
def today():
    return timezone.now().date()


@pytest.fixture
def use(today):
    """`use(skill, bob, days_ago=3, uses=2)`, as counted when events are stored."""

    def count(skill, user, *, days_ago=0, uses=1):
        SkillDailyUsage.objects.create(
            tenant=skill.tenant,
            skill=skill,
            user=user,
            day=today - timedelta(days=days_ago),
            uses=uses,
        )

    return count


@pytest.fixture
def measure(today):
    """`measure(skill, bob, days_ago=3, output_tokens=5)`: one message's tokens, at noon of that day."""

    def store(skill, user, *, days_ago=0, at=time(12), **figures):
        moment = datetime.combine(today - timedelta(days=days_ago), at, tzinfo=UTC)
        return TokenMeasurement.objects.create(
            tenant=user.tenant,
            skill=skill,
            user=user,
            usage_event_id=uuid7(),
            created_at=moment,
            **figures,
        )

    return store


def usage_for(browser, **query):
    return browser.get(OVERVIEW, query).context["usage"]


def rows_of(response, name):
    return {row.title: row.figures for row in response.context[name]}


def test_it_sums_uses_by_day_and_skill(login, alice, bob, use, today):
    notes, forms = (SkillFactory(author=alice, slug=slug) for slug in ("notes", "forms"))
    use(notes, bob, days_ago=0, uses=3)
    use(notes, alice, days_ago=2, uses=4)
    use(forms, bob, days_ago=29, uses=5)
    use(forms, bob, days_ago=30, uses=100)
    response = login(bob).get(OVERVIEW)
    usage = response.context["usage"]
    assert usage.total.uses == 12
    assert [figures.uses for _, figures in usage.series()] == [5, *[0] * 26, 4, 0, 3]
    assert usage.days[-1] == today
    assert {title: figures.uses for title, figures in rows_of(response, "skill_rows").items()} == {
        "notes": 7,
        "forms": 5,
    }


@pytest.mark.parametrize("days_ago", [0, 1, 2, 3, 15, 29])
def test_each_measurement_is_counted_once_whenever_it_was(login, alice, bob, measure, days_ago):
    skill = SkillFactory(author=alice)
    for at in (time(0), time(23, 59, 59, 999999)):
        measure(
            skill,
            bob,
            days_ago=days_ago,
            at=at,
            input_tokens=1,
            cache_read_input_tokens=20,
            cache_creation_input_tokens=300,
            output_tokens=4000,
            cost_microdollars=7,
            latency_ms=100,
        )
    browser = login(bob)
    for _ in range(2):
        total = usage_for(browser).total
        assert (total.messages, total.input_tokens, total.cache_read_input_tokens) == (2, 2, 40)
        assert (total.cache_creation_input_tokens, total.output_tokens) == (600, 8000)
        assert (total.cost_microdollars, total.unpriced) == (14, 0)
        assert total.mean_latency_ms == 100


def test_days_that_have_ended_are_added_up_once(login, alice, bob, measure, today):
    skill = SkillFactory(author=alice)
    for days_ago in (40, 29, 10, 2, 1, 0):
        measure(skill, bob, days_ago=days_ago, output_tokens=1)
    browser = login(bob)
    assert usage_for(browser).total.output_tokens == 5
    assert usage_for(browser).total.output_tokens == 5
    assert sorted(TokenDay.objects.values_list("day", flat=True)) == [
        today - timedelta(days=days_ago) for days_ago in (29, 10, 2)
    ]
    assert TokenRollup.objects.get().through == today - timedelta(days=2)


def test_the_next_day_adds_only_what_is_new(login, alice, bob, measure, today):
    skill = SkillFactory(author=alice)
    measure(skill, bob, days_ago=5, output_tokens=1)
    browser = login(bob)
    usage_for(browser)
    TokenRollup.objects.update(through=today - timedelta(days=4))
    measure(skill, bob, days_ago=3, output_tokens=10)
    assert usage_for(browser).total.output_tokens == 11
    assert TokenDay.objects.count() == 2


def test_counts_that_a_killed_process_lost_are_found_again_when_the_day_is_over(
    login, bob, today, send, event, skill
):
    for _ in range(3):
        send(event)
    noon = datetime.combine(today - timedelta(days=3), time(12), tzinfo=UTC)
    UsageEvent.objects.update(created_at=noon)
    SkillDailyUsage.objects.update(day=noon.date(), uses=1)
    assert usage_for(login(bob)).total.uses == 3
    assert SkillDailyUsage.objects.get().uses == 3


def test_counts_outlive_their_events(login, bob, today, send, event, skill):
    send(event)
    noon = datetime.combine(today - timedelta(days=3), time(12), tzinfo=UTC)
    UsageEvent.objects.update(created_at=noon)
    SkillDailyUsage.objects.update(day=noon.date(), uses=5)
    assert usage_for(login(bob)).total.uses == 5


def test_an_unknown_cost_is_unknown_and_not_nothing(login, alice, bob, measure):
    skill = SkillFactory(author=alice)
    measure(skill, bob, days_ago=5, model_name="homemade", output_tokens=10)
    browser = login(bob)
    response = browser.get(OVERVIEW)
    assert cost(response.context["usage"].total) == "unknown"
    assert "unknown for 1 of 1 messages" in response.text
    assert "$0" not in response.text
    measure(skill, bob, model_name="known", output_tokens=10, cost_microdollars=2_500_000)
    response = browser.get(OVERVIEW)
    assert cost(response.context["usage"].total) == "≥ $2.50"
    assert {title: cost(figures) for title, figures in rows_of(response, "model_rows").items()} == {
        "homemade": "unknown",
        "known": "$2.50",
    }


def test_tokens_of_no_known_skill_count_too(login, alice, bob, measure):
    measure(None, bob, output_tokens=10)
    response = login(alice).get(OVERVIEW)
    assert response.context["usage"].total.output_tokens == 10
    assert rows_of(response, "skill_rows")["no skill that is here"].output_tokens == 10


def test_one_sees_ones_own_share(login, alice, bob, use, measure):
    skill = SkillFactory(author=alice)
    use(skill, bob, uses=3)
    use(skill, alice, uses=4)
    for person in (alice, bob):
        measure(skill, person, days_ago=9, output_tokens=10)
        measure(skill, person, output_tokens=10, latency_ms=50)
    response = login(bob).get(OVERVIEW, {"of": "me"})
    total = response.context["usage"].total
    assert (total.uses, total.output_tokens, total.messages) == (3, 20, 2)
    assert response.context["person_rows"] is None


def test_only_the_administrator_sees_who(login, alice, bob, ada, use):
    skill = SkillFactory(author=alice)
    use(skill, bob, uses=3)
    use(skill, alice, uses=4)
    for url in (OVERVIEW, reverse("tracking:skill-usage", args=[skill.slug])):
        response = login(ada).get(url)
        assert {t: f.uses for t, f in rows_of(response, "person_rows").items()} == {
            "alice": 4,
            "bob": 3,
        }
        for person in (alice, bob):
            response = login(person).get(url)
            assert response.context["person_rows"] is None
            assert "By person" not in response.text


def test_an_account_that_is_gone_leaves_its_sums(login, alice, bob, ada, use, measure):
    skill = SkillFactory(author=alice)
    use(skill, bob, uses=3)
    measure(skill, bob, days_ago=9, output_tokens=10)
    usage_for(login(ada))
    bob.delete()
    response = login(ada).get(OVERVIEW)
    assert response.context["usage"].total.uses == 3
    assert rows_of(response, "person_rows")["accounts that are gone"].output_tokens == 10


def test_nothing_of_another_tenant_is_in_it(login, alice, bob, charlie, use, measure):
    skill = SkillFactory(author=charlie)
    use(skill, charlie, uses=3)
    measure(skill, charlie, days_ago=5, output_tokens=10)
    measure(skill, charlie, output_tokens=10)
    for query in ({}, {"of": "me"}):
        total = usage_for(login(bob), **query).total
        assert (total.uses, total.tokens) == (0, 0)
    assert usage_for(login(charlie)).total.output_tokens == 20


def test_a_skills_tab_holds_that_skill_alone(login, alice, bob, use, measure):
    notes, forms = (SkillFactory(author=alice, slug=slug) for slug in ("notes", "forms"))
    for skill in (notes, forms):
        use(skill, bob, uses=3)
        measure(skill, bob, output_tokens=10)
    response = login(bob).get(reverse("tracking:skill-usage", args=["notes"]))
    total = response.context["usage"].total
    assert (total.uses, total.output_tokens) == (3, 10)


def test_latency_is_the_median_and_the_95th_of_the_newest(login, alice, bob, measure):
    skill = SkillFactory(author=alice)
    for latency in range(1, 101):
        measure(skill, bob, at=time(0, 0, 0, latency), latency_ms=latency)
    measure(skill, bob)
    assert login(bob).get(OVERVIEW).context["latencies"] == (50, 95)


def test_the_chart_says_in_a_table_what_it_shows(login, alice, bob, use, today):
    use(SkillFactory(author=alice), bob, uses=1234)
    text = login(bob).get(OVERVIEW).text
    assert 'role="img"' in text
    assert f"<title>{today.day} {today:%B}: 1,234</title>" in text
    assert '<td class="num">1,234</td>' in text


def test_without_a_use_it_tells_what_to_do(login, bob):
    response = login(bob).get(OVERVIEW)
    assert "Nothing in the last 30 days" in response.text
    assert '<svg class="chart"' not in response.text


def test_the_page_takes_the_same_few_queries_however_much_there_is(
    login, alice, bob, ada, use, measure, django_assert_num_queries
):
    for number in range(12):
        skill = SkillFactory(author=alice)
        use(skill, bob, days_ago=number, uses=3)
        measure(skill, bob, days_ago=number, output_tokens=10)
    browser = login(ada)
    usage_for(browser)
    # Session, person, tenant; how far days are added up, the figures, the latencies, the skills' and people's names.
    with django_assert_num_queries(8):
        browser.get(OVERVIEW)


@pytest.mark.parametrize(
    ("microdollars", "text"),
    [
        (0, "$0.00"),
        (1_234, "$0.0012"),
        (999_949, "$0.9999"),
        (1_000_000, "$1.00"),
        (1_234_567_890, "$1,234.57"),
    ],
)
def test_dollars_do_not_make_cheap_things_free(microdollars, text):
    assert dollars(microdollars) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9999, "9,999"),
        (45_600, "45.6 k"),
        (999_400, "999 k"),
        (999_999, "1 M"),
        (7_890_000, "7.89 M"),
        (2 * 10**9, "2 G"),
        (3_456 * 10**9, "3,460 G"),
    ],
)
def test_large_numbers_are_written_short(number, text):
    assert compact(number) == text


@pytest.mark.parametrize(
    ("ms", "text"), [(None, "–"), (0, "0 ms"), (999, "999 ms"), (1500, "1.5 s")]
)
def test_durations(ms, text):
    assert duration(ms) == text
