"""A processor core for the threads of a process that answer requests.

One interpreter runs one of its threads at a time, and hands over many times a request. Between two cores each of these
hand-overs costs a wake-up and a cold cache; on one core, neither. The server's own threads and the captures' stay free.
Measured: docs/decisions/0040-one-statement-shared-by-threads.md.
"""

import fcntl
import os
import threading
from pathlib import Path


class OwnCore:
    """The first core that no other process of this server has claimed; none when all are, or off Linux.

    `claims` is a folder of the server's processes. A claim is a lock on a file there and ends with its process.
    """

    def __init__(self, claims: Path) -> None:
        self._claim: int | None = None
        self.core: int | None = None
        self._kept = threading.local()
        for core in sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else ():
            claim = os.open(claims / f"core-{core}", os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(claim)
                continue
            self._claim, self.core = claim, core
            return

    def give_up(self) -> None:
        """Leave the core to another process; a process that ends does so by itself."""
        if self._claim is not None:
            os.close(self._claim)
            self._claim = self.core = None

    def keep_thread(self) -> None:
        """Keep the calling thread on the core from now on."""
        if self.core is not None and not hasattr(self._kept, "on"):
            os.sched_setaffinity(0, {self.core})
            self._kept.on = self.core
