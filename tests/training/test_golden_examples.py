"""The author adds golden examples on the Training tab; colleagues see their count; strangers see nothing."""

import pytest

from tests.factories import CapturedExampleFactory, GoldenExampleFactory
from training.models import SkillFeedback, Source, Status

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def golden(**changes):
    return {
        "example_input": "Summarise the commits.",
        "expected_output": "Two fixes, one feature.",
        "quality_score": "8",
        **changes,
    }


def test_it_stores_an_approved_golden_example(alice, skill, login, url):
    response = login(alice).post(url("example-create"), golden())

    example = SkillFeedback.objects.get()
    assert response.status_code == 302
    assert response.url == f"{url('example-list')}?new={example.pk}"
    assert (example.skill, example.tenant, example.user) == (skill, alice.tenant, alice)
    assert (example.source, example.status) == (Source.WEB, Status.APPROVED)
    assert example.example_input == "Summarise the commits."
    assert example.expected_output == "Two fixes, one feature."
    assert example.quality_score == 8
    assert example.sanitizer_version


def test_the_page_comes_back_with_the_example_on_top_and_says_so(alice, skill, login, url):
    GoldenExampleFactory(skill=skill, example_input="An older one.")
    response = login(alice).post(url("example-create"), golden(), follow=True)

    page = response.content.decode()
    assert "The golden example is added" in page
    assert page.index("Summarise the commits.") < page.index("An older one.")
    assert 'class="is-new"' in page
    assert response.context["example_count"] == 2


def test_it_redacts_both_texts_and_shows_what_was_taken_out_by_kind(alice, login, url):
    texts = golden(example_input=f"Use {TOKEN} here.", expected_output=f"export GH={TOKEN}")
    response = login(alice).post(url("example-create"), texts, follow=True)

    example = SkillFeedback.objects.get()
    assert TOKEN not in example.example_input + example.expected_output
    assert sum(example.redactions.values()) == 2
    (kind,) = example.redactions
    page = response.content.decode()
    assert TOKEN not in page
    assert f'<mark class="redaction">{kind} ×2</mark>' in page
    assert "2 secrets were taken out" in page


@pytest.mark.parametrize("quality", ["", "1", "10"])
def test_quality_is_one_to_ten_or_empty(alice, login, url, quality):
    login(alice).post(url("example-create"), golden(quality_score=quality))
    assert SkillFeedback.objects.get().quality_score == (int(quality) if quality else None)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("example_input", "", "required"),
        ("example_input", " \n\t ", "required"),
        ("example_input", "x" * 5_001, "at most 5000 characters"),
        ("expected_output", "", "required"),
        ("expected_output", "x" * 5_001, "at most 5000 characters"),
        ("expected_output", "nul\0nul", "Null characters"),
        ("quality_score", "0", "valid choice"),
        ("quality_score", "11", "valid choice"),
        ("quality_score", "high", "valid choice"),
    ],
)
def test_it_shows_an_error_beside_what_was_typed(alice, login, url, field, value, says):
    response = login(alice).post(url("example-create"), golden(**{field: value}))

    assert response.status_code == 422
    assert says in str(response.context["form"].errors[field])
    other = "expected_output" if field == "example_input" else "example_input"
    assert golden()[other] in response.content.decode()
    assert not SkillFeedback.objects.exists()


def test_line_ends_count_once_and_indentation_is_kept(alice, login, url):
    typed = "    first\r\n" + "y" * 4_989 + "\r"
    login(alice).post(url("example-create"), golden(example_input=typed))
    assert SkillFeedback.objects.get().example_input == "    first\n" + "y" * 4_989 + "\n"


def test_a_text_that_redaction_makes_longer_keeps_its_end(alice, login, url):
    typed = ("postgres://user:" + "h7Gk2p@db/x " + "z" * 380) * 12
    assert len(typed) <= 5_000
    login(alice).post(url("example-create"), golden(example_input=typed))
    stored = SkillFeedback.objects.get().example_input
    assert len(stored) > 5_000
    assert stored.endswith("z" * 380)


def test_an_exact_twin_is_refused_white_space_aside(alice, skill, login, url):
    login(alice).post(url("example-create"), golden())
    twin = golden(example_input="  Summarise   the\ncommits.")
    response = login(alice).post(url("example-create"), twin)

    assert response.status_code == 422
    assert "already has a golden example with exactly this text" in response.content.decode()
    assert SkillFeedback.objects.count() == 1


def test_a_golden_twin_of_a_captured_example_is_accepted(alice, bob, skill, login, url):
    CapturedExampleFactory(
        skill=skill,
        user=bob,
        example_input=golden()["example_input"],
        example_output=golden()["expected_output"],
    )
    assert login(alice).post(url("example-create"), golden()).status_code == 302
    assert SkillFeedback.objects.golden().count() == 1


def test_training_examples_do_not_count_as_thumbs(alice, skill, login, url):
    login(alice).post(url("example-create"), golden())
    assert SkillFeedback.objects.get().feedback_type == "training_example"


def test_an_administrator_reads_and_cannot_add(ada, skill, login, url):
    GoldenExampleFactory(skill=skill, example_input="Read by ada.")
    page = login(ada).get(url("example-list"))
    assert "Read by ada." in page.content.decode()
    assert "Add a golden example" not in page.content.decode()
    assert login(ada).post(url("example-create"), golden()).status_code == 403
    assert SkillFeedback.objects.count() == 1


def test_a_colleague_sees_the_count_only(bob, skill, login, url):
    GoldenExampleFactory(skill=skill, example_input="Not for bob.")
    page = login(bob).get(url("example-list"))
    assert page.status_code == 200
    assert page.context["example_count"] == 1
    assert "Not for bob." not in page.content.decode()
    assert login(bob).post(url("example-create"), golden()).status_code == 404


def test_a_stranger_gets_404(charlie, skill, login, url):
    assert login(charlie).get(url("example-list")).status_code == 404
    assert login(charlie).post(url("example-create"), golden()).status_code == 404
    assert not SkillFeedback.objects.exists()


def test_a_page_of_examples_takes_few_queries(
    alice, bob, skill, login, url, django_assert_max_num_queries
):
    GoldenExampleFactory.create_batch(15, skill=skill)
    CapturedExampleFactory.create_batch(15, skill=skill, user=bob)
    browser = login(alice)
    # session, user, tenant; skill; the two counts of the tabs; count of the page; the page with its people
    with django_assert_max_num_queries(8):
        assert len(browser.get(url("example-list")).context["page"]) == 20


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 4),
        ("status=pending", 2),
        ("source=usage_capture", 2),
        ("source=web&status=approved", 2),
        ("tool=Bash", 1),
        ("redactions=with", 1),
        ("redactions=without", 3),
        ("age=day", 4),
        ("age=older-month", 0),
        ("shortest=200", 1),
        ("longest=200", 3),
        ("status=nonsense&shortest=-4&cluster=zzz", 4),
    ],
)
def test_the_list_is_filtered(alice, bob, skill, login, url, query, expected):
    GoldenExampleFactory(skill=skill)
    GoldenExampleFactory(skill=skill, redactions={"JWT": 1})
    CapturedExampleFactory(skill=skill, user=bob, tool_name="Bash")
    CapturedExampleFactory(skill=skill, user=bob, example_output="x" * 300)
    page = login(alice).get(f"{url('example-list')}?{query}").context["page"]
    assert page.paginator.count == expected
