#!/usr/bin/env python3
"""EverySkill's command line: Django's commands, and two that do their own set-up.

    python3 manage.py demo         a demo site with people, skills and 30 days of use
    python3 manage.py check_all    every check and test of the project

These two install what they need into .venv first; the others then use it.
"""

import os
import sys

from everyskill import bootstrap


def main():
    bootstrap.enter_environment(sys.argv)
    # From here on the requirements are there to be imported.
    if sys.argv[1:2] == ["check_all"]:
        # Not a Django command: it must be able to speak when the settings cannot be loaded.
        from everyskill import check_all

        sys.exit(check_all.main(sys.argv[2:]))

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from everyskill.embedded_postgres import EmbeddedPostgresError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "everyskill.settings")
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EmbeddedPostgresError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
