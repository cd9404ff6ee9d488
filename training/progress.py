"""How far a long command is, on standard error: a line that renews itself on a terminal, a line a step elsewhere."""

import time
from typing import Any

# Seconds between two lines: on a terminal, and in a log.
TERMINAL_PAUSE = 0.2
LOG_PAUSE = 10.0


class Progress:
    """Counts things done out of a total, with the rate. `stream` has `write` and perhaps `isatty`."""

    def __init__(self, stream: Any, *, total: int, noun: str) -> None:
        self._stream, self._total, self._noun = stream, total, noun
        self._done = 0
        self._began = self._told = time.monotonic()
        self._is_terminal = bool(getattr(stream, "isatty", lambda: False)())

    def advance(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if now - self._told >= (TERMINAL_PAUSE if self._is_terminal else LOG_PAUSE):
            self._told = now
            share = 100 * self._done // max(self._total, 1)
            self._tell(
                f"{self._done:,} of {self._total:,} {self._noun} ({share} %), {self._rate()}"
            )

    def finish(self, what: str = "") -> None:
        self._tell(f"{self._done:,} {self._noun} {what}".rstrip() + f", {self._rate()}.", last=True)

    def _rate(self) -> str:
        seconds = max(time.monotonic() - self._began, 0.001)
        return f"{self._done / seconds:,.0f} a second"

    def _tell(self, line: str, *, last: bool = False) -> None:
        if not self._is_terminal:
            self._stream.write(line + "\n")
            return
        # Back to the line's beginning, and blank what is left of the one before.
        self._stream.write(f"\r\x1b[K{line}" + ("\n" if last else ""), ending="")
