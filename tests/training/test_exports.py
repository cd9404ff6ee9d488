"""Each export read back: counts, texts and splits as in the database, the same bytes each time."""

import csv
import io
import json
import zipfile

import pyarrow.parquet
import pytest
import yaml
from django.core.management import CommandError, call_command

from tests.factories import CapturedExampleFactory, GoldenExampleFactory, SkillFactory
from training.exports.documents import escape_nunjucks
from training.exports.formats import FORMATS
from training.exports.records import CurrentRecords, ReleaseRecords
from training.exports.tables import safe_cell, unsafe_cell
from training.models import SkillFeedback, Split, Status
from training.releases import make_release
from training.splits import place_new_examples

NASTY = [
    ("=1+1", "@SUM(A1)"),
    ("-2 ＝3", "'quoted"),
    ("{{ input }} {% raw %} {# no #}", '{"a": {"b": {}}}'),
    ("line\nline\n", "tab\tend\r\n"),
    ("file:///etc/passwd", "package:x"),
    ("ünïcödé 🎉 日本語", 'say "hi", please; ok'),
    ("---\nyaml: [1", "</script>\u2028\u2029"),
    ("[REDACTED:JWT]", "plain"),
]


@pytest.fixture
def examples(skill):
    rows = [
        GoldenExampleFactory(
            skill=skill, example_input=given, expected_output=wanted, quality_score=q
        )
        for (given, wanted), q in zip(NASTY, [None, 1, 5, 10, 7, 7, 8, None], strict=True)
    ]
    GoldenExampleFactory.create_batch(12, skill=skill)
    place_new_examples(skill.pk)
    assert len(rows) == len(NASTY)
    return SkillFeedback.objects.of_skill(skill).exclude(split=Split.HELD_OUT).order_by("id")


@pytest.fixture
def release(skill, alice, examples):
    return make_release(skill=skill, name="v1", made_by=alice)


def export(records, name, split=None):
    return b"".join(FORMATS[name].write(records, split))


def lines_of(data):
    return [json.loads(line) for line in data.decode().split("\n")[:-1]]


def expected(examples):
    return [(row.example_input, row.output) for row in examples]


def render_nunjucks(text):
    """What Nunjucks makes of the only tags that the escape writes."""
    return text.replace("{{''}}", "").replace("{{'#'}}", "#").replace("{{'{'}}", "{")


READERS = {
    "jsonl": lambda data: [(row["input"], row["output"]) for row in lines_of(data)],
    "openai": lambda data: [
        (row["messages"][0]["content"], row["messages"][1]["content"]) for row in lines_of(data)
    ],
    "trl": lambda data: [
        (row["prompt"][0]["content"], row["completion"][0]["content"]) for row in lines_of(data)
    ],
    "inspect": lambda data: [(row["input"], row["target"]) for row in lines_of(data)],
    "promptfoo": lambda data: [
        (render_nunjucks(row["vars"]["input"]), render_nunjucks(row["assert"][0]["value"]))
        for row in json.loads(data)
    ],
    "evals": lambda data: [
        (row["prompt"], row["expected_output"]) for row in json.loads(data)["evals"]
    ],
    "csv": lambda data: [
        (unsafe_cell(row["input"]), unsafe_cell(row["output"]))
        for row in csv.DictReader(io.StringIO(data.decode(), newline=""))
    ],
    "parquet": lambda data: [
        (row["input"], row["output"])
        for row in pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    ],
}


@pytest.mark.parametrize("name", READERS)
def test_every_text_comes_back_as_it_is(release, examples, name):
    assert READERS[name](export(ReleaseRecords(release), name)) == expected(examples)


@pytest.mark.parametrize("name", READERS)
def test_a_split_alone_has_the_examples_of_that_side(release, examples, name):
    for split in (Split.TRAIN, Split.VALIDATION, Split.TEST):
        data = export(ReleaseRecords(release), name, split)
        assert READERS[name](data) == expected(examples.filter(split=split))


def test_the_hugging_face_folder_has_a_card_and_a_file_for_each_side(release, examples):
    archive = zipfile.ZipFile(io.BytesIO(export(ReleaseRecords(release), "hf")))
    card = archive.read("README.md").decode()
    (config,) = yaml.safe_load(card.split("---\n")[1])["configs"]
    sides = {found["split"]: found["path"] for found in config["data_files"]}
    assert set(archive.namelist()) == {"README.md", *sides.values()}
    assert set(sides) == set(examples.values_list("split", flat=True))
    for side, path in sides.items():
        rows = pyarrow.parquet.read_table(io.BytesIO(archive.read(path))).to_pylist()
        found = [(row["input"], row["output"]) for row in rows]
        assert found == expected(examples.filter(split=side))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_release_gives_the_same_bytes_whatever_comes_later(skill, alice, release, name):
    before = export(ReleaseRecords(release), name)
    GoldenExampleFactory(skill=skill)
    place_new_examples(skill.pk)
    one, two, three = SkillFeedback.objects.order_by("id")[:3]
    one.reject(reviewer=alice, version=1)
    two.edit(
        reviewer=alice,
        version=1,
        example_input="Something else",
        expected_output="Now",
        quality_score=2,
        review_notes="",
        personal_data=False,
    )
    three.approve(reviewer=alice, version=1, quality_score=1)
    assert export(ReleaseRecords(release), name) == before


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_set_is_a_valid_file(skill, name):
    data = export(CurrentRecords(skill), name)
    if name in READERS:
        assert READERS[name](data) == []
    elif name == "hf":
        assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["README.md"]
    else:
        assert data == b""


def test_only_approved_examples_are_exported(skill, bob, examples):
    CapturedExampleFactory(skill=skill, user=bob)
    CapturedExampleFactory(skill=skill, user=bob, status=Status.REJECTED)
    place_new_examples(skill.pk)
    assert READERS["jsonl"](export(CurrentRecords(skill), "jsonl")) == expected(
        examples.filter(status=Status.APPROVED)
    )


def test_a_captured_example_goes_out_with_its_own_output_or_the_expected_one(skill, bob, alice):
    plain = CapturedExampleFactory(skill=skill, user=bob, status=Status.APPROVED)
    better = CapturedExampleFactory(
        skill=skill, user=bob, status=Status.APPROVED, example_input="Quite another thing"
    )
    better.edit(
        reviewer=alice,
        version=1,
        example_input=better.example_input,
        expected_output="A better answer",
        quality_score=None,
        review_notes="",
        personal_data=True,
    )
    place_new_examples(skill.pk)
    outputs = [output for _, output in READERS["jsonl"](export(CurrentRecords(skill), "jsonl"))]
    assert outputs == [plain.example_output, "A better answer"]
    (pair,) = lines_of(export(CurrentRecords(skill), "openai-dpo"))
    assert pair["input"]["messages"] == [{"role": "user", "content": "Quite another thing"}]
    assert pair["preferred_output"] == [{"role": "assistant", "content": "A better answer"}]
    assert pair["non_preferred_output"] == [{"role": "assistant", "content": better.example_output}]


def test_a_pair_needs_the_same_question(skill, alice):
    example = GoldenExampleFactory(skill=skill)
    changes = {"reviewer": alice, "quality_score": None, "review_notes": "", "personal_data": False}
    example.edit(version=1, example_input="Asked anew", expected_output="One", **changes)
    example.edit(version=2, example_input="Asked anew", expected_output="Two", **changes)
    example.edit(version=3, example_input="Asked anew", expected_output="Three", **changes)
    place_new_examples(skill.pk)
    pairs = lines_of(export(CurrentRecords(skill), "openai-dpo"))
    assert [pair["non_preferred_output"][0]["content"] for pair in pairs] == ["One", "Two"]
    assert {pair["preferred_output"][0]["content"] for pair in pairs} == {"Three"}


def test_twins_of_two_people_go_out_once(skill, alice, bob):
    for user in (alice, bob):
        CapturedExampleFactory(
            skill=skill, user=user, status=Status.APPROVED, example_input="Q", example_output="A"
        )
    place_new_examples(skill.pk)
    assert READERS["jsonl"](export(CurrentRecords(skill), "jsonl")) == [("Q", "A")]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r", "＝1", "'", "'=1", "''"])
def test_a_dangerous_cell_is_marked_and_the_mark_comes_off(text):
    assert safe_cell(text)[0] == "'"
    assert unsafe_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["plain", "a=1", "1-2", "", "\"'"])
def test_a_harmless_cell_stays_as_it_is(text):
    assert safe_cell(text) == text
    assert unsafe_cell(text) == text


def test_braces_are_escaped_wherever_a_tag_could_begin():
    assert escape_nunjucks("{ {{ {% {# {{{ }") == ("{ {{'{'}}{ {{'{'}}% {{'{'}}# {{'{'}}{{'{'}}{ }")


def test_exporting_costs_a_query_a_batch(release, django_assert_num_queries):
    # a batch and the empty one after it
    with django_assert_num_queries(2):
        export(ReleaseRecords(release), "jsonl")


class TestCommand:
    def test_it_writes_the_release_and_tells_on_standard_error(self, tmp_path, capsys, release):
        path = tmp_path / "out.jsonl"
        call_command(
            "export_examples", skill="release-notes", release="v1", format="jsonl", output=str(path)
        )
        assert path.read_bytes() == export(ReleaseRecords(release), "jsonl")
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "20 examples from release-notes, release v1" in captured.err

    def test_it_writes_to_standard_output(self, capsysbinary, skill, release):
        call_command("export_examples", skill="release-notes", format="openai", output="-")
        assert capsysbinary.readouterr().out == export(CurrentRecords(skill), "openai")

    def test_the_hugging_face_folder_is_a_folder_or_an_archive(self, tmp_path, release):
        folder, archive = tmp_path / "set", tmp_path / "set.zip"
        for output in (folder, archive):
            call_command(
                "export_examples",
                skill="release-notes",
                release="v1",
                format="hf",
                output=str(output),
            )
        packed = zipfile.ZipFile(archive)
        assert (folder / "README.md").read_bytes() == packed.read("README.md")
        for name in packed.namelist():
            assert (folder / name).read_bytes() == packed.read(name)
        with pytest.raises(CommandError, match="not empty"):
            call_command(
                "export_examples",
                skill="release-notes",
                release="v1",
                format="hf",
                output=str(folder),
            )

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ({"skill": "nothing"}, "no skill nothing"),
            ({"release": "v9"}, "has no such release. It has: v1"),
            ({"output": "/no/such/folder/file"}, "No such file"),
        ],
    )
    def test_it_says_what_is_wrong(self, release, options, says):
        given = {"skill": "release-notes", "format": "jsonl", "output": "-"} | options
        with pytest.raises(CommandError, match=says):
            call_command("export_examples", **given)

    def test_a_skill_of_several_tenants_needs_a_tenant(self, release, charlie, tmp_path):
        SkillFactory(author=charlie, slug="release-notes")
        given = {"skill": "release-notes", "format": "jsonl", "output": str(tmp_path / "x")}
        with pytest.raises(CommandError, match="--tenant"):
            call_command("export_examples", **given)
        call_command("export_examples", **given, tenant="acme")
        assert (tmp_path / "x").stat().st_size
