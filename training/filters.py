"""Which examples of a skill: the filter that the list, the queue and the decisions for many have in common."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models.functions import Length
from django.http import QueryDict
from django.utils import timezone

from training.models import SkillFeedbackQuerySet, Source, Status

AGES = {
    "day": ("Last 24 hours", timedelta(days=1)),
    "week": ("Last 7 days", timedelta(days=7)),
    "month": ("Last 30 days", timedelta(days=30)),
    "older-month": ("Older than 30 days", timedelta(days=30)),
    "older-quarter": ("Older than 90 days", timedelta(days=90)),
}
COLUMNS = {"status": "status", "source": "source", "tool": "tool_name", "cluster": "cluster_id"}
MAX_LENGTH = 20_000
# In the queue everything is pending.
QUEUE_FIELDS = ("source", "tool", "age", "redactions", "shortest", "longest", "cluster")


class ExampleFilter(forms.Form):
    """Read from a query string. A value that is not understood filters nothing, and is shown as an error."""

    status = forms.ChoiceField(
        required=False, choices=[("", "Any"), *Status.choices], label="Status"
    )
    source = forms.ChoiceField(
        required=False, choices=[("", "Any"), *Source.choices], label="Source"
    )
    tool = forms.CharField(required=False, max_length=200, label="Tool")
    age = forms.ChoiceField(
        required=False,
        label="Age",
        choices=[("", "Any"), *((key, label) for key, (label, _) in AGES.items())],
    )
    redactions = forms.ChoiceField(
        required=False,
        label="Redactions",
        choices=[("", "Any"), ("with", "With redactions"), ("without", "Without")],
    )
    shortest = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_LENGTH, label="From characters"
    )
    longest = forms.IntegerField(
        required=False, min_value=0, max_value=MAX_LENGTH, label="To characters"
    )
    cluster = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | dict[str, Any], *, only: tuple[str, ...] = (), **kwargs: Any
    ):
        super().__init__(data, **kwargs)
        for name in set(self.fields) - set(only or self.fields):
            del self.fields[name]
        self.is_valid()

    @property
    def chosen(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    def query(self) -> str:
        """The filter as a query string, only what was understood."""
        kept = QueryDict(mutable=True)
        for name, value in self.chosen.items():
            kept[name] = str(value)
        return kept.urlencode()

    def apply(self, examples: SkillFeedbackQuerySet) -> SkillFeedbackQuerySet:
        chosen = self.chosen
        for name, lookup in (
            ("status", "status"),
            ("source", "source"),
            ("tool", "tool_name"),
            ("cluster", "cluster_id"),
        ):
            if name in chosen:
                examples = examples.filter(**{lookup: chosen[name]})
        if "age" in chosen:
            examples = self._by_age(examples, chosen["age"])
        if "redactions" in chosen:
            without: dict[str, dict[str, int]] = {"redactions": {}}
            examples = (
                examples.filter(**without)
                if chosen["redactions"] == "without"
                else examples.exclude(**without)
            )
        return self._by_length(examples)

    def _by_age(self, examples: SkillFeedbackQuerySet, age: str) -> SkillFeedbackQuerySet:
        border = timezone.now() - AGES[age][1]
        comparison = "lt" if age.startswith("older") else "gte"
        return examples.filter(**{f"created_at__{comparison}": border})

    def _by_length(self, examples: SkillFeedbackQuerySet) -> SkillFeedbackQuerySet:
        shortest, longest = self.chosen.get("shortest"), self.chosen.get("longest")
        if shortest is None and longest is None:
            return examples
        # Input and both outputs together: what a reviewer has to read.
        examples = examples.annotate(
            characters=Length("example_input")
            + Length("example_output")
            + Length("expected_output")
        )
        if shortest is not None:
            examples = examples.filter(characters__gte=shortest)
        if longest is not None:
            examples = examples.filter(characters__lte=longest)
        return examples
