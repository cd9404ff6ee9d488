"""2,000 malformed requests: no 500, no row, and no answer that repeats a value."""

import json
import random
import string

import pytest
from django.test import Client

from tests.factories import ApiKeyFactory
from tracking.api.bodies import MAX_DEPTH
from tracking.models import SkillDailyUsage, TokenMeasurement, UsageEvent

SEED = 20261121
CANARY = "canary-value"
STRINGS = ["skill_id", "tool_name", "ts"]
OPTIONAL_STRINGS = ["hook_event", "event_id", "session_id", "message_id"]
SNIPPETS = ["tool_input_snippet", "tool_output_snippet"]
COUNTS = [
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "latency_ms",
]


def valid(random: random.Random) -> dict:
    return {
        "skill_id": "release-notes",
        "tool_name": f"Tool{random.randrange(100)}",
        "ts": "2026-11-21T08:42:17Z",
        "event_id": "".join(random.choices(string.hexdigits, k=32)),
    }


def wrong_type(event, random):
    field = random.choice([*STRINGS, *OPTIONAL_STRINGS, *SNIPPETS, *COUNTS, "model_name"])
    wrong = [None, True, 1.5, [], {}, [CANARY], {CANARY: CANARY}]
    wrong += [CANARY, "1"] if field in COUNTS else [7, -1]
    event[field] = random.choice(wrong)
    return json.dumps(event)


def out_of_bounds(event, random):
    choice = random.randrange(6)
    if choice == 0:
        event[random.choice([*STRINGS, *OPTIONAL_STRINGS])] = ""
    elif choice == 1:
        event[random.choice([*STRINGS, *OPTIONAL_STRINGS])] = CANARY * 17
    elif choice == 2:
        event[random.choice(SNIPPETS)] = (CANARY * 1400)[: random.randrange(16_001, 16_500)]
    elif choice == 3:
        event["model_name"] = CANARY * 9
    elif choice == 4:
        event[random.choice(COUNTS)] = random.choice([-1, -(10**30), 10**30, 10**10, 1e400, 2.5])
    else:
        event["ts"] = random.choice(
            [CANARY, "yesterday", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "1700000000",
             "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-21T25:00:00Z"]
        )  # fmt: skip
    return json.dumps(event).replace("Infinity", "1e400")


def missing(event, random):
    del event[random.choice(STRINGS)]
    return json.dumps(event)


def bad_character(event, random):
    bad = random.choice(["\0", "\ud800", "\udfff", "\udc00\ud800"])
    field = random.choice([*STRINGS, *OPTIONAL_STRINGS, *SNIPPETS, "model_name", "ignored"])
    event[field] = f"{CANARY}{bad}"
    return json.dumps(event)


def not_an_object(event, random):
    return random.choice(
        [
            json.dumps([event]),
            "null",
            "17",
            f'"{CANARY}"',
            "true",
            "",
            "{",
            "[]",
            f"{CANARY}",
            "{}x",
        ]
    )


def nested(event, random):
    depth = random.choice([MAX_DEPTH + 1, 1_000, 10_000])
    opening, closing = random.choice([("[", "]"), ('{"a":', "}")])
    close = closing * depth if random.random() < 0.5 else ""
    return json.dumps(event)[:-1] + f', "deep": {opening * depth}{close}}}'


def duplicate_name(event, random):
    name = random.choice([*event, "ignored"])
    event.setdefault("ignored", 1)
    return json.dumps(event)[:-1] + f', {json.dumps(name)}: "{CANARY}"}}'


def not_a_number(event, random):
    constant = random.choice(["NaN", "Infinity", "-Infinity", "nan", "0x10", "01", "+1", ".5"])
    field = random.choice([*COUNTS, "ignored"])
    return json.dumps(event)[:-1] + f', "{field}": {constant}}}'


def not_utf8(event, random):
    event["tool_name"] = "MARK"
    bad = random.choice([b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"])
    return json.dumps(event).encode().replace(b"MARK", CANARY.encode() + bad)


def other_encoding(event, random):
    return json.dumps(event).encode(random.choice(["utf-16", "utf-32", "utf-8-sig"]))


def huge(event, random):
    event["ignored"] = CANARY * random.randrange(5_500, 8_000)
    return json.dumps(event)


MALFORMED = [
    wrong_type, out_of_bounds, missing, bad_character, not_an_object, nested, duplicate_name,
    not_a_number, not_utf8, other_encoding, huge,
]  # fmt: skip


# Each request runs the whole way; the 2,000 take about 5 seconds together.
@pytest.mark.parametrize("part", range(10))
def test_malformed_requests_are_refused_and_leave_nothing(part, alice, skill, charlie):
    key = ApiKeyFactory(user=charlie).secret
    nobodys = key[:-1] + ("y" if key.endswith("x") else "x")
    rng = random.Random(SEED + part)
    client = Client(raise_request_exception=True)
    for number in range(200):
        make = MALFORMED[number % len(MALFORMED)]
        body = make(valid(rng), rng)
        data = body if isinstance(body, bytes) else body.encode("utf-8")
        headers = {"Authorization": f"Bearer {key}"}
        content_type, expected = "application/json", {400, 413}
        dice = rng.random()
        if dice < 0.05:
            content_type = rng.choice(
                ["text/plain", "application/x-www-form-urlencoded", "", "a/b"]
            )
            expected = {415}
        elif dice < 0.10:
            forged = [{}, {"Authorization": key}, {"Authorization": f"Bearer {nobodys}"},
                      {"Authorization": f"Basic {key}"}, {"Authorization": "Bearer " + "é" * 50}]  # fmt: skip
            headers, expected = rng.choice(forged), {401}
        if not data:  # the test client sends no content type with an empty body
            expected = expected | {415}
        response = client.post("/api/track", data, content_type=content_type, headers=headers)
        told = f"{make.__name__} {number} of part {part}: {response.status_code} {response.text}"
        assert response.status_code in expected, told
        assert response.headers["Content-Type"] == "application/problem+json", told
        assert CANARY not in response.text, told
        assert key not in response.text
    for model in (UsageEvent, TokenMeasurement, SkillDailyUsage):
        assert not model.objects.exists()


def test_malformed_batches_are_refused_item_by_item(send, skill):
    rng = random.Random(SEED)
    bodies = [
        make(valid(rng), rng) for _ in range(40) for make in (wrong_type, out_of_bounds, missing)
    ]
    items = ",".join(bodies)
    response = send(f'{{"events": [{items}]}}'.encode(), path="/api/track/batch")
    assert {result["status"] for result in response.json()["results"]} == {400}
    assert CANARY not in response.text
    assert not UsageEvent.objects.exists()
