"""Ports for servers that are started here and tried from here."""

import itertools
import os
import random
import socket
from contextlib import closing

# Below those that systems give to whoever asks for any (Linux from 32768, others from 49152), so that nobody gets a
# port between its choice and the moment, seconds later, when its server listens.
LOWEST, HIGHEST = 20_000, 32_000
SLICE = 1_500

# The workers of a test run start servers at the same time: each has ports of its own.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_first = LOWEST + _worker * SLICE % (HIGHEST - LOWEST)
_offsets = itertools.count(random.randrange(SLICE))


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on; never the same again for a long time."""
    for _ in range(SLICE):
        port = _first + next(_offsets) % SLICE
        with closing(socket.socket()) as probe:
            # As servers do: the last connections to one that has stopped may still be remembered.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError(f"all ports from {_first} on are taken")
