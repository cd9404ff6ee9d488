"""Finding and reading skills."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from settings_app.models import UserPreferences
from tests.factories import GoldenExampleFactory, SkillFactory
from tracking.models import SkillDailyUsage
from training.models import Status

LIST = reverse("skills:skill-list")


def slugs(response):
    return [skill.slug for skill in response.context["skills"]]


def detail_url(skill):
    return reverse("skills:skill-detail", args=[skill.slug])


def test_the_list_holds_the_tenants_skills_and_no_others(login, alice, bob, charlie):
    SkillFactory(author=alice, slug="pdf-forms")
    SkillFactory(author=charlie, slug="foreign")
    assert slugs(login(bob).get(LIST)) == ["pdf-forms"]


def test_a_tenant_without_skills_is_told_how_to_share_the_first(login, alice):
    response = login(alice).get(LIST)
    assert "No skill yet" in response.text
    assert reverse("skills:skill-create") in response.text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("migrations", {"review-migrations"}),
        ("migration review", {"review-migrations"}),
        ("migr", {"review-migrations"}),
        ("migartions", {"review-migrations"}),
        ("locks", {"review-migrations"}),
        ("changelog", {"release-notes"}),
        ("databases", {"review-migrations"}),
        ("zebra", set()),
        ("  ", {"review-migrations", "release-notes"}),
        ("!!! ' \" \\ & | :* <->", {"review-migrations", "release-notes"}),
        ("the", set()),
    ],
)
def test_it_searches_names_purposes_and_texts(login, alice, text, found):
    SkillFactory(
        author=alice,
        slug="review-migrations",
        description="Reads a migration before it runs.",
        category="databases",
        content="Look for locks.",
    )
    SkillFactory(
        author=alice,
        slug="release-notes",
        description="Writes a changelog.",
        category="writing",
        content="Be brief.",
    )
    assert set(slugs(login(alice).get(LIST, {"q": text}))) == found


def test_a_hit_in_the_name_stands_before_one_in_the_text(login, alice):
    SkillFactory(author=alice, slug="aaa", content="About migrations, in passing.")
    SkillFactory(author=alice, slug="migrations")
    assert slugs(login(alice).get(LIST, {"q": "migrations"})) == ["migrations", "aaa"]


def test_it_filters_by_category(login, alice):
    SkillFactory(author=alice, slug="one", category="writing")
    SkillFactory(author=alice, slug="two", category="mine")
    browser = login(alice)
    assert slugs(browser.get(LIST, {"category": "=writing"})) == ["one"]
    assert slugs(browser.get(LIST, {"category": "=mine"})) == ["two"]


def test_what_makes_no_sense_counts_as_not_asked(login, alice):
    SkillFactory(author=alice, slug="one")
    asked = {"category": "=nothing", "sort": "sideways", "page": "999", "q": "x" * 300}
    assert slugs(login(alice).get(LIST, asked)) == ["one"]


def test_it_sorts_by_quality_of_approved_examples(login, alice):
    good, better, unrated = (
        SkillFactory(author=alice, slug=slug) for slug in ("good", "better", "unrated")
    )
    GoldenExampleFactory(skill=good, quality_score=6)
    GoldenExampleFactory(skill=good, quality_score=10, status=Status.REJECTED)
    GoldenExampleFactory(skill=better, quality_score=8)
    GoldenExampleFactory(skill=better, quality_score=None)
    GoldenExampleFactory(skill=unrated, quality_score=None)
    response = login(alice).get(LIST, {"sort": "quality"})
    assert slugs(response) == ["better", "good", "unrated"]
    assert [skill.quality for skill in response.context["skills"]] == [8, 6, None]


def test_it_sorts_by_uses_of_the_last_30_days(login, alice, bob):
    today = timezone.now().date()
    few, many, once = (SkillFactory(author=alice, slug=slug) for slug in ("few", "many", "once"))
    for skill, person, days_ago, uses in [
        (few, bob, 0, 2),
        (many, bob, 29, 3),
        (many, alice, 5, 4),
        (once, bob, 30, 100),
    ]:
        SkillDailyUsage.objects.create(
            tenant=alice.tenant,
            skill=skill,
            user=person,
            day=today - timedelta(days=days_ago),
            uses=uses,
        )
    response = login(alice).get(LIST)
    assert [(skill.slug, skill.uses) for skill in response.context["skills"]] == [
        ("many", 7),
        ("few", 2),
        ("once", 0),
    ]


def test_it_sorts_by_newest(login, alice):
    SkillFactory(author=alice, slug="a-old")
    SkillFactory(author=alice, slug="b-new")
    assert slugs(login(alice).get(LIST, {"sort": "newest"})) == ["b-new", "a-old"]


def test_a_persons_preferences_are_honoured(login, alice):
    SkillFactory(author=alice, slug="a-old", category="writing")
    SkillFactory(author=alice, slug="b-new", category="databases")
    SkillFactory(author=alice, slug="c-newest", category="other")
    UserPreferences.objects.create(
        user=alice, default_sort="newest", preferred_categories=["writing", "databases"]
    )
    browser = login(alice)
    assert slugs(browser.get(LIST)) == ["b-new", "a-old", "c-newest"]
    assert slugs(browser.get(LIST, {"sort": "quality"})) == ["a-old", "b-new", "c-newest"]
    assert slugs(browser.get(LIST, {"category": "mine"})) == ["b-new", "a-old"]
    assert slugs(browser.get(LIST, {"sort": "uses"})) == ["a-old", "b-new", "c-newest"]


def test_the_list_is_paged_and_keeps_what_was_asked(login, alice):
    for number in range(25):
        SkillFactory(author=alice, slug=f"skill-{number:02}")
    response = login(alice).get(LIST, {"sort": "uses", "page": 2})
    assert slugs(response) == [f"skill-{number:02}" for number in range(20, 25)]
    assert "?sort=uses&amp;page=1" in response.text


def test_the_list_takes_the_same_few_queries_however_long(login, alice, django_assert_num_queries):
    for _ in range(15):
        GoldenExampleFactory(skill=SkillFactory(author=alice), quality_score=7)
    browser = login(alice)
    # Session, person, tenant, preferences, categories, the count, the order, the page's skills with their figures.
    with django_assert_num_queries(8):
        browser.get(LIST)


def test_a_skills_page_shows_its_text_rendered(login, alice, bob):
    skill = SkillFactory(author=alice, slug="pdf-forms")
    response = login(bob).get(detail_url(skill))
    assert "<p>Do the thing.</p>" in response.text
    assert reverse("skills:skill-edit", args=[skill.slug]) not in response.text


def test_the_author_is_offered_to_edit(login, alice):
    skill = SkillFactory(author=alice)
    assert (
        reverse("skills:skill-edit", args=[skill.slug]) in login(alice).get(detail_url(skill)).text
    )


def test_a_stranger_finds_nothing(login, alice, charlie):
    skill = SkillFactory(author=alice, slug="pdf-forms")
    assert login(charlie).get(detail_url(skill)).status_code == 404
    assert (
        login(charlie).get(reverse("skills:skill-download", args=[skill.slug])).status_code == 404
    )


def test_a_skill_outlives_its_authors_account(login, alice, bob):
    skill = SkillFactory(author=alice, slug="pdf-forms")
    alice.delete()
    assert "nobody now" in login(bob).get(detail_url(skill)).text
    assert slugs(login(bob).get(LIST)) == ["pdf-forms"]


def test_a_skill_can_be_taken_along_as_a_file(login, alice, bob):
    skill = SkillFactory(author=alice)
    response = login(bob).get(reverse("skills:skill-download", args=[skill.slug]))
    assert response.text == skill.content
    assert 'filename="SKILL.md"' in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_skill_may_be_called_new(login, alice):
    skill = SkillFactory(author=alice, slug="new")
    assert login(alice).get(detail_url(skill)).context["skill"] == skill


def test_a_text_without_frontmatter_can_still_be_read(login, alice):
    skill = SkillFactory(author=alice, content="Only *text*.")
    assert "<p>Only <em>text</em>.</p>" in login(alice).get(detail_url(skill)).text
