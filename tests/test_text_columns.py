"""Every column that can hold text says where its text comes from.

A column that a model gains and that stands in neither table fails a test here. Columns of people's text name the door
that redacts or refuses: a function, which the canary (tests/canary) goes through. The others say why no free text of a
person's work can be in them.
"""

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.module_loading import import_string

# What people or their agents write, and the function that all of it passes before it is stored.
DOORS = {
    "training.redaction.redact": {
        "training.SkillFeedback.example_input",
        "training.SkillFeedback.example_output",
        "training.SkillFeedback.expected_output",
        "training.SkillFeedback.review_notes",
        "training.Revision.example_input",
        "training.Revision.expected_output",
        "training.Revision.review_notes",
        "training.Release.notes",
    },
    "training.sanitizer.sanitize_payload": {
        "settings_app.UserPreferences.claude_md_workflow_notes",
    },
    "everyskill.secret_refusal.refuse_secrets": {
        "accounts.ApiKey.name",
        "accounts.Tenant.name",
        "accounts.User.username",
        "accounts.User.first_name",
        "accounts.User.last_name",
        "accounts.User.email",
        "skills.Skill.name",
        "skills.Skill.description",
        "skills.Skill.category",
        "skills.Skill.content",
        "tracking.TokenPrice.model_name",
    },
    "tracking.labels.clean_label": {
        "tracking.UsageEvent.skill_ref",
        "tracking.UsageEvent.tool_name",
        "tracking.UsageEvent.metadata",
        "tracking.TokenMeasurement.model_name",
        "tracking.TokenDay.model_name",
        "training.SkillFeedback.tool_name",
    },
    "tracking.labels.clean_id": {
        "tracking.UsageEvent.event_id",
        "tracking.TokenMeasurement.message_id",
    },
}

# What the product itself writes, and of what kind it is.
NO_USER_TEXT = {
    "a hash": {
        "accounts.Attempt.who",
        "accounts.ApiKey.secret_hash",
        "accounts.User.password",
        "settings_app.ConsentChain.head_hash",
        "settings_app.ConsentRecord.previous_hash",
        "settings_app.ConsentRecord.record_hash",
        "settings_app.ConsentRecord.wording_sha256",
        "training.Fingerprint.keys",
        "training.ReleaseMember.content_hash",
        "training.Revision.content_hash",
        "training.SkillFeedback.content_hash",
        "training.SkillFeedback.twin_hash",
        "training.Tombstone.content_hash",
    },
    "a fixed vocabulary, or a name that a pattern restricts to a few harmless characters": {
        "accounts.Tenant.slug",
        "settings_app.ConsentRecord.decision",
        "settings_app.ConsentRecord.language",
        "settings_app.ConsentRecord.surface",
        "settings_app.ConsentRecord.wording_name",
        "settings_app.UserPreferences.default_sort",
        "settings_app.UserPreferences.preferred_categories",
        "skills.Skill.slug",
        "tracking.TokenMeasurement.model_provider",
        "training.CaptureCount.what",
        "training.Release.filters",
        "training.Release.name",
        "training.Release.split_seed",
        "training.ReleaseMember.split",
        "training.Revision.action",
        "training.Revision.status",
        "training.SkillFeedback.feedback_type",
        "training.SkillFeedback.source",
        "training.SkillFeedback.split",
        "training.SkillFeedback.status",
    },
    "ids, counts and kinds": {
        "accounts.ApiKey.prefix",
        "settings_app.ConsentRecord.effect",
        "training.Release.counts",
        "training.Release.sanitizer_version",
        "training.Revision.redactions",
        "training.Revision.sanitizer_version",
        "training.SkillFeedback.redactions",
        "training.SkillFeedback.sanitizer_version",
        "training.Verification.canary_survived",
        "training.Verification.problems",
        "training.Verification.sanitizer_version",
    },
    "Django's own tables: names of models, ids of rows (accounts.tenant_admin), session ids and messages": {
        "admin.LogEntry.change_message",
        "admin.LogEntry.object_id",
        "admin.LogEntry.object_repr",
        "auth.Group.name",
        "auth.Permission.codename",
        "auth.Permission.name",
        "contenttypes.ContentType.app_label",
        "contenttypes.ContentType.model",
        "sessions.Session.session_data",
        "sessions.Session.session_key",
    },
}

TEXT_FIELDS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)


def text_columns() -> set[str]:
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, (*TEXT_FIELDS, models.FileField, models.FilePathField))
    }


def test_every_text_column_declares_its_door_or_that_it_holds_no_users_text() -> None:
    declared = set().union(*DOORS.values(), *NO_USER_TEXT.values())

    assert text_columns() - declared == set(), (
        "Declare these columns in tests/test_text_columns.py."
    )
    assert declared - text_columns() == set(), "These columns are gone."


def test_no_column_is_declared_twice() -> None:
    listed = [
        column for group in (DOORS, NO_USER_TEXT) for names in group.values() for column in names
    ]

    assert sorted(listed) == sorted(set(listed))


def test_every_door_is_a_function_of_the_product() -> None:
    for door in DOORS:
        assert callable(import_string(door)), door


def test_a_column_of_any_kind_of_text_is_noticed() -> None:
    kinds = {column.rpartition(".")[0] for column in text_columns()}

    assert "training.SkillFeedback" in kinds
    assert "tracking.UsageEvent.metadata" in text_columns()  # JSON
    assert "training.Fingerprint.keys" in text_columns()  # an array
    assert "sessions.Session.session_data" in text_columns()  # not ours
