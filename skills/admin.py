"""The admin site of skills."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.tenant_admin import OperatorsSee, TenantScopedAdmin
from skills.models import Skill


class SkillForm(forms.ModelForm):
    def clean_author(self) -> User | None:
        """A skill and its author are of one tenant; an operator is offered everybody."""
        author: User | None = self.cleaned_data["author"]
        if author is not None and author.tenant_id != self.instance.tenant_id:
            raise ValidationError("Choose somebody of the skill's own organisation.")
        return author


@admin.register(Skill)
class SkillAdmin(OperatorsSee, TenantScopedAdmin):
    """A SKILL.md is edited on the site, where it is checked. Here a skill is given to another author, or deleted."""

    may_change = may_delete = True
    form = SkillForm
    list_display = ["slug", "author", "category", "created_at", "updated_at"]
    list_filter = ["category", ("author", admin.RelatedOnlyFieldListFilter), "updated_at"]
    search_fields = ["slug", "name", "description"]
    list_select_related = ["author", "tenant"]
    autocomplete_fields = ["author"]
    fields = ["slug", "name", "description", "author", "category", "content", "created_at"]
    readonly_fields = ["slug", "name", "description", "category", "content", "created_at"]
