"""A load generator for machines without wrk. It is slower than the servers, so its ratios flatter the product."""

import http.client
import itertools
import json
import random
import statistics
import threading
import time

from bench.load import Load


def python_load(
    port: int,
    path: str,
    *,
    connections: int,
    seconds: float,
    keys: list[str],
    skills: int,
    rate: float = 0,
) -> Load:
    """Unique events over keep-alive connections, a thread for each; `rate` a second over all, 0 unlimited."""
    waits: list[float] = []
    failures = itertools.count()
    over = time.monotonic() + seconds
    run = f"{random.getrandbits(64):016x}"

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for count in itertools.count():
            if rate:
                time.sleep(random.expovariate(rate / connections))
            # At least one, however late the thread came to it.
            if count and time.monotonic() >= over:
                break
            identity = f"{run}{number:04}{count:08}"
            body = {
                "skill_id": f"skill-{count % skills}",
                "tool_name": "Bash",
                "ts": "2026-11-21T08:42:17Z",
                "event_id": f"toolu_{identity}",
                "message_id": f"msg_{identity}",
                "model_name": "claude-sonnet-4-5",
                "input_tokens": 120,
                "output_tokens": 34,
                "tool_input_snippet": f"{identity} " * random.randrange(1, 30),
                "tool_output_snippet": f"{identity} " * random.randrange(1, 30),
            }
            key = keys[(number + count) % len(keys)]
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            begun = time.perf_counter()
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            response.read()
            waits.append(time.perf_counter() - begun)
            if response.status != 200:
                next(failures)
        connection.close()

    threads = [threading.Thread(target=client, args=[number]) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    percentiles = statistics.quantiles(waits, n=100)
    return Load(
        requests_per_second=len(waits) / seconds,
        p50=percentiles[49] * 1e3,
        p99=percentiles[98] * 1e3,
        failed=next(failures),
    )
