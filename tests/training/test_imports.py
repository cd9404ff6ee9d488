"""Golden examples from a file: tried first, redacted, errors by line, all or none or the good ones."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from tests.factories import GoldenExampleFactory
from training.exports.formats import FORMATS
from training.exports.records import CurrentRecords
from training.imports.rows import READERS, Row, RowError, UnreadableFileError, format_of
from training.models import SkillFeedback, Source, Split, Status
from training.splits import place_new_examples

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
GOOD = [
    {"input": "First question", "output": "First answer", "quality": 7},
    {"input": "Second question\nwith a line", "output": "Second answer"},
]


def jsonl(*rows):
    return "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows).encode()


def read(format_name, data):
    return list(READERS[format_name](io.BytesIO(data)))


def upload(browser, url, data, name="examples.jsonl", **more):
    return browser.post(
        url("import"), {"file": SimpleUploadedFile(name, data), "format": "", **more}
    )


class TestReading:
    def test_json_lines(self):
        assert read("jsonl", b"\xef\xbb\xbf" + jsonl(GOOD[0], "\n", GOOD[1])) == [
            Row(1, "First question", "First answer", 7),
            Row(3, "Second question\nwith a line", "Second answer", None),
        ]

    def test_csv_with_line_breaks_in_cells_and_marks_before_formulas(self):
        data = b'output,quality,input\r\n"a\r\nb",3,\'=1+1\r\n,,\r\nx,,y\r\n'
        assert read("csv", data) == [
            Row(2, "=1+1", "a\nb", 3),
            RowError(4, "input: empty."),
            Row(5, "y", "x", None),
        ]

    def test_evals(self):
        document = {
            "skill_name": "x",
            "evals": [{"id": 4, "prompt": "P", "expected_output": "E"}, 3],
        }
        assert read("evals", json.dumps(document).encode()) == [
            Row(1, "P", "E", None),
            RowError(2, "The entry is no object."),
        ]

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ("{", "no JSON"),
            ("[" * 200_000, "no JSON"),
            ("[]", "no JSON object"),
            ('{"output": "x"}', "input: missing"),
            ('{"input": 3, "output": "x"}', "input: not a text"),
            ('{"input": " ", "output": "x"}', "input: empty"),
            ('{"input": "x", "output": null}', "output: missing"),
            ('{"input": "x", "output": "\\u0000"}', "output: has a null character"),
            ('{"input": "x", "output": "\\ud800"}', "output: is not UTF-8"),
            (json.dumps({"input": "x" * 5_001, "output": "x"}), "longer than 5,000 characters"),
            ('{"input": "x", "output": "x", "quality": 11}', "quality"),
            ('{"input": "x", "output": "x", "quality": true}', "quality"),
            ('{"input": "x", "output": "x", "quality": "7"}', "quality"),
            ("x" * 1_000_001, "longer than 1 MB"),
        ],
    )
    def test_a_bad_line_is_an_error_of_that_line_alone(self, line, says):
        found = read("jsonl", jsonl(GOOD[0], line + "\n", GOOD[0]))
        assert [row.line for row in found] == [1, 2, 3]
        assert isinstance(found[1], RowError)
        assert says in found[1].message
        assert isinstance(found[2], Row)

    def test_bytes_that_are_not_utf_8_are_an_error_of_their_line(self):
        assert read("jsonl", b'{"input": "\xff"}\n') == [RowError(1, "The line is not UTF-8.")]
        assert read("csv", b"input,output\n\xff,x\n") == [RowError(2, "input: is not UTF-8.")]

    @pytest.mark.parametrize(
        ("format_name", "data"),
        [
            ("csv", b"a,b\n1,2\n"),
            ("csv", b""),
            ("evals", b"no"),
            ("evals", b"[]"),
            ("evals", b'{"evals": 3}'),
        ],
    )
    def test_a_file_of_another_kind_is_told(self, format_name, data):
        with pytest.raises(UnreadableFileError):
            read(format_name, data)

    def test_the_name_tells_the_format(self):
        names = ["A.JSONL", "b.csv", "evals.json", "c.txt"]
        assert [format_of(name) for name in names] == ["jsonl", "csv", "evals", None]


class TestPage:
    def test_a_file_is_tried_first_and_stored_on_a_yes(self, alice, skill, login, url):
        browser = login(alice)
        response = upload(browser, url, jsonl(*GOOD, {"input": TOKEN, "output": "x"}))
        assert response.context["report"].good == 3
        assert response.context["report"].redacted == 1
        assert TOKEN not in response.content.decode()
        assert not SkillFeedback.objects.exists()

        response = browser.post(url("import"), {"rows": response.context["rows"]}, follow=True)
        assert "3 golden examples are imported" in response.content.decode()
        rows = SkillFeedback.objects.order_by("id")
        assert [row.example_input for row in rows][:2] == [row["input"] for row in GOOD]
        assert {(row.source, row.status, row.user) for row in rows} == {
            (Source.WEB, Status.APPROVED, alice)
        }
        assert all(row.cluster_id and row.split for row in rows)
        assert [row.quality_score for row in rows] == [7, None, None]

    def test_bad_lines_are_named_and_the_good_ones_can_still_be_taken(self, alice, login, url):
        browser = login(alice)
        response = upload(browser, url, jsonl(GOOD[0], '{"input": "sesame"}\n'))
        page = response.content.decode()
        assert "output: missing." in page
        assert "sesame" not in page
        assert "Import 1, leave out the 1 bad" in page

    @pytest.mark.parametrize(
        ("name", "data", "says"),
        [
            ("x.txt", jsonl(*GOOD), "format"),
            ("x.csv", b"no,such\n", "columns"),
            ("x.jsonl", b"", "empty"),
            ("x.jsonl", b"x" * 2_000_001, "larger than 2 MB"),
        ],
    )
    def test_a_file_that_cannot_be_read_is_told(self, alice, login, url, name, data, says):
        response = upload(login(alice), url, data, name)
        assert response.status_code == 422
        assert says in str(response.context["form"].errors)

    def test_forged_rows_are_redacted_and_checked_again(self, alice, login, url):
        browser = login(alice)
        browser.post(url("import"), {"rows": jsonl({"input": TOKEN, "output": "x"}).decode()})
        assert TOKEN not in SkillFeedback.objects.get().example_input
        response = browser.post(url("import"), {"rows": "nonsense"})
        assert response.status_code == 422
        assert SkillFeedback.objects.count() == 1


class TestCommand:
    def run(self, tmp_path, data, name="in.jsonl", **options):
        path = tmp_path / name
        path.write_bytes(data)
        call_command("import_examples", str(path), skill="release-notes", **options)

    def test_a_dry_run_stores_nothing(self, skill, tmp_path, capsys):
        self.run(tmp_path, jsonl(*GOOD, "{\n"), dry_run=True)
        captured = capsys.readouterr()
        assert "2 would be imported" in captured.out
        assert "line 3: The line is no JSON." in captured.err
        assert not SkillFeedback.objects.exists()

    def test_one_bad_row_keeps_all_out(self, skill, tmp_path):
        with pytest.raises(CommandError, match="Nothing was imported"):
            self.run(tmp_path, jsonl(*GOOD, "{\n"))
        assert not SkillFeedback.objects.exists()

    def test_or_the_good_ones_come_in(self, skill, tmp_path, capsys):
        self.run(tmp_path, jsonl(*GOOD, "{\n"), skip_bad=True)
        assert SkillFeedback.objects.count() == 2
        assert "2 imported" in capsys.readouterr().out

    def test_a_file_can_be_imported_twice(self, skill, tmp_path, capsys):
        self.run(tmp_path, jsonl(*GOOD, GOOD[0]))
        self.run(tmp_path, jsonl(*GOOD, GOOD[0]))
        assert SkillFeedback.objects.count() == 2
        assert (
            "0 imported (0 rows had something redacted), 3 already there" in capsys.readouterr().out
        )

    @pytest.mark.parametrize("format_name", ["jsonl", "csv", "evals"])
    def test_what_was_exported_comes_back_as_it_was(self, skill, alice, tmp_path, format_name):
        texts = [("=1+1", "-x"), ("'a\n", "{{ b }}"), ("Ünï", "c\td")]
        for given, wanted in texts:
            GoldenExampleFactory(skill=skill, example_input=given, expected_output=wanted)
        place_new_examples(skill.pk)
        assert not SkillFeedback.objects.filter(split=Split.HELD_OUT).exists()
        data = b"".join(FORMATS[format_name].write(CurrentRecords(skill), None))
        SkillFeedback.objects.all().delete()
        self.run(tmp_path, data, f"in.{FORMATS[format_name].extension}")
        rows = SkillFeedback.objects.order_by("id").values_list("example_input", "expected_output")
        assert list(rows) == texts

    @pytest.mark.parametrize(
        ("name", "options", "says"),
        [
            ("in.txt", {}, "--format"),
            ("in.csv", {}, "columns"),
            ("in.jsonl", {"tenant": "nobody"}, "no skill release-notes in nobody"),
        ],
    )
    def test_it_says_what_is_wrong(self, skill, tmp_path, name, options, says):
        with pytest.raises(CommandError, match=re.escape(says)):
            self.run(tmp_path, b"nothing", name, **options)
