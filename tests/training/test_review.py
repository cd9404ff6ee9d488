"""The author judges examples one by one: approve, reject, edit, undo, delete."""

import pytest

from tests.factories import CapturedExampleFactory, GoldenExampleFactory, SkillFactory
from training.models import Action, Revision, SkillFeedback, Status

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def captured(skill, bob):
    return CapturedExampleFactory(
        skill=skill, user=bob, example_input="List files", example_output="a.txt b.txt"
    )


def decide(browser, url, example, decision, **more):
    version = more.pop("version", example.version)
    data = {"decision": decision, "version": version, **more}
    return browser.post(url("example-decide", example), data)


def edited(example, **changes):
    return {
        "example_input": example.example_input,
        "expected_output": example.output,
        "quality_score": example.quality_score or "",
        "review_notes": example.review_notes,
        "version": example.version,
        **changes,
    }


@pytest.mark.parametrize(
    ("decision", "status"), [("approve", Status.APPROVED), ("reject", Status.REJECTED)]
)
def test_a_decision_is_stored_with_who_and_when(alice, captured, login, url, decision, status):
    response = decide(login(alice), url, captured, decision, quality_score="7")

    captured.refresh_from_db()
    assert response.status_code == 302
    assert captured.status == status
    assert captured.quality_score == 7
    assert captured.reviewed_by == alice
    assert captured.reviewed_at is not None
    assert captured.version == 2
    revision = Revision.objects.get()
    assert (revision.action, revision.status, revision.version) == (decision, "pending", 1)
    assert not revision.replaced_text


def test_a_decision_without_a_quality_keeps_the_one_there_is(alice, captured, login, url):
    SkillFeedback.objects.update(quality_score=4)
    decide(login(alice), url, captured, "approve")
    captured.refresh_from_db()
    assert captured.quality_score == 4


def test_an_empty_quality_takes_it_away(alice, captured, login, url):
    SkillFeedback.objects.update(quality_score=4)
    decide(login(alice), url, captured, "approve", quality_score="")
    captured.refresh_from_db()
    assert captured.quality_score is None


def test_it_goes_back_to_the_list_as_it_was_filtered(alice, captured, login, url):
    response = decide(login(alice), url, captured, "approve", status="pending", tool="Read")
    assert response.url == f"{url('example-list')}?status=pending&tool=Read"


def test_a_stale_decision_is_refused_and_shows_the_other(alice, captured, login, url):
    decide(login(alice), url, captured, "reject")
    response = decide(login(alice), url, captured, "approve", version=1)

    assert response.status_code == 409
    assert "rejected by alice" in response.content.decode()
    captured.refresh_from_db()
    assert captured.status == Status.REJECTED
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    "data", [{}, {"decision": "approve"}, {"decision": "burn", "version": 1}, {"version": "x"}]
)
def test_a_malformed_decision_changes_nothing(alice, captured, login, url, data):
    response = login(alice).post(url("example-decide", captured), data)
    assert response.status_code == 400
    captured.refresh_from_db()
    assert captured.version == 1


def test_an_edit_keeps_what_it_replaced(alice, captured, login, url):
    data = edited(
        captured, expected_output="a.txt\nb.txt", quality_score="9", review_notes="One a line"
    )
    assert login(alice).post(url("example-edit", captured), data).status_code == 302

    captured.refresh_from_db()
    assert captured.example_output == "a.txt b.txt"
    assert captured.expected_output == "a.txt\nb.txt"
    assert (captured.quality_score, captured.review_notes) == (9, "One a line")
    assert captured.status == Status.PENDING
    assert captured.text_number == 2
    revision = Revision.objects.get()
    assert (revision.action, revision.text_number) == (Action.EDIT, 1)
    assert (revision.example_input, revision.expected_output) == ("List files", "")


def test_an_edit_of_the_quality_alone_is_no_new_text(alice, captured, login, url):
    login(alice).post(url("example-edit", captured), edited(captured, quality_score="3"))
    captured.refresh_from_db()
    assert (captured.quality_score, captured.text_number, captured.expected_output) == (3, 1, "")
    assert not Revision.objects.get().replaced_text


def test_an_edit_is_redacted_note_included(alice, captured, login, url):
    data = edited(captured, example_input=f"Use {TOKEN}", review_notes=f"Saw {TOKEN}")
    login(alice).post(url("example-edit", captured), data)
    captured.refresh_from_db()
    assert TOKEN not in captured.example_input + captured.review_notes
    assert sum(captured.redactions.values()) == 1


def test_an_edit_of_an_older_version_is_refused_and_loses_nothing_typed(
    alice, captured, login, url
):
    data = edited(captured, expected_output="What alice typed")
    decide(login(alice), url, captured, "reject")
    response = login(alice).post(url("example-edit", captured), data)

    page = response.content.decode()
    assert response.status_code == 409
    assert "rejected by alice" in page
    assert "What alice typed" in page
    # The page has shown the newer version, so saving again is a decision about that one.
    assert 'name="version" value="2"' in page
    captured.refresh_from_db()
    assert captured.expected_output == ""


def test_a_faulty_edit_is_shown_beside_what_was_typed(alice, captured, login, url):
    data = edited(captured, example_input="", expected_output="Kept on the page")
    response = login(alice).post(url("example-edit", captured), data)
    assert response.status_code == 422
    assert "Kept on the page" in response.content.decode()
    assert not Revision.objects.exists()


def test_an_edit_into_a_golden_twin_is_refused(alice, skill, login, url):
    one = GoldenExampleFactory(skill=skill)
    other = GoldenExampleFactory(skill=skill)
    data = edited(other, example_input=one.example_input, expected_output=one.expected_output)
    response = login(alice).post(url("example-edit", other), data)
    assert response.status_code == 422
    assert "another golden example" in response.content.decode()


def test_undo_takes_back_decisions_one_by_one(alice, captured, login, url):
    browser = login(alice)
    decide(browser, url, captured, "approve", quality_score="7")
    browser.post(
        url("example-edit", captured), edited(captured, version=2, expected_output="Better")
    )
    captured.refresh_from_db()
    assert (captured.status, captured.output) == (Status.APPROVED, "Better")

    decide(browser, url, captured, "undo", version=3)
    captured.refresh_from_db()
    assert (captured.status, captured.output) == (Status.APPROVED, "a.txt b.txt")

    decide(browser, url, captured, "undo", version=4)
    captured.refresh_from_db()
    assert (captured.status, captured.quality_score) == (Status.PENDING, None)
    assert (captured.reviewed_by, captured.reviewed_at) == (None, None)
    assert captured.content_hash == captured.twin_hash

    response = decide(browser, url, captured, "undo", version=5)
    assert response.status_code == 302
    captured.refresh_from_db()
    assert captured.version == 5


def test_an_undone_edit_keeps_the_text_it_had_made(alice, captured, login, url):
    browser = login(alice)
    browser.post(url("example-edit", captured), edited(captured, expected_output="Better"))
    decide(browser, url, captured, "undo", version=2)
    texts = Revision.objects.order_by("text_number").values_list("text_number", "expected_output")
    assert list(texts) == [(1, ""), (2, "Better")]
    captured.refresh_from_db()
    assert captured.text_number == 3


def test_the_history_shows_an_edit_as_a_diff(alice, captured, login, url):
    browser = login(alice)
    browser.post(url("example-edit", captured), edited(captured, expected_output="a.txt c.txt"))
    page = browser.get(url("example-detail", captured)).content.decode()
    assert "<del>b</del><ins>c</ins>" in page


def test_redactions_are_highlighted_and_nothing_else_is_trusted(alice, skill, bob, login, url):
    CapturedExampleFactory(
        skill=skill, user=bob, example_input="<script>x</script> [REDACTED:JWT] <b>"
    )
    page = login(alice).get(url("example-list")).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt; <mark" in page
    assert ">JWT</mark> &lt;b&gt;" in page


def test_deleting_takes_the_history_along(alice, captured, login, url):
    browser = login(alice)
    browser.post(url("example-edit", captured), edited(captured, expected_output="Better"))
    assert "cannot be undone" in browser.get(url("example-delete", captured)).content.decode()
    browser.post(url("example-delete", captured))
    assert not SkillFeedback.objects.exists()
    assert not Revision.objects.exists()


def test_an_administrator_reads_and_decides_nothing(ada, captured, login, url):
    browser = login(ada)
    assert browser.get(url("example-detail", captured)).status_code == 200
    assert decide(browser, url, captured, "approve").status_code == 403
    assert browser.get(url("example-edit", captured)).status_code == 403
    assert browser.post(url("example-delete", captured)).status_code == 403
    captured.refresh_from_db()
    assert captured.version == 1


@pytest.mark.parametrize("person", ["bob", "charlie"])
def test_nobody_else_finds_it(request, person, captured, login, url):
    browser = login(request.getfixturevalue(person))
    assert browser.get(url("example-detail", captured)).status_code == 404
    assert browser.get(url("example-edit", captured)).status_code == 404
    assert decide(browser, url, captured, "approve").status_code == 404
    assert browser.post(url("example-delete", captured)).status_code == 404
    assert SkillFeedback.objects.get().version == 1


def test_an_example_of_another_skill_is_not_found_here(alice, login, url, charlie):
    foreign = GoldenExampleFactory(skill=SkillFactory(author=charlie))
    other = GoldenExampleFactory(skill=SkillFactory(author=alice))
    for example in (foreign, other):
        assert login(alice).get(url("example-detail", example)).status_code == 404
        assert decide(login(alice), url, example, "approve").status_code == 404
