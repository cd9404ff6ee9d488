"""Rows for the tests, made with factory-boy. Passwords are composed, never literals that look like secrets."""

import random

import factory
from django.contrib.auth.hashers import make_password
from uuid_utils.compat import uuid7

from accounts.models import ApiKey, Tenant, User
from settings_app.decisions import give_consent, switch_capture_on
from settings_app.models import SiteSettings, Surface, UserPreferences
from skills.models import Skill
from training.content_hash import content_hash
from training.models import FeedbackType, SkillFeedback, Source, Status

PASSWORD = "-".join(["correct", "horse", "battery"])

SKILL_MD = """---
name: {slug}
description: Does one thing well.
---

# {slug}

Do the thing.
"""


class TenantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tenant

    name = factory.Sequence("Tenant {}".format)
    slug = factory.Sequence("tenant-{}".format)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    tenant = factory.SubFactory(TenantFactory)
    username = factory.Sequence("person-{}".format)
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class SiteSettingsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SiteSettings

    tenant = factory.SubFactory(TenantFactory)

    @classmethod
    def _create(cls, model_class, *args, training_data_capture_enabled=False, **kwargs):
        """Switched on as people do it: with a ledger row."""
        site_settings = super()._create(model_class, *args, **kwargs)
        if training_data_capture_enabled:
            switch_capture_on(tenant=site_settings.tenant, actor=None, surface=Surface.CAPTURE_PAGE)
            site_settings.refresh_from_db()
        return site_settings


class UserPreferencesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UserPreferences

    user = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, training_data_consent=False, **kwargs):
        """Consented as people do it: with a ledger row."""
        preferences = super()._create(model_class, *args, **kwargs)
        if training_data_consent:
            give_consent(user=preferences.user, surface=Surface.PREFERENCES_PAGE)
            preferences.refresh_from_db()
        return preferences


class SkillFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Skill

    author = factory.SubFactory(UserFactory)
    tenant = factory.SelfAttribute("author.tenant")
    slug = factory.Sequence("skill-{}".format)
    name = factory.SelfAttribute("slug")
    description = "Does one thing well."
    category = "development"
    content = factory.LazyAttribute(lambda skill: SKILL_MD.format(slug=skill.slug))


class ApiKeyFactory(factory.django.DjangoModelFactory):
    """The row and its secret: `ApiKeyFactory(user=bob).secret`."""

    class Meta:
        model = ApiKey

    user = factory.SubFactory(UserFactory)
    name = "laptop"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        key, secret = model_class.issue(user=kwargs["user"], name=kwargs["name"])
        key.secret = secret
        return key


def hash_of(row, output):
    return content_hash(skill_id=row.skill.pk, example_input=row.example_input, output=output)


def unlike_others(opening: str):
    """A text for each example, near to no other's. By its number alone two would be near-copies, or not, depending on
    how many examples the tests before this one had made."""

    def text(number: int) -> str:
        draw = random.Random(number)
        words = ["".join(draw.choices(SYLLABLES, k=3)) for _ in range(8)]
        return f"{opening} {number}: {' '.join(words)}"

    return factory.Sequence(text)


SYLLABLES = ["ba", "co", "du", "fe", "gi", "ho", "ju", "ka", "le", "mi", "no", "pu", "ra", "se"]


class GoldenExampleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SkillFeedback

    skill = factory.SubFactory(SkillFactory)
    tenant = factory.SelfAttribute("skill.tenant")
    user = factory.SelfAttribute("skill.author")
    feedback_type = FeedbackType.TRAINING_EXAMPLE
    source = Source.WEB
    status = Status.APPROVED
    example_input = unlike_others("Input")
    expected_output = unlike_others("Expected output")
    content_hash = factory.LazyAttribute(lambda row: hash_of(row, row.expected_output))
    twin_hash = factory.SelfAttribute("content_hash")


class CapturedExampleFactory(factory.django.DjangoModelFactory):
    """As captured from `user`, whose tenant's switch and whose consent are given first where they are missing."""

    class Meta:
        model = SkillFeedback

    skill = factory.SubFactory(SkillFactory)
    tenant = factory.SelfAttribute("skill.tenant")
    user = factory.LazyAttribute(lambda example: UserFactory(tenant=example.tenant))
    feedback_type = FeedbackType.TRAINING_EXAMPLE
    source = Source.USAGE_CAPTURE
    status = Status.PENDING
    tool_name = "Read"
    usage_event_id = factory.LazyFunction(uuid7)
    example_input = unlike_others("Captured input")
    example_output = unlike_others("Captured output")
    content_hash = factory.LazyAttribute(lambda row: hash_of(row, row.example_output))
    twin_hash = factory.SelfAttribute("content_hash")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        records = {
            "capture_record": switch_capture_on(
                tenant=kwargs["tenant"], actor=None, surface=Surface.CAPTURE_PAGE
            ),
            "consent_record": give_consent(user=kwargs["user"], surface=Surface.PREFERENCES_PAGE),
        }
        return super()._create(model_class, *args, **(records | kwargs))
