"""Try the sanitizer: a text in, what would be taken out of it; nothing is stored."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.requests import PageRequest
from training.access import skill_to_review
from training.forms import SanitizerTryForm
from training.page import page_context
from training.sanitizer import SanitizerError, sanitize_payload
from training.sanitizer.reasons import line_and_column, reason_for


# The text is nobody's to keep: not in a cache, and not in an error report.
@never_cache
@sensitive_post_parameters()
@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
def sanitizer_try(request: PageRequest, *, slug: str) -> HttpResponse:
    skill = skill_to_review(request, slug)
    form = SanitizerTryForm(request.POST or None)
    context = page_context(request, skill, page_name="Try the sanitizer", form=form)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            context |= judge(form)
        status = 200 if form.is_valid() else 422
    return render(request, "training/sanitizer_try.html", context, status=status)


@sensitive_variables()
def judge(form: SanitizerTryForm) -> dict[str, Any]:
    """The sanitized text and a row for each finding; an error on the form when the text could not be judged."""
    text = form.cleaned_data["text"]
    try:
        result = sanitize_payload(text, personal_data=form.cleaned_data["personal_data"])
    except SanitizerError:
        form.add_error("text", "This text could not be judged, so it would not be stored.")
        return {}
    findings = []
    for finding in result.findings:
        line, column = line_and_column(text, finding.start)
        findings.append(
            {
                "line": line,
                "column": column,
                "kind": finding.type,
                "reason": reason_for(finding.type),
            }
        )
    return {"sanitized": result.sanitized, "findings": findings, "judged": True}
