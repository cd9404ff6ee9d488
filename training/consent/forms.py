"""The preferences form: all of a person's preferences but the consent, which is a decision and not a field."""

from collections import Counter
from typing import Any

from django import forms

from settings_app.models import UserPreferences
from training.sanitizer import SanitizerError, sanitize_payload

SAVED_FIELDS = ["preferred_categories", "default_sort", "claude_md_workflow_notes"]


class PreferencesForm(forms.ModelForm):
    """Notes pass the sanitizer; `redactions` counts what it took out, by kind."""

    preferred_categories = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Skills of these categories are shown first. None chosen: all alike.",
    )

    class Meta:
        model = UserPreferences
        fields = SAVED_FIELDS
        labels = {
            "default_sort": "Order of skills",
            "claude_md_workflow_notes": "Workflow notes",
        }
        help_texts = {
            "claude_md_workflow_notes": (
                "How you work, for your own CLAUDE.md: up to 10,000 characters, seen by you alone. "
                "Keys and passwords are taken out when you save."
            ),
        }
        widgets = {"claude_md_workflow_notes": forms.Textarea(attrs={"rows": 8})}

    def __init__(self, *args: Any, categories: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A category that was chosen stays on offer when its last skill is gone.
        offered = sorted({*categories, *self.instance.preferred_categories})
        self.redactions: Counter[str] = Counter()
        if offered:
            choices = [(name, name) for name in offered]
            self.fields["preferred_categories"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["preferred_categories"]

    def clean_claude_md_workflow_notes(self) -> str:
        try:
            result = sanitize_payload(self.cleaned_data["claude_md_workflow_notes"])
        except SanitizerError:
            raise forms.ValidationError(
                "These notes could not be checked for secrets, so they were not saved. Shorten or split them."
            ) from None
        self.redactions.update(finding.type for finding in result.findings)
        return result.sanitized

    def save_preferences(self) -> None:
        """Save the form's own columns only: a consent withdrawn meanwhile must not be written back."""
        preferences, _ = UserPreferences.objects.get_or_create(user=self.instance.user)
        changed = [name for name in SAVED_FIELDS if name in self.cleaned_data]
        for name in changed:
            setattr(preferences, name, self.cleaned_data[name])
        preferences.save(update_fields=[*changed, "updated_at"])


class CaptureForm(forms.Form):
    """One of the buttons of the capture page, or of the admin site's question."""

    action = forms.ChoiceField(
        choices=[(name, name) for name in ("on", "off_keep", "off_purge", "keep", "purge")],
        error_messages={"required": "Choose one of the buttons.", "invalid_choice": "Choose one."},
    )
