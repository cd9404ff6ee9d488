import pytest
from django.core.checks import run_checks


def found(*, deployment=True):
    return {
        message.id
        for message in run_checks(include_deployment_checks=deployment)
        if message.id and message.id.startswith("everyskill.")
    }


@pytest.fixture(autouse=True)
def safe_production(settings, db):  # the models' checks ask the database what it can do
    settings.ALLOWED_HOSTS = ["everyskill.example.com"]
    settings.SECRET_KEY = "k" * 60
    settings.DEFAULT_FROM_EMAIL = "everyskill@example.com"


def test_safe_values_pass():
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "check"),
    [
        ("ALLOWED_HOSTS", ["*"], "everyskill.E001"),
        ("CSRF_TRUSTED_ORIGINS", ["http://everyskill.example.com"], "everyskill.E002"),
        ("SECRET_KEY", "change-me-" + "k" * 60, "everyskill.E003"),
        ("DEFAULT_FROM_EMAIL", "everyskill@localhost", "everyskill.W001"),
        ("SERVER_THREADS", 0, "everyskill.E004"),
        ("CAPTURE_THREADS", 0, "everyskill.E004"),
        ("CAPTURE_BACKLOG", -1, "everyskill.E004"),
    ],
)
def test_a_dangerous_value_is_named(settings, name, value, check):
    setattr(settings, name, value)
    assert found() == {check}


def test_development_is_not_bothered_with_deployment_checks(settings):
    settings.ALLOWED_HOSTS = ["*"]
    assert found(deployment=False) == set()
