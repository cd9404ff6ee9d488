"""Import from the page: a file is tried first, and what was good in it, redacted, waits in the form for a yes.

Nothing is stored between the two, neither the file nor a part of it.
"""

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import PageRequest
from skills.models import Skill
from training.access import skill_to_review
from training.exports.lines import dumps
from training.imports.rows import READERS, UnreadableFileError, format_of, read_jsonl
from training.imports.run import ImportReport, import_rows
from training.models import SkillFeedback
from training.page import page_context

# Django refuses a body with more than 2.5 MB beside its files; the good rows come back in one.
MAX_FILE_BYTES = 2_000_000
MAX_WAITING_BYTES = 2_400_000
# Placeholders may have made a text longer than what can be typed.
MAX_REDACTED_CHARACTERS = 20_000


class ImportForm(forms.Form):
    file = forms.FileField(
        label="File",
        help_text="JSON Lines, CSV, or evals.json; up to 2 MB. Larger ones: manage.py import_examples.",
        error_messages={
            "required": "Choose a file of up to 2 MB; for larger ones use manage.py import_examples."
        },
    )
    format = forms.ChoiceField(
        required=False,
        choices=[
            ("", "By the file's name"),
            ("jsonl", "JSON Lines"),
            ("csv", "CSV"),
            ("evals", "evals.json"),
        ],
    )

    def clean_file(self) -> "UploadedFile[Any]":
        found: UploadedFile[Any] = self.cleaned_data["file"]
        if (found.size or 0) > MAX_FILE_BYTES:
            raise forms.ValidationError(
                "The file is larger than 2 MB: use manage.py import_examples."
            )
        return found

    def format_name(self) -> str:
        chosen = self.cleaned_data["format"] or format_of(self.cleaned_data["file"].name or "")
        if not chosen:
            raise UnreadableFileError("Choose the file's format: its name does not tell.")
        return str(chosen)


@require_http_methods(["GET", "HEAD", "POST"])
def import_examples(request: PageRequest, *, slug: str) -> HttpResponse:
    skill = skill_to_review(request, slug)
    if request.method == "POST" and "rows" in request.POST:
        return _store(request, skill)
    context = page_context(request, skill, page_name="Import", form=ImportForm())
    status = 200
    if request.method == "POST":
        form = context["form"] = ImportForm(request.POST, request.FILES)
        if form.is_valid():
            _try(request, skill, form, context)
        status = 422 if form.errors else 200
    return render(request, "training/import.html", context, status=status)


def _try(request: PageRequest, skill: Skill, form: ImportForm, context: dict[str, object]) -> None:
    """The dry run: the report, and the rows that would be stored."""
    waiting: list[str] = []
    try:
        report = import_rows(
            READERS[form.format_name()](form.cleaned_data["file"].file),
            skill=skill,
            user_id=request.user.pk,
            dry_run=True,
            keep=lambda example: waiting.append(_line(example)),
        )
    except UnreadableFileError as error:
        form.add_error("file", str(error))
        return
    rows = "\n".join(waiting)
    if len(rows.encode()) > MAX_WAITING_BYTES:
        form.add_error(
            "file", "There is too much in the file for this page: use manage.py import_examples."
        )
        return
    context["report"] = report
    context["rows"] = rows


def _store(request: PageRequest, skill: Skill) -> HttpResponse:
    """The rows have been redacted once; they come from a browser, so they are again."""
    source = io.BytesIO(request.POST["rows"].encode(errors="replace"))
    report: ImportReport = import_rows(
        read_jsonl(source, max_characters=MAX_REDACTED_CHARACTERS),
        skill=skill,
        user_id=request.user.pk,
        dry_run=False,
    )
    if report.stored:
        messages.success(request, f"{report.good:,} golden examples are imported, and approved.")
        return redirect("training:example-list", slug=skill.slug)
    context = page_context(request, skill, page_name="Import", form=ImportForm(), report=report)
    return render(request, "training/import.html", context, status=422)


def _line(example: SkillFeedback) -> str:
    return dumps(
        {
            "input": example.example_input,
            "output": example.expected_output,
            "quality": example.quality_score,
        }
    )
