"""A release never changes, except that what is withdrawn leaves it at once, and says so."""

import json

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from settings_app.models import Surface
from tests.factories import CapturedExampleFactory, GoldenExampleFactory
from training.consent.erasure import withdraw_consent
from training.exports import manifest
from training.exports.formats import FORMATS
from training.exports.records import CurrentRecords, ReleaseRecords
from training.models import Release, ReleaseMember, SkillFeedback, Source, Status, Tombstone
from training.releases import Choice, EmptyReleaseError, changes, count_changes, make_release

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def manifest_of(release):
    return json.loads(b"".join(manifest.write(release)))


def exported(release):
    return b"".join(FORMATS["jsonl"].write(ReleaseRecords(release), None)).decode()


@pytest.fixture
def golden(skill):
    return GoldenExampleFactory.create_batch(5, skill=skill)


@pytest.fixture
def captured(skill, bob):
    texts = ["List the files", "Explain this traceback", "Rename a branch"]
    return [
        CapturedExampleFactory(skill=skill, user=bob, status=Status.APPROVED, example_input=text)
        for text in texts
    ]


def test_it_freezes_what_is_approved(skill, alice, golden, captured, bob):
    CapturedExampleFactory(skill=skill, user=bob)
    release = make_release(skill=skill, name="v1", notes="First.", made_by=alice)

    assert release.members.count() == release.counts["examples"] == 8
    assert release.created_by == alice
    assert release.split_seed
    assert release.sanitizer_version
    assert list(release.members.order_by("position").values_list("feedback_id", flat=True)) == [
        row.pk for row in golden + captured
    ]


def test_the_manifest_names_what_each_example_rests_on(skill, alice, golden, captured):
    made = manifest_of(make_release(skill=skill, name="v1", made_by=alice))

    assert made["counts"]["examples"] == len(made["examples"]) == 8
    assert made["skill"] == {"id": str(skill.pk), "slug": "release-notes"}
    assert made["filters"] == {"minimum_quality": None, "sources": ["usage_capture", "web"]}
    assert made["withdrawn"] == 0
    first, last = made["examples"][0], made["examples"][-1]
    assert first["id"] == str(golden[0].pk)
    assert first["content_hash"] == golden[0].content_hash
    assert first["ledger"] == []
    example = captured[-1]
    assert last["ledger"] == [str(example.capture_record_id), str(example.consent_record_id)]


def test_its_notes_are_redacted(skill, alice, golden):
    release = make_release(skill=skill, name="v1", notes=f"With {TOKEN}", made_by=alice)
    assert TOKEN not in release.notes


def test_it_takes_what_was_chosen(skill, alice, golden, captured):
    golden[0].approve(reviewer=alice, version=1, quality_score=9)
    captured[0].approve(reviewer=alice, version=1, quality_score=9)
    choice = Choice(sources=(Source.WEB,), minimum_quality=8)
    release = make_release(skill=skill, name="best", choice=choice, made_by=alice)
    assert release.members.get().feedback_id == golden[0].pk
    assert release.counts["left_out"] == 7


def test_nothing_to_release_is_refused(skill, alice):
    with pytest.raises(EmptyReleaseError):
        make_release(skill=skill, name="v1", made_by=alice)
    assert not Release.objects.exists()
    assert not ReleaseMember.objects.exists()


def test_a_name_is_given_once(skill, alice, golden):
    make_release(skill=skill, name="v1", made_by=alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_release(skill=skill, name="v1", made_by=alice)


def test_the_database_refuses_to_change_it(skill, alice, golden):
    release = make_release(skill=skill, name="v1", made_by=alice)
    for change in (
        lambda: Release.objects.update(name="v2"),
        lambda: Release.objects.update(counts={}),
        lambda: ReleaseMember.objects.update(split="test"),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()
    alice.delete()
    release.refresh_from_db()
    assert release.created_by is None


def test_withdrawing_consent_takes_the_text_out_of_every_release_at_once(
    skill, alice, bob, golden, captured
):
    releases = [make_release(skill=skill, name=name, made_by=alice) for name in ("v1", "v2")]
    hashes = {row.content_hash for row in captured}
    withdraw_consent(user=bob, surface=Surface.PREFERENCES_PAGE)

    for release in releases:
        text = exported(release)
        assert "Explain this traceback" not in text
        assert text.count("\n") == 5
        made = manifest_of(release)
        assert made["withdrawn"] == 3
        gone = [row for row in made["examples"] if row.get("withdrawn")]
        assert {row["content_hash"] for row in gone} == hashes
        assert all(set(row) == {"position", "content_hash", "split", "withdrawn"} for row in gone)
    assert set(Tombstone.objects.values_list("content_hash", flat=True)) == hashes


def test_an_edited_text_that_was_released_is_withdrawn_too(skill, alice, bob, captured):
    example = captured[0]
    first = make_release(skill=skill, name="v1", made_by=alice)
    before = example.content_hash
    example.edit(
        reviewer=alice,
        version=1,
        example_input="Edited since",
        expected_output="",
        quality_score=None,
        review_notes="",
        personal_data=True,
    )
    make_release(skill=skill, name="v2", made_by=alice)
    assert "List the files" in exported(first)

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM training_skillfeedback WHERE id = %s", [example.pk])
    assert "List the files" not in exported(first)
    hashes = set(Tombstone.objects.values_list("content_hash", flat=True))
    assert hashes == {before, example.content_hash}


def test_what_was_never_released_leaves_no_tombstone(skill, captured):
    captured[0].delete()
    assert not Tombstone.objects.exists()


def test_a_withdrawn_text_never_comes_back(skill, alice, bob, golden, captured):
    make_release(skill=skill, name="v1", made_by=alice)
    text = {"example_input": golden[0].example_input, "expected_output": golden[0].expected_output}
    golden[0].delete()
    GoldenExampleFactory(skill=skill, **text)
    second = make_release(skill=skill, name="v2", made_by=alice)
    assert text["example_input"] + '"' not in exported(second)
    assert second.counts["left_out"] == 1


def test_a_deleted_skill_leaves_tombstones_of_all_it_released(skill, alice, golden):
    make_release(skill=skill, name="v1", made_by=alice)
    skill.delete()
    assert not ReleaseMember.objects.exists()
    assert Tombstone.objects.count() == 5


def test_two_releases_are_compared(skill, alice, bob, golden, captured):
    old = make_release(skill=skill, name="v1", made_by=alice)
    golden[0].reject(reviewer=alice, version=1)
    golden[1].approve(reviewer=alice, version=1, quality_score=3)
    withdrawn = captured[0].pk
    captured[0].delete()
    added = GoldenExampleFactory(skill=skill)
    new = make_release(skill=skill, name="v2", made_by=alice)

    assert count_changes(old, new) == {"added": 1, "removed": 1, "withdrawn": 1, "changed": 1}
    found = {change.feedback_id: change.kind for change in changes(old, new, limit=10)}
    assert found == {
        added.pk: "added",
        golden[0].pk: "removed",
        withdrawn: "withdrawn",
        golden[1].pk: "changed",
    }
    assert len(list(changes(old, new, limit=2))) == 2
    assert sum(count_changes(old, old).values()) == 0


def test_what_is_approved_now_is_what_a_release_would_hold(skill, alice, golden, captured):
    release = make_release(skill=skill, name="v1", made_by=alice)
    now = b"".join(FORMATS["jsonl"].write(CurrentRecords(skill), None)).decode()
    assert now == exported(release)
    assert CurrentRecords(skill).count() == ReleaseRecords(release).count() == 8
    assert SkillFeedback.objects.count() == 8
