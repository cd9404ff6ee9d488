"""One decision about all examples that a filter chooses."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import PageRequest
from training.access import skill_to_review
from training.decisions_for_many import decide_many, undo_many
from training.filters import ExampleFilter
from training.models import SkillFeedback, SkillFeedbackQuerySet, Status
from training.page import page_context

PREVIEW = 5


class BulkForm(forms.Form):
    """What was on the page when the button was pressed: the newest example then, and how many there were."""

    status = forms.ChoiceField(choices=[(Status.APPROVED, "Approve"), (Status.REJECTED, "Reject")])
    newest = forms.UUIDField()
    count = forms.IntegerField(min_value=1)

    prefix = "decision"


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_decide(request: PageRequest, *, slug: str) -> HttpResponse:
    """The filter stands in the address, also of the POST; what arrived after the page was made is not touched."""
    skill = skill_to_review(request, slug)
    filters = ExampleFilter(request.GET)
    matching = filters.apply(SkillFeedback.objects.of_skill(skill))
    if filters.errors:
        # A choice that is not understood must not become a wider one here.
        matching = matching.none()
    if request.method == "POST":
        form = BulkForm(request.POST)
        if form.is_valid() and (batch := _decide(request, matching, form)):
            url = reverse("training:bulk", kwargs={"slug": slug})
            return redirect(f"{url}?batch={batch}")
        messages.warning(
            request,
            "Nothing was changed: these are no longer the examples that you saw. Look again, then decide.",
        )
    newest = matching.order_by("-id").values_list("pk", flat=True).first()
    context = page_context(
        request,
        skill,
        page_name="Many at once",
        filters=filters,
        count=matching.count(),
        newest=newest,
        preview=matching.with_people().newest_first()[:PREVIEW],
        batch=request.GET.get("batch", ""),
    )
    return render(
        request, "training/bulk.html", context, status=409 if request.method == "POST" else 200
    )


@require_POST
def bulk_undo(request: PageRequest, *, slug: str, batch_id: UUID) -> HttpResponse:
    skill = skill_to_review(request, slug)
    count = undo_many(batch_id=batch_id, skill_id=skill.pk, reviewer=request.user)
    if count:
        messages.success(request, f"Undone: {count:,} examples are as they were.")
    else:
        messages.info(request, "There was nothing left to undo.")
    return redirect("training:bulk", slug=slug)


def _decide(request: PageRequest, matching: SkillFeedbackQuerySet, form: BulkForm) -> UUID | None:
    seen = matching.filter(id__lte=form.cleaned_data["newest"])
    if seen.count() != form.cleaned_data["count"]:
        return None
    status = Status(form.cleaned_data["status"])
    batch, count = decide_many(seen, status=status, reviewer=request.user)
    messages.success(request, f"{count:,} examples are now {status.label.lower()}.")
    return batch
