"""An author shares a skill and changes it; nobody else does, and no secret comes in with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from skills.models import Skill
from tests.factories import SkillFactory

NEW = reverse("skills:skill-create")
TEXT = """---
name: pdf-forms
description: Fills PDF forms.
---

# Fill PDF forms

Do it.
"""
# Composed, so that no scanner takes this file for a leak.
SECRET = "gh" + "p_" + "n7Kq2Lw9Xc4Vb8Zt1Ry6Pm3Sd5Fg0Hj2QaWe"


def edit_url(skill):
    return reverse("skills:skill-edit", args=[skill.slug])


def test_a_pasted_skill_is_stored_as_it_stands(login, alice):
    response = login(alice).post(NEW, {"content": TEXT, "category": "  Office   Work "})
    skill = Skill.objects.get()
    assert response["Location"] == reverse("skills:skill-detail", args=["pdf-forms"])
    assert (skill.tenant, skill.author, skill.slug) == (alice.tenant, alice, "pdf-forms")
    assert (skill.name, skill.description) == ("Fill PDF forms", "Fills PDF forms.")
    assert (skill.category, skill.content) == ("office work", TEXT)


def test_an_uploaded_skill_takes_the_place_of_the_pasted_one(login, alice):
    data = ("\ufeff" + TEXT.replace("\n", "\r\n")).encode()
    upload = SimpleUploadedFile("SKILL.md", data)
    login(alice).post(NEW, {"content": "old", "upload": upload})
    assert Skill.objects.get().content == TEXT


def test_an_upload_with_errors_comes_back_as_text_to_correct(login, alice):
    upload = SimpleUploadedFile("SKILL.md", TEXT.replace("pdf-forms", "PDF").encode())
    response = login(alice).post(NEW, {"content": "old", "upload": upload})
    assert response.status_code == 422
    assert "Line 2: name must be" in response.text
    assert "Fill PDF forms" in response.text


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"---\nname: a\n\xff\xfe", "Line 3 is not UTF-8"),
        (b"x" * 400_001, "larger than 400,000 bytes"),
        (b"", "empty"),
        (TEXT.encode() + b"\0", "Line 9: there is a control character"),
    ],
    ids=["not UTF-8", "too large", "empty", "NUL"],
)
def test_an_upload_that_is_no_text_is_refused(login, alice, data, error):
    upload = SimpleUploadedFile("SKILL.md", data)
    response = login(alice).post(NEW, {"content": TEXT, "upload": upload})
    assert response.status_code == 422
    assert error in response.text
    assert not Skill.objects.exists()


def test_a_text_with_nul_or_too_long_is_refused(login, alice):
    browser = login(alice)
    for text in (TEXT + "\0", TEXT + "x" * 100_000, "", "no frontmatter"):
        assert browser.post(NEW, {"content": text}).status_code == 422
    assert not Skill.objects.exists()


def test_a_secret_is_refused_with_its_line_and_nothing_is_stored(login, alice):
    text = TEXT + f"\nUse the token {SECRET} here.\n"
    response = login(alice).post(NEW, {"content": text})
    assert response.status_code == 422
    errors = " ".join(response.context["form"].errors["content"])
    assert "line 10" in errors
    assert SECRET not in errors
    assert "no-store" in response["Cache-Control"]
    assert not Skill.objects.exists()


def test_a_secret_in_the_category_or_the_frontmatter_is_refused(login, alice):
    browser = login(alice)
    assert browser.post(NEW, {"content": TEXT, "category": SECRET}).status_code == 422
    hidden = TEXT.replace("---\n\n", f"license: {SECRET}\n---\n\n", 1)
    assert browser.post(NEW, {"content": hidden}).status_code == 422
    assert not Skill.objects.exists()


def test_a_name_is_unique_in_the_tenant(login, alice, bob):
    SkillFactory(author=bob, slug="pdf-forms")
    response = login(alice).post(NEW, {"content": TEXT})
    assert response.status_code == 422
    assert "Line 2: your organisation already has" in response.text
    assert Skill.objects.count() == 1


def test_another_tenant_may_use_the_same_name(login, alice, charlie):
    SkillFactory(author=charlie, slug="pdf-forms")
    assert login(alice).post(NEW, {"content": TEXT}).status_code == 302


def test_a_name_taken_in_the_meantime_is_an_error_and_no_crash(login, alice, bob, monkeypatch):
    # Two authors press the button at once: both find the name free, one is second to insert.
    monkeypatch.setattr("skills.forms.SkillForm._check_name", lambda form, skill_md: None)
    SkillFactory(author=bob, slug="pdf-forms")
    response = login(alice).post(NEW, {"content": TEXT})
    assert response.status_code == 422
    assert "already has a skill of this name" in response.text
    assert Skill.objects.count() == 1


def test_the_author_changes_a_skill(login, alice):
    skill = SkillFactory(author=alice, slug="pdf-forms")
    browser = login(alice)
    assert browser.get(edit_url(skill)).context["form"]["content"].value() == skill.content
    assert browser.post(edit_url(skill), {"content": TEXT}).status_code == 302
    skill.refresh_from_db()
    assert skill.content == TEXT


def test_a_change_that_is_refused_leaves_the_skill_as_it_was(login, alice):
    skill = SkillFactory(author=alice, slug="pdf-forms")
    before = skill.content
    assert login(alice).post(edit_url(skill), {"content": "broken"}).status_code == 422
    skill.refresh_from_db()
    assert skill.content == before


def test_a_skill_keeps_the_name_its_uses_are_reported_under(login, alice):
    skill = SkillFactory(author=alice, slug="pdf-forms")
    text = TEXT.replace("name: pdf-forms", "name: pdf-form-filler")
    response = login(alice).post(edit_url(skill), {"content": text})
    assert "Line 2: the name stays pdf-forms" in response.text
    skill.refresh_from_db()
    assert skill.slug == "pdf-forms"


def test_nobody_but_the_author_can_change_it(login, alice, bob, ada, charlie):
    skill = SkillFactory(author=alice, slug="pdf-forms")
    for person in (bob, ada, charlie):
        browser = login(person)
        assert browser.get(edit_url(skill)).status_code == 404
        assert browser.post(edit_url(skill), {"content": TEXT}).status_code == 404
    skill.refresh_from_db()
    assert skill.content != TEXT
