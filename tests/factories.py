"""Rows for the tests, made with factory-boy. Passwords are composed, never literals that look like secrets."""

import factory
from django.contrib.auth.hashers import make_password

from accounts.models import ApiKey, Tenant, User
from settings_app.models import SiteSettings, UserPreferences
from skills.models import Skill
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


class UserPreferencesFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = UserPreferences

    user = factory.SubFactory(UserFactory)


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


class GoldenExampleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SkillFeedback

    skill = factory.SubFactory(SkillFactory)
    tenant = factory.SelfAttribute("skill.tenant")
    user = factory.SelfAttribute("skill.author")
    feedback_type = FeedbackType.TRAINING_EXAMPLE
    source = Source.WEB
    status = Status.APPROVED
    example_input = factory.Sequence("Input {}".format)
    expected_output = factory.Sequence("Expected output {}".format)
