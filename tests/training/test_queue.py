"""The review queue: one card after the other, near-copies as one card, decisions about many, all of it undone."""

import pytest
from django.urls import reverse

from tests.factories import CapturedExampleFactory, GoldenExampleFactory
from training.models import Revision, SkillFeedback, Status
from training.splits import place_new_examples

QUESTIONS = [
    "How do I rename a git branch?",
    "Summarise the changes of last week",
    "Explain this traceback to me, please",
    "Which files are larger than ten megabytes?",
    "Write a haiku about databases",
]


@pytest.fixture
def waiting(skill, bob):
    rows = [
        CapturedExampleFactory(
            skill=skill, user=bob, example_input=question, example_output=f"Answer to: {question}"
        )
        for question in QUESTIONS
    ]
    place_new_examples(skill.pk)
    for row in rows:
        row.refresh_from_db()
    return rows


@pytest.fixture
def copies(skill, bob):
    rows = [
        CapturedExampleFactory(
            skill=skill,
            user=bob,
            example_input=f"Please list all the files in the folder number {number}",
            example_output=f"There are {number} files",
        )
        for number in range(18)
    ]
    place_new_examples(skill.pk)
    for row in rows:
        row.refresh_from_db()
    return rows


def decide(browser, url, example, decision, **more):
    version = SkillFeedback.objects.get(pk=example.pk).version
    data = {"decision": decision, "version": version, "place": "queue", **more}
    return browser.post(url("example-decide", example), data, follow=True)


def card(response):
    return response.context["card"]


def statuses(rows):
    found = dict(SkillFeedback.objects.values_list("pk", "status"))
    return [found[row.pk] for row in rows]


def test_it_shows_the_newest_first_and_the_next_after_a_decision(alice, waiting, login, url):
    browser = login(alice)
    response = browser.get(url("queue"))
    for expected in reversed(waiting):
        assert card(response).example == expected
        response = decide(browser, url, expected, "approve", quality_score="8")
    assert card(response) is None
    assert "All reviewed" in response.content.decode()
    assert statuses(waiting) == [Status.APPROVED] * 5


def test_older_and_newer_pass_without_a_decision(alice, waiting, login, url):
    browser = login(alice)
    first = card(browser.get(url("queue")))
    assert first.before is None
    second = card(browser.get(f"{url('queue')}?at={first.after}"))
    assert second.example == waiting[-2]
    assert second.before == first.example.pk
    assert Revision.objects.count() == 0


def test_after_a_decision_in_the_middle_it_goes_on_there(alice, waiting, login, url):
    response = decide(login(alice), url, waiting[3], "reject")
    assert card(response).example == waiting[2]
    response = decide(login(alice), url, waiting[0], "reject")
    assert card(response).example == waiting[4]


def test_the_filter_is_kept_from_card_to_card(alice, skill, bob, waiting, login, url):
    bash = [
        CapturedExampleFactory(skill=skill, user=bob, tool_name="Bash", example_input=text)
        for text in ("ls -la /var/log", "cargo build --release")
    ]
    response = decide(login(alice), url, bash[1], "approve", tool="Bash")
    assert response.redirect_chain[0][0].startswith(f"{url('queue')}?tool=Bash&at=")
    assert card(response).example == bash[0]
    assert response.context["matching"] == 1


def test_near_copies_are_one_card(alice, waiting, copies, login, url):
    response = login(alice).get(url("queue"))
    assert card(response).example == copies[-1]
    assert card(response).twins == 17
    assert "and 17 like this" in response.content.decode()
    assert card(response).after == waiting[-1].pk


def test_near_copies_are_one_entry_of_the_list_too(alice, waiting, copies, login, url):
    browser = login(alice)
    response = browser.get(url("example-list"))
    assert [row.pk for row in response.context["page"]] == [
        row.pk for row in (copies[-1], *reversed(waiting))
    ]
    assert "and 17 like this" in response.content.decode()
    address = f"{url('example-list')}?status=pending&cluster={copies[0].cluster_id}"
    assert browser.get(address).context["page"].paginator.count == 18


def test_copies_can_be_decided_alike_and_undone_together(alice, waiting, copies, login, url):
    browser = login(alice)
    response = decide(browser, url, copies[-1], "approve", twins="same")
    assert statuses(copies) == [Status.APPROVED] * 18
    assert "17 like it approved" in response.content.decode()
    assert card(response).example == waiting[-1]

    response = browser.post(url("queue-undo"), follow=True)
    assert statuses(copies) == [Status.PENDING] * 18
    assert card(response).example == copies[-1]


def test_copies_can_be_rejected_while_one_is_kept(alice, copies, login, url):
    decide(login(alice), url, copies[-1], "approve", twins="reject")
    assert statuses(copies) == [Status.REJECTED] * 17 + [Status.APPROVED]


def test_copies_stay_in_the_queue_if_nothing_is_said(alice, copies, login, url):
    response = decide(login(alice), url, copies[-1], "approve")
    assert statuses(copies)[:-1] == [Status.PENDING] * 17
    assert card(response).twins == 16


def test_undo_takes_back_one_decision_after_the_other(alice, waiting, login, url):
    browser = login(alice)
    decide(browser, url, waiting[4], "approve")
    decide(browser, url, waiting[3], "reject")
    assert card(browser.post(url("queue-undo"), follow=True)).example == waiting[3]
    assert card(browser.post(url("queue-undo"), follow=True)).example == waiting[4]
    assert statuses(waiting) == [Status.PENDING] * 5
    response = browser.post(url("queue-undo"), follow=True)
    assert "nothing left to undo" in response.content.decode()


def test_a_second_decision_on_the_same_is_undone_in_its_turn(alice, waiting, login, url):
    browser = login(alice)
    decide(browser, url, waiting[4], "approve")
    decide(browser, url, waiting[4], "reject")
    browser.post(url("queue-undo"))
    assert statuses(waiting)[4] == Status.APPROVED
    browser.post(url("queue-undo"))
    assert statuses(waiting)[4] == Status.PENDING


def test_a_stale_decision_says_what_the_other_did_and_goes_on(alice, waiting, login, url):
    browser = login(alice)
    decide(browser, url, waiting[4], "reject")
    response = decide(browser, url, waiting[4], "approve", version=1)
    page = response.content.decode()
    assert "Not done: since you saw it, that example was rejected by alice" in page
    assert statuses(waiting)[4] == Status.REJECTED


def test_what_was_withdrawn_meanwhile_is_said_and_the_next_is_shown(alice, waiting, login, url):
    browser = login(alice)
    gone = waiting[4]
    data = {"decision": "approve", "version": 1, "place": "queue"}
    address = url("example-decide", gone)
    SkillFeedback.objects.filter(pk=gone.pk).delete()
    response = browser.post(address, data, follow=True)
    assert "no longer here" in response.content.decode()
    assert card(response).example == waiting[3]


def test_an_edit_from_the_queue_comes_back_to_the_card(alice, waiting, login, url):
    data = {
        "example_input": "Asked better",
        "expected_output": "Answered better",
        "quality_score": "",
        "review_notes": "",
        "version": 1,
    }
    response = login(alice).post(
        f"{url('example-edit', waiting[2])}?place=queue", data, follow=True
    )
    assert card(response).example == waiting[2]


def test_the_counts_and_the_bar_are_live(alice, waiting, login, url):
    browser = login(alice)
    page = decide(browser, url, waiting[0], "approve").content.decode()
    assert '<progress class="progress-bar" max="5" value="1"' in page
    assert "<strong>4</strong> to review" in page


def test_a_card_takes_few_queries(
    alice, waiting, copies, login, url, django_assert_max_num_queries
):
    browser = login(alice)
    # session, user, tenant's skill; the two counts of the tabs; card, its copies, before, after; the last decision
    with django_assert_max_num_queries(11):
        browser.get(url("queue"))


class TestMany:
    def bulk(self, browser, url, query, status, **more):
        address = f"{url('bulk')}?{query}"
        context = browser.get(address).context
        data = {
            "decision-newest": context["newest"] or "",
            "decision-count": context["count"],
            "decision-status": status,
            **more,
        }
        return browser.post(address, data, follow=True)

    def test_a_filter_chooses_what_is_decided(self, alice, skill, waiting, copies, login, url):
        golden = GoldenExampleFactory(skill=skill)
        query = f"status=pending&cluster={copies[0].cluster_id}"
        response = self.bulk(login(alice), url, query, "rejected")
        assert "18 examples are now rejected" in response.content.decode()
        assert statuses(copies) == [Status.REJECTED] * 18
        assert statuses([*waiting, golden]) == [Status.PENDING] * 5 + [Status.APPROVED]
        example = SkillFeedback.objects.get(pk=copies[0].pk)
        assert (example.version, example.reviewed_by) == (2, alice)

    def test_it_is_undone_by_one_click_save_what_was_decided_since(self, alice, copies, login, url):
        browser = login(alice)
        response = self.bulk(browser, url, "status=pending", "approved")
        decide(browser, url, copies[0], "reject")
        batch = response.context["batch"]
        browser.post(
            reverse("training:bulk-undo", kwargs={"slug": "release-notes", "batch_id": batch})
        )
        assert statuses(copies) == [Status.REJECTED] + [Status.PENDING] * 17
        again = browser.post(
            reverse("training:bulk-undo", kwargs={"slug": "release-notes", "batch_id": batch}),
            follow=True,
        )
        assert "nothing left to undo" in again.content.decode()

    def test_what_came_in_since_is_not_touched(self, alice, bob, skill, copies, login, url):
        browser = login(alice)
        context = browser.get(f"{url('bulk')}?status=pending").context
        late = CapturedExampleFactory(skill=skill, user=bob)
        data = {
            "decision-newest": context["newest"],
            "decision-count": context["count"],
            "decision-status": "approved",
        }
        browser.post(f"{url('bulk')}?status=pending", data)
        assert statuses([*copies, late]) == [Status.APPROVED] * 18 + [Status.PENDING]

    def test_another_choice_than_was_seen_is_refused(self, alice, copies, login, url):
        response = self.bulk(
            login(alice), url, "status=pending", "approved", **{"decision-count": 3}
        )
        assert response.status_code == 409
        assert statuses(copies) == [Status.PENDING] * 18

    @pytest.mark.parametrize("data", [{}, {"decision-status": "pending"}, {"decision-newest": "x"}])
    def test_a_malformed_one_is_refused(self, alice, copies, login, url, data):
        assert login(alice).post(url("bulk"), data).status_code == 409
        assert statuses(copies) == [Status.PENDING] * 18

    def test_a_filter_that_is_not_understood_decides_nothing(self, alice, copies, login, url):
        response = self.bulk(login(alice), url, "status=pending&cluster=nonsense", "approved")
        assert response.status_code == 409
        assert statuses(copies) == [Status.PENDING] * 18
