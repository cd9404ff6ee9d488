"""What the tests of the job process have done there: functions that another process finds by their names."""

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings

from everyskill import after_response


def tell(path: Path) -> None:
    """Write this process's id and niceness, when it is done."""
    path.write_text(f"{os.getpid()} {os.nice(0)}")


def tell_each(many: list[dict[str, Any]]) -> None:
    for number, one in enumerate(many):
        one["path"].write_text(f"{number} of {len(many)}")


def tell_late(path: Path, begun: Path) -> None:
    begun.touch()
    time.sleep(0.5)
    tell(path)


def tell_of_others(path: Path) -> None:
    path.write_text(str(after_response.has_waiting()))


def tell_place(path: Path) -> None:
    path.write_text(f"{Path.cwd()} {settings.DATABASES['default']['NAME']}")


def end_the_process() -> None:
    os._exit(9)


def print_a_line() -> None:
    sys.stdout.write("....\n")


def fail() -> None:
    raise ValueError("a private word")
