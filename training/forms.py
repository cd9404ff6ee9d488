"""What people type about examples: a new one, a correction, a decision."""

from typing import Any
from uuid import UUID

from django import forms

from accounts.models import User
from settings_app.models import SiteSettings
from training.decisions import edit_example, undo_decision
from training.models import SkillFeedback, Source
from training.models.release import NAME_VALIDATOR
from training.releases import Choice

MAX_TYPED_CHARACTERS = 5_000
MAX_NOTE_CHARACTERS = 2_000
QUALITY_CHOICES = [("", "–"), *((str(score), str(score)) for score in range(1, 11))]


class SampleField(forms.CharField):
    """A text of an example: 1–5,000 characters as typed, its indentation kept, never only white space."""

    def __init__(
        self, *, rows: int = 8, max_length: int | None = MAX_TYPED_CHARACTERS, **kwargs: Any
    ):
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})
        super().__init__(max_length=max_length, strip=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        # Browsers send line ends as two characters and count them as one.
        text = (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else ""


class QualityField(forms.TypedChoiceField):
    """1–10, or empty for not judged."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", "Quality")
        super().__init__(
            choices=QUALITY_CHOICES, coerce=int, empty_value=None, required=False, **kwargs
        )


class GoldenForm(forms.Form):
    example_input = SampleField(
        label="Input", help_text="What a person asks or the agent is given. 1–5,000 characters."
    )
    expected_output = SampleField(
        label="Expected output", help_text="The answer the skill should give. 1–5,000 characters."
    )
    quality_score = QualityField(help_text="10 is best. Leave it empty if you have not judged it.")


class SanitizerTryForm(forms.Form):
    """A text to try the sanitizer on. It is longer than an example may be: a whole snippet as a client sends it."""

    text = SampleField(
        label="Text", rows=12, max_length=16_000, help_text="1–16,000 characters. Not stored."
    )
    personal_data = forms.BooleanField(
        label="Also take out personal data",
        required=False,
        help_text="E-mail addresses, telephone and card numbers, and the like, as in captured examples.",
    )


class EditForm(forms.Form):
    """Correct an example. What was replaced is kept in its history."""

    example_input = SampleField(label="Input")
    expected_output = SampleField(label="Expected output")
    quality_score = QualityField()
    review_notes = forms.CharField(
        label="Note",
        required=False,
        max_length=MAX_NOTE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For you, your administrators and the person it came from; never part of a dataset.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, example: SkillFeedback, **kwargs: Any):
        kwargs.setdefault(
            "initial",
            {
                "example_input": example.example_input,
                "expected_output": example.output,
                "quality_score": example.quality_score or "",
                "review_notes": example.review_notes,
                "version": example.version,
            },
        )
        super().__init__(*args, **kwargs)
        self.example = example
        self.stale: SkillFeedback | None = None
        # A stored text may be longer than what can be typed: its placeholders may have made it so.
        for name in ("example_input", "expected_output"):
            stored = len(kwargs["initial"].get(name, ""))
            self._allow(name, max(MAX_TYPED_CHARACTERS, stored))

    def _allow(self, name: str, characters: int) -> None:
        field = SampleField(label=self.fields[name].label, max_length=characters, rows=12)
        self.fields[name] = field

    def edit(self, example: SkillFeedback, *, reviewer: User) -> None:
        """Raises what `SkillFeedback.edit` raises."""
        site_settings = SiteSettings.objects.filter(tenant_id=example.tenant_id).first()
        keeps_personal_data = site_settings is not None and not site_settings.redact_personal_data
        edit_example(
            example,
            reviewer=reviewer,
            personal_data=example.is_captured and not keeps_personal_data,
            **self.cleaned_data,
        )

    def accept_version(self, version: int) -> None:
        """Let the next press of the button save over this version, which the page has shown."""
        self.data = {name: self.data[name] for name in self.data} | {"version": str(version)}


class DecisionForm(forms.Form):
    """One press of a button beside an example. `version` is the one that the reviewer saw."""

    APPROVE, REJECT, UNDO = "approve", "reject", "undo"

    decision = forms.ChoiceField(choices=[(APPROVE, "Approve"), (REJECT, "Reject"), (UNDO, "Undo")])
    version = forms.IntegerField(min_value=1)
    quality_score = QualityField()

    def decide(
        self, example: SkillFeedback, *, reviewer: User, batch_id: UUID | None = None
    ) -> str:
        """Carry it out and say what was done. Raises `StaleDecision` and `NothingToUndo`."""
        decision, version = self.cleaned_data["decision"], self.cleaned_data["version"]
        if decision == self.UNDO:
            undone = undo_decision(example, reviewer=reviewer, version=version)
            return f"Undone: it is no longer {undone.get_action_display().lower()}."
        if decision == self.APPROVE:
            example.approve(
                reviewer=reviewer, version=version, batch_id=batch_id, **self._changes()
            )
            return "Approved."
        example.reject(reviewer=reviewer, version=version, batch_id=batch_id, **self._changes())
        return "Rejected."

    def _changes(self) -> dict[str, int | None]:
        """The quality, when the form that was sent had it at all."""
        if "quality_score" not in self.data:
            return {}
        return {"quality_score": self.cleaned_data["quality_score"]}


class CardForm(DecisionForm):
    """A decision in the queue, and what it means for the card's near-copies."""

    SAME, REJECT_TWINS = "same", "reject"

    twins = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Leave them in the queue"),
            (SAME, "Decide the same"),
            (REJECT_TWINS, "Reject them as copies"),
        ],
    )


class ReleaseForm(forms.Form):
    """Name a release and choose what goes into it."""

    ANY = ""

    name = forms.CharField(
        max_length=64,
        validators=[NAME_VALIDATOR],
        help_text="Like v1 or 2026-01: lower case letters, digits, dots, hyphens. It cannot be changed later.",
    )
    notes = forms.CharField(
        required=False,
        max_length=MAX_NOTE_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What is new, for whoever trains on it.",
    )
    source = forms.ChoiceField(
        required=False, choices=[(ANY, "Golden and captured"), *Source.choices], label="Sources"
    )
    minimum_quality = QualityField(
        label="Quality at least", help_text="Empty: examples without a judgement go in, too."
    )

    def choice(self) -> Choice:
        source = self.cleaned_data["source"]
        minimum = self.cleaned_data["minimum_quality"]
        if source == self.ANY:
            return Choice(minimum_quality=minimum)
        return Choice(sources=(source,), minimum_quality=minimum)
