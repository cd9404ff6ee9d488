"""The form by which a SKILL.md comes in, pasted or uploaded."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from accounts.models import Tenant, User
from everyskill.secret_refusal import refuse_secrets
from skills.models import Skill, SkillQuerySet
from skills.skill_md import MAX_CHARACTERS, Problem, SkillMd, SkillMdError, parse_skill_md

# UTF-8 takes up to 4 bytes a character; more cannot be a file within the limit.
MAX_UPLOAD_BYTES = 4 * MAX_CHARACTERS

EXAMPLE = """---
name: review-migrations
description: What the skill does, and when an agent should reach for it.
---

# Review migrations

Write here what the agent should do, step by step.
"""


class SkillForm(forms.Form):
    """Name, title and description are read from the SKILL.md; only the category is asked for beside it."""

    upload = forms.FileField(
        label="Or upload a file",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".md,text/markdown"}),
        help_text="Takes the place of the text above.",
    )
    content = forms.CharField(
        label="SKILL.md",
        required=False,
        strip=False,
        max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false"}),
        help_text="Frontmatter with name and description between two lines of <code>---</code>, then Markdown.",
    )
    category = forms.CharField(
        required=False,
        max_length=50,
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
        help_text="One word or two to find it by: “databases”, “writing”.",
        validators=[refuse_secrets],
    )

    def __init__(
        self,
        *args: Any,
        tenant: Tenant,
        author: User,
        skill: Skill | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        self.author = author
        self.skill = skill
        self.skill_md: SkillMd | None = None
        if skill:
            self.initial = {"content": skill.content, "category": skill.category}
        else:
            self.initial = {"content": EXAMPLE}

    def clean_upload(self) -> str | None:
        """The file's text: at most 400,000 bytes of UTF-8."""
        file: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        if file is None:
            return None
        if (file.size or 0) > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_UPLOAD_BYTES:,} bytes.")
        data = file.read()
        try:
            return str(data.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise forms.ValidationError(
                f"Line {line} is not UTF-8 text. Save the file as UTF-8 and upload it again."
            ) from None

    def clean_category(self) -> str:
        return " ".join(self.cleaned_data["category"].lower().split())

    def clean(self) -> dict[str, Any]:
        cleaned_data = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned_data
        text = cleaned_data["upload"] or cleaned_data["content"]
        text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
        # An upload's text is what the person now sees and corrects.
        cleaned_data["content"] = text
        self.data = {**self.data.dict(), "content": text}  # type: ignore[attr-defined]
        try:
            self.skill_md = parse_skill_md(text)
            self._check_name(self.skill_md)
        except SkillMdError as error:
            for problem in error.problems:
                self.add_error("content", str(problem))
        try:
            refuse_secrets(text)
        except forms.ValidationError as error:
            self.add_error("content", error)
        return cleaned_data

    def _check_name(self, skill_md: SkillMd) -> None:
        if self.skill and skill_md.name != self.skill.slug:
            text = f"the name stays {self.skill.slug}, because agents report its uses under it."
            raise SkillMdError([Problem(skill_md.name_line, text)])
        if not self.skill and self.tenant.skills.filter(slug=skill_md.name).exists():
            raise SkillMdError([Problem(skill_md.name_line, NAME_TAKEN)])

    def save(self) -> Skill | None:
        """Write the skill; None, with an error on the form, when another of that name came first."""
        if self.skill_md is None:
            raise ValueError("Only a valid form can be saved.")
        skill = self.skill or Skill(tenant=self.tenant, author=self.author)
        skill.slug = self.skill_md.name
        skill.name = self.skill_md.title
        skill.description = self.skill_md.description
        skill.category = self.cleaned_data["category"]
        skill.content = self.cleaned_data["content"]
        try:
            with transaction.atomic():
                skill.save()
        except IntegrityError:
            self.add_error("content", str(Problem(self.skill_md.name_line, NAME_TAKEN)))
            return None
        return skill


NAME_TAKEN = "your organisation already has a skill of this name. Choose another."


class SkillFilter(forms.Form):
    """What the list is asked for. Anything that makes no sense counts as not asked."""

    SORTS = {"uses": "Most used", "quality": "Best quality", "newest": "Newest"}

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, purpose or text"}),
    )
    category = forms.ChoiceField(required=False)
    sort = forms.ChoiceField(required=False, choices=list(SORTS.items()))

    def __init__(
        self,
        *args: Any,
        tenant: Tenant,
        usual_sort: str,
        preferred: list[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        self.usual_sort = usual_sort
        self.preferred = preferred
        own = [("mine", "Those I prefer")] if preferred else []
        # A category may itself be called “mine”; its key then begins with a mark that no category can have.
        named = [(f"={category}", category) for category in tenant.skills.categories()]
        self.fields["category"].choices = [("", "All categories"), *own, *named]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or self.usual_sort

    @property
    def is_narrowed(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("q", "category"))

    def find(self) -> SkillQuerySet:
        """The skills that are asked for, in no order."""
        text, category = self.cleaned_data.get("q", ""), self.cleaned_data.get("category", "")
        found: SkillQuerySet = self.tenant.skills.search(text)
        if not category:
            return found
        chosen = self.preferred if category == "mine" else [category.removeprefix("=")]
        return found.filter(category__in=chosen)

    def in_order(self, found: SkillQuerySet) -> SkillQuerySet:
        """In the person's usual order, their preferred categories first; a search shows its best match first; an order
        other than the usual, once chosen, holds alone."""
        if self.order != self.usual_sort:
            return found.sorted_by(self.order, tenant=self.tenant)
        if self.cleaned_data.get("q"):
            return found.sorted_by("rank", tenant=self.tenant)
        return found.sorted_by(self.order, tenant=self.tenant, first_categories=self.preferred)
