"""System checks: one for each setting whose value can be dangerous, besides Django's own."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [
        Error(
            "ALLOWED_HOSTS contains '*': a forged Host header would get into links in e-mails.",
            hint="Name the hosts, with commas between.",
            id="everyskill.E001",
        )
    ]


@register(Tags.security, deploy=True)
def trusted_origins_are_https(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    if all(origin.startswith("https://") for origin in settings.CSRF_TRUSTED_ORIGINS):
        return []
    return [
        Error(
            "CSRF_TRUSTED_ORIGINS holds an origin that is not https://.",
            hint="Whoever can change plain HTTP on the way could post in a person's name.",
            id="everyskill.E002",
        )
    ]


@register(Tags.security, deploy=True)
def the_secret_key_is_no_placeholder(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    words = ("change", "example", "secret", "password", "placeholder")
    if not any(word in settings.SECRET_KEY.lower() for word in words):
        return []
    return [
        Error(
            "SECRET_KEY reads like a placeholder.",
            hint="Make a random one: docs/operators.md says how.",
            id="everyskill.E003",
        )
    ]


@register(deploy=True)
def mail_has_a_sender(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if "localhost" not in settings.DEFAULT_FROM_EMAIL:
        return []
    return [
        Warning(
            "EMAIL_FROM is not set: password reset mails would come from localhost.",
            hint="Set EMAIL_FROM to an address that your mail server may send for.",
            id="everyskill.W001",
        )
    ]


@register()
def thread_numbers_are_possible(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    lowest = {"SERVER_THREADS": 1, "CAPTURE_THREADS": 1, "CAPTURE_BACKLOG": 0}
    return [
        Error(f"{name} must be at least {least}.", id="everyskill.E004")
        for name, least in lowest.items()
        if getattr(settings, name) < least
    ]
