"""The sanitizer for people: the page to try it on, and the two commands."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.factories import CapturedExampleFactory, GoldenExampleFactory
from training.models import Revision, SkillFeedback
from training.sanitizer import SANITIZER_VERSION

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
LEAK = f"first line\nuse {TOKEN} to log in"


@pytest.fixture
def alice_browser(login, alice):
    return login(alice)


class TestThePage:
    def test_it_shows_what_would_be_taken_out_and_why(self, alice_browser, url):
        page = alice_browser.post(url("sanitizer-try"), {"text": LEAK})
        assert page.status_code == 200
        assert page.context["findings"] == [
            {
                "line": 2,
                "column": 5,
                "kind": "GITHUB_TOKEN",
                "reason": page.context["findings"][0]["reason"],
            }
        ]
        assert "GitHub" in page.context["findings"][0]["reason"]
        assert page.context["sanitized"] == "first line\nuse [REDACTED:GITHUB_TOKEN] to log in"

    def test_it_stores_and_caches_nothing(self, alice_browser, url, caplog):
        page = alice_browser.post(url("sanitizer-try"), {"text": LEAK})
        assert SkillFeedback.objects.count() == 0
        assert "no-store" in page["Cache-Control"]
        assert TOKEN not in caplog.text

    def test_it_takes_out_personal_data_only_when_asked(self, alice_browser, url):
        text = {"text": "write to jane@example.org"}
        without = alice_browser.post(url("sanitizer-try"), text)
        with_it = alice_browser.post(url("sanitizer-try"), {**text, "personal_data": "on"})
        assert without.context["findings"] == []
        assert [found["kind"] for found in with_it.context["findings"]] == ["EMAIL"]

    def test_it_refuses_an_empty_and_a_long_text(self, alice_browser, url):
        assert alice_browser.post(url("sanitizer-try"), {"text": " "}).status_code == 422
        assert alice_browser.post(url("sanitizer-try"), {"text": "x" * 16_001}).status_code == 422


class TestTheSanitizeCommand:
    def test_it_names_line_kind_and_reason_and_not_the_value(self, tmp_path, capsys):
        path = tmp_path / "leak.txt"
        path.write_text(LEAK, encoding="utf-8")
        call_command("sanitize", str(path))
        out = capsys.readouterr().out
        assert out.startswith("2:5  GITHUB_TOKEN, 40 characters: ")
        assert TOKEN not in out

    def test_it_prints_the_text_or_json(self, tmp_path, capsys):
        path = tmp_path / "leak.txt"
        path.write_text(LEAK, encoding="utf-8")
        call_command("sanitize", str(path), "--text")
        assert capsys.readouterr().out == "first line\nuse [REDACTED:GITHUB_TOKEN] to log in"
        call_command("sanitize", str(path), "--json")
        assert json.loads(capsys.readouterr().out) == {
            "sanitizer_version": SANITIZER_VERSION,
            "findings": [{"line": 2, "column": 5, "kind": "GITHUB_TOKEN", "characters": 40}],
        }

    def test_it_says_what_is_wrong_with_a_file(self, tmp_path):
        path = tmp_path / "picture.png"
        path.write_bytes(b"\x89PNG\xff")
        with pytest.raises(CommandError, match="no text in UTF-8"):
            call_command("sanitize", str(path))
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("sanitize", str(tmp_path / "missing"))


@pytest.mark.django_db
class TestTheRescanCommand:
    def leak(self, example):
        """As if older rules had let the token through."""
        SkillFeedback.objects.filter(pk=example.pk).update(
            example_input=LEAK, redactions={"PASSWORD": 1}, sanitizer_version="2001.1.1"
        )

    def test_it_redacts_what_older_rules_let_through(self, skill, capsys):
        example = CapturedExampleFactory(skill=skill)
        self.leak(example)
        call_command("rescan")
        example.refresh_from_db()
        assert TOKEN not in example.example_input
        assert example.redactions == {"GITHUB_TOKEN": 1, "PASSWORD": 1}
        assert example.sanitizer_version == SANITIZER_VERSION
        assert example.content_hash == example.hash_content()
        assert "GITHUB_TOKEN: 1" in capsys.readouterr().out

    def test_it_redacts_in_the_texts_that_edits_replaced(self, skill, alice):
        example = CapturedExampleFactory(skill=skill)
        example.edit(
            reviewer=alice,
            version=example.version,
            example_input="new",
            expected_output="new",
            quality_score=None,
            review_notes="",
            personal_data=True,
        )
        Revision.objects.filter(feedback=example).update(example_input=LEAK)
        call_command("rescan")
        assert TOKEN not in Revision.objects.get(feedback=example).example_input

    def test_it_changes_nothing_in_a_dry_run_and_nothing_twice(self, skill, capsys):
        example = CapturedExampleFactory(skill=skill)
        self.leak(example)
        call_command("rescan", "--dry-run")
        example.refresh_from_db()
        assert example.example_input == LEAK
        call_command("rescan")
        capsys.readouterr()
        call_command("rescan")
        assert ", 0 changed." in capsys.readouterr().out

    def test_it_keeps_an_authors_personal_data_and_takes_a_captures(self, skill):
        golden, captured = GoldenExampleFactory(skill=skill), CapturedExampleFactory(skill=skill)
        SkillFeedback.objects.update(example_input="write to jane@example.org")
        call_command("rescan")
        golden.refresh_from_db()
        captured.refresh_from_db()
        assert golden.example_input == "write to jane@example.org"
        assert captured.example_input == "write to [REDACTED:EMAIL]"

    def test_it_keeps_both_of_two_examples_that_become_the_same(self, skill):
        first, second = GoldenExampleFactory.create_batch(2, skill=skill, expected_output="same")
        for number, example in enumerate((first, second)):
            SkillFeedback.objects.filter(pk=example.pk).update(
                example_input=f"use {TOKEN[:-1]}{number} now"
            )
        call_command("rescan")
        assert set(SkillFeedback.objects.values_list("example_input", flat=True)) == {
            "use [REDACTED:GITHUB_TOKEN] now"
        }
