from django.apps import AppConfig


class EverySkillConfig(AppConfig):
    """The project package as an app: the site's system checks and management commands."""

    name = "everyskill"

    def ready(self) -> None:
        # Importing the module registers its checks; they may need the models of all apps.
        from everyskill import checks  # noqa: F401, PLC0415
