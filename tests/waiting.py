"""How tests wait for what another thread, process or browser does: until it is so, and long enough for any machine."""

import time
from collections.abc import Callable

# Seconds. A machine that is slow, or busy with something else, must never fail a test; what is broken takes this long.
PATIENCE = 120
PAUSE = 0.02


def wait_until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Look again and again until the condition holds. Raises AssertionError when it did not in that time.

    The time is counted in pauses between looks: one for which the whole machine stood still does not count.
    """
    for _ in range(int(seconds / PAUSE)):
        if condition():
            return
        time.sleep(PAUSE)
    assert condition(), f"it did not happen within {seconds:g} seconds"
