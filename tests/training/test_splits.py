"""Near-copies share a side, sides never change, and what would be on two is held out."""

import random
from uuid import uuid4

import pytest

from tests.factories import GoldenExampleFactory
from training.models import Fingerprint, SkillFeedback, Split
from training.near_duplicates import THRESHOLD, NearText, jaccard, shingles
from training.splits import place_new_examples, side_of

SYLLABLES = [
    "ba",
    "co",
    "du",
    "fe",
    "gi",
    "ho",
    "ju",
    "ka",
    "le",
    "mi",
    "no",
    "pu",
    "ra",
    "se",
    "ti",
    "vo",
]


def text(rng, words=30):
    return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(words))


def near_copy(rng, original):
    words = original.split()
    position = rng.randrange(len(words))
    words[position : position + 1] = rng.choice([[], ["other"], [words[position], "more"]])
    return " ".join(words)


def sides(skill):
    return dict(SkillFeedback.objects.of_skill(skill).values_list("pk", "split"))


def add(skill, example_input, output="The same answer."):
    example = GoldenExampleFactory(skill=skill, example_input=example_input, expected_output=output)
    place_new_examples(skill.pk)
    example.refresh_from_db()
    return example


def add_on(skill, side, rng, output_words=30):
    """An example, unlike all others, that is on this side."""
    while True:
        example = add(skill, text(rng), text(rng, output_words))
        if example.split == side:
            return example


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Write the release notes for 1.2", "write the RELEASE notes, for 1.2!"),
        ("Write the release notes for version 1.2", "Write release notes for version 1.2"),
        ("ab", "AB"),
        ("...", "..."),
    ],
)
def test_case_punctuation_and_a_small_word_make_a_near_copy(one, two):
    assert NearText(one, "x").is_near(NearText(two, "y"))


@pytest.mark.parametrize(
    ("one", "two"),
    [("What is 2 + 2?", "Name the capital of France"), ("ab", "cd"), ("...", "!!!"), ("a", "")],
)
def test_different_texts_are_no_near_copies(one, two):
    assert not NearText(one, "yes").is_near(NearText(two, "no"))


def test_near_copies_share_a_key_and_only_within_a_skill():
    rng = random.Random(1)
    skill, other = uuid4(), uuid4()
    for _ in range(200):
        original = text(rng, 40)
        one, two = NearText(original, "a"), NearText(near_copy(rng, original), "a")
        assert jaccard(one.shingle_sets[0], two.shingle_sets[0]) >= THRESHOLD
        assert set(one.keys(skill_id=skill)) & set(two.keys(skill_id=skill))
        assert not set(one.keys(skill_id=skill)) & set(one.keys(skill_id=other))


def test_near_copies_are_one_cluster_on_one_side(skill):
    rng = random.Random(2)
    original = text(rng)
    first = add(skill, original)
    others = [add(skill, near_copy(rng, original), text(rng)) for _ in range(5)]
    assert first.cluster_id == first.pk
    assert {example.cluster_id for example in others} == {first.pk}
    assert {example.split for example in others} == {first.split}


def test_a_whole_example_can_be_a_near_copy_though_its_input_is_not(skill):
    answer = text(random.Random(3), 200)
    first = add(skill, "Fix bug one", answer)
    second = add(skill, "Repair it", answer)
    assert second.cluster_id == first.pk


def test_the_side_follows_from_the_content_alone(skill):
    example = add(skill, "Anything at all")
    assert example.split == side_of(example.content_hash)


def test_sides_are_about_eighty_ten_ten():
    found = [side_of(f"{number:064x}") for number in range(5_000)]
    shares = {side: found.count(side) / len(found) for side in Split}
    assert 0.78 < shares[Split.TRAIN] < 0.82
    assert 0.08 < shares[Split.VALIDATION] < 0.12
    assert 0.08 < shares[Split.TEST] < 0.12


def test_no_example_changes_side_when_others_come_and_go(skill):
    rng = random.Random(4)
    originals = [text(rng, 12) for _ in range(15)]
    for original in originals:
        add(skill, original, text(rng))
    before = sides(skill)
    for original in originals:
        add(skill, near_copy(rng, original), text(rng))
        add(skill, text(rng, 12), text(rng))
    after = sides(skill)
    assert {pk: after[pk] for pk in before} == before
    for pk in list(before)[::2]:
        SkillFeedback.objects.get(pk=pk).delete()
    place_new_examples(skill.pk)
    left = sides(skill)
    assert left == {pk: after[pk] for pk in left}


def test_a_near_copy_of_two_sides_is_held_out_and_moves_nobody(skill):
    rng = random.Random(5)
    one = add_on(skill, Split.TRAIN, rng)
    other = add_on(skill, Split.TEST, rng, output_words=300)
    # One's input with the other's long answer.
    bridge = add(skill, one.example_input, other.expected_output)
    assert bridge.split == Split.HELD_OUT
    assert bridge.cluster_id == min(one.pk, other.pk)
    again = sides(skill)
    assert (again[one.pk], again[other.pk]) == (Split.TRAIN, Split.TEST)


def test_what_is_near_to_a_held_out_one_only_founds_a_cluster_of_its_own(skill):
    rng = random.Random(7)
    one = add_on(skill, Split.TRAIN, rng)
    other = add_on(skill, Split.TEST, rng, output_words=300)
    bridge = add(skill, one.example_input, other.expected_output)
    SkillFeedback.objects.filter(pk__in=[one.pk, other.pk]).delete()
    late = add(skill, bridge.example_input, bridge.expected_output + " indeed")
    assert late.cluster_id == late.pk
    assert late.split == side_of(late.content_hash)


def test_placing_in_one_batch_or_one_by_one_gives_the_same(skill, alice):
    rng = random.Random(6)
    texts = [text(rng, 15) for _ in range(10)]
    texts += [near_copy(rng, one) for one in texts]
    rows = GoldenExampleFactory.create_batch(len(texts), skill=skill)
    for row, example_input in zip(rows, texts, strict=True):
        SkillFeedback.objects.filter(pk=row.pk).update(
            example_input=example_input,
            expected_output=f"{row.pk}",
            content_hash=f"{row.pk.int:064x}",
        )
    place_new_examples(skill.pk)
    together = {
        pk: (c, s) for pk, c, s in SkillFeedback.objects.values_list("pk", "cluster_id", "split")
    }

    Fingerprint.objects.all().delete()
    SkillFeedback.objects.update(cluster_id=None, split="")
    for row in rows:
        SkillFeedback.objects.exclude(pk=row.pk).filter(cluster_id=None).update(cluster_id=uuid4())
        place_new_examples(skill.pk)
        SkillFeedback.objects.filter(split="").update(cluster_id=None)
    singly = {
        pk: (c, s) for pk, c, s in SkillFeedback.objects.values_list("pk", "cluster_id", "split")
    }
    assert singly == together


def test_a_fingerprint_goes_with_its_example(skill):
    example = add(skill, "Anything")
    assert Fingerprint.objects.filter(pk=example.pk).exists()
    example.delete()
    assert not Fingerprint.objects.exists()


def test_shingles_of_the_shortest_texts():
    assert shingles("abc") == {"abc"}
    assert shingles("") == {""}
    assert shingles("abcdef") == {"abcde", "bcdef"}
