"""The dataset at a glance, releases on their pages, downloads, and the public list of what was withdrawn."""

import json

import pytest
from django.urls import reverse

from settings_app.models import Surface
from tests.factories import CapturedExampleFactory, GoldenExampleFactory
from training.consent.erasure import withdraw_consent
from training.exports.formats import FORMATS
from training.exports.records import ReleaseRecords
from training.models import Release, Status
from training.releases import make_release
from training.splits import place_new_examples


@pytest.fixture
def golden(skill):
    rows = [GoldenExampleFactory(skill=skill, quality_score=score) for score in (9, 9, 3, None)]
    place_new_examples(skill.pk)
    return rows


@pytest.fixture
def captured(skill, bob):
    return CapturedExampleFactory(
        skill=skill,
        user=bob,
        status=Status.APPROVED,
        example_input="Something quite different",
        redactions={"JWT": 2},
    )


def body(response):
    return b"".join(response.streaming_content)


def missing(response):
    return [check.text for check in response.context["checks"] if not check.is_met]


def test_the_page_sums_the_dataset_up(alice, skill, golden, captured, login, url):
    context = login(alice).get(url("dataset")).context
    assert context["mean_quality"] == 7
    assert context["unrated"] == 2
    assert context["redactions"] == [("JWT", 2)]
    assert {bar.label: bar.value for bar in context["quality_chart"].bars if bar.value} == {
        "3": 1,
        "9": 2,
    }
    assert sum(bar.value for bar in context["weeks_chart"].bars) == 5


def test_it_says_what_is_missing_before_the_first_fine_tuning(alice, skill, golden, login, url):
    said = " ".join(missing(login(alice).get(url("dataset"))))
    assert "6 more to go" in said
    assert "75% now" in said
    assert "quality of 4 or less: 1 now" in said
    assert "A release of what is approved now" in said
    assert "review" not in said

    make_release(skill=skill, name="v1", made_by=alice)
    assert "A release" not in " ".join(missing(login(alice).get(url("dataset"))))


def test_an_empty_dataset_has_a_page(alice, skill, login, url):
    assert login(alice).get(url("dataset")).status_code == 200


def test_it_takes_the_same_queries_however_many_there_are(
    alice, skill, golden, login, url, django_assert_max_num_queries
):
    browser = login(alice)
    # session, user, skill; the two counts of the tabs; six of the page's own, the latest release
    with django_assert_max_num_queries(13):
        browser.get(url("dataset"))


class TestReleases:
    def test_the_author_makes_one(self, alice, skill, golden, captured, login, url):
        data = {"name": "v1", "notes": "The first.", "source": "web", "minimum_quality": "9"}
        response = login(alice).post(url("release-list"), data, follow=True)
        release = Release.objects.get()
        assert response.redirect_chain[0][0] == url("release-detail", name="v1")
        assert release.counts["examples"] == 2
        assert release.notes == "The first."
        assert "Release v1 is made" in response.content.decode()

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            ({"name": ""}, "required"),
            ({"name": "Not/one"}, "a–z"),
            ({"name": "v1"}, "already has a release"),
            ({"name": "v2", "minimum_quality": "10"}, "nothing to release"),
        ],
    )
    def test_it_says_why_not(self, alice, skill, golden, login, url, data, says):
        make_release(skill=skill, name="v1", made_by=alice)
        response = login(alice).post(url("release-list"), data)
        assert response.status_code == 422
        assert says in str(response.context["form"].errors)
        assert Release.objects.count() == 1

    def test_its_page_says_how_many_were_withdrawn(
        self, alice, bob, skill, golden, captured, login, url
    ):
        make_release(skill=skill, name="v1", made_by=alice)
        withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
        page = login(alice).get(url("release-detail", name="v1")).content.decode()
        assert "1 of its 5 examples was withdrawn since" in page

    def test_two_are_compared_on_a_page(self, alice, skill, golden, login, url):
        make_release(skill=skill, name="v1", made_by=alice)
        GoldenExampleFactory(skill=skill, example_input="Newly come")
        make_release(skill=skill, name="v2", made_by=alice)
        response = login(alice).get(url("release-compare", name="v2", older="v1"))
        assert response.context["change_counts"]["added"] == 1
        assert "Newly come" in response.content.decode()

    @pytest.mark.parametrize("name", FORMATS)
    def test_each_format_is_downloaded(self, alice, skill, golden, login, url, name):
        release = make_release(skill=skill, name="v1", made_by=alice)
        response = login(alice).get(url("release-export", name="v1", format_name=name))
        assert body(response) == b"".join(FORMATS[name].write(ReleaseRecords(release), None))
        assert "no-store" in response["Cache-Control"]
        end = FORMATS[name].extension
        assert response["Content-Disposition"] == (
            f'attachment; filename="release-notes-v1-{name}.{end}"'
        )

    def test_a_side_alone_and_what_is_approved_now(self, alice, skill, golden, login, url):
        browser = login(alice)
        address = url("export-now", format_name="jsonl")
        whole = body(browser.get(address)).splitlines()
        sides = [
            line
            for side in ("train", "validation", "test")
            for line in body(browser.get(f"{address}?split={side}")).splitlines()
        ]
        assert sorted(whole) == sorted(sides)
        assert len(whole) == 4

    @pytest.mark.parametrize(
        "path", ["export/nonsense/", "releases/v9/", "export/jsonl/?split=held_out"]
    )
    def test_what_is_not_there_is_not_found(self, alice, skill, golden, login, url, path):
        assert login(alice).get(url("example-list") + path).status_code == 404

    def test_the_manifest_is_downloaded(self, alice, skill, golden, login, url):
        make_release(skill=skill, name="v1", made_by=alice)
        made = json.loads(body(login(alice).get(url("release-manifest", name="v1"))))
        assert made["counts"]["examples"] == len(made["examples"]) == 4


class TestWithdrawn:
    def test_everybody_reads_the_list(self, client, alice, bob, skill, golden, captured):
        make_release(skill=skill, name="v1", made_by=alice)
        assert body(client.get("/withdrawn.jsonl")) == b""
        withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)
        response = client.get(reverse("withdrawn-list"))
        (line,) = body(response).splitlines()
        found = json.loads(line)
        assert found["content_hash"] == captured.content_hash
        assert set(found) == {"content_hash", "withdrawn_at"}
        moment = found["withdrawn_at"]
        assert body(client.get("/withdrawn.jsonl", {"since": moment[:19] + "Z"})) == line + b"\n"
        assert body(client.get("/withdrawn.jsonl", {"since": "2999-01-01T00:00:00Z"})) == b""

    @pytest.mark.parametrize("since", ["yesterday", "2026-01-01", "2026-13-01T00:00:00Z"])
    def test_a_bad_time_is_refused(self, client, db, since):
        response = client.get("/withdrawn.jsonl", {"since": since})
        assert response.status_code == 400
        assert since not in response.content.decode()
