"""The canary: unique marks and made-up secrets go through every door, then everything is read.

With a gate shut, no mark that came through a capture's door stands anywhere; with the gates open, and through people's
own doors always, no secret does. Slow: it sends hundreds of requests and reads all files of the database server.
A transaction test, since a dump and the files show only what is committed.
"""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pytest
import re2
from django.http import HttpResponse

from everyskill import after_response
from everyskill.after_response import Pool
from everyskill.job_process import JobProcess
from settings_app.decisions import switch_capture_off
from settings_app.models import Surface
from tests.canary import haystacks
from tests.canary.doors import CAPTURE_DOORS, DOORS, Door, House, house_of
from tests.factories import CapturedExampleFactory, SkillFactory, TenantFactory, UserFactory
from tests.other_processes import environment
from tests.waiting import PATIENCE
from training.consent.canary import ENCODINGS, Planted, every_kind, traces_of
from training.consent.erasure import withdraw_consent
from training.models import SkillFeedback

pytestmark = pytest.mark.slow

GATES = ("both open", "both open, beside", "the tenant's shut", "the person's shut")


@pytest.fixture
def house(transactional_db: None, inline_jobs: None) -> House:
    haystacks.keep_values_uncompressed()
    tenant = TenantFactory()
    alice, bob, ada = (
        UserFactory(tenant=tenant, username=f"{name}-{tenant.slug}", is_staff=name == "ada")
        for name in ("alice", "bob", "ada")
    )
    skill = SkillFactory(author=alice)
    example = CapturedExampleFactory(user=alice, skill=skill)
    CapturedExampleFactory(user=bob, skill=skill)
    return house_of(alice=alice, bob=bob, ada=ada, skill=skill, example=example)


@pytest.fixture
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings) -> Path:
    """All temporary files of this process, and of its uploads if any were made, go here."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def shut(house: House, gate: str) -> None:
    if gate == "the tenant's shut":
        switch_capture_off(tenant=house.bob.tenant, actor=None, surface=Surface.COMMAND)
    elif gate == "the person's shut":
        withdraw_consent(user=house.bob, surface=Surface.COMMAND)


@contextmanager
def captured_beside(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Captures run in a process beside, as under a server, and have ended afterwards."""
    for name, value in (environment() | {"TMPDIR": str(temporary)}).items():
        monkeypatch.setenv(name, value)
    process = JobProcess()
    pool = Pool(threads=1, backlog=10_000, run=process.run)
    monkeypatch.setattr(after_response, "_pool", pool)
    yield
    assert pool.drain(timeout=PATIENCE)
    process.close()


class Planting:
    """What was planted where, and what was answered."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.marks: dict[str, str] = {}  # of capture doors: mark to door and encoding
        self.secrets: dict[str, str] = {}  # trace to door, encoding and kind
        self.answers: list[tuple[str, bytes]] = []
        self.errors: list[str] = []

    def plant(self, door, encoding: str, secrets: list[Planted]) -> None:
        place = f"{door.__name__}, {encoding}"
        mark = f"CANARY{uuid4().hex}"
        text = "\n".join(planted.text for planted in secrets)
        # The mark comes first, so that it is in what is kept of a text that is cut.
        response: HttpResponse = door(self.house, f"{mark} {ENCODINGS[encoding](text)}")
        for planted in secrets:
            for trace in traces_of(planted):
                self.secrets[trace] = f"{place}, {planted.kind}"
        if door in CAPTURE_DOORS:
            self.marks[mark] = place
            self.answers.append((f"answer of {place}", response.content))
        if response.status_code >= 500:
            self.errors.append(f"{place}: {response.status_code}")

    def plant_through(self, doors: tuple[Door, ...]) -> None:
        for door in doors:
            for encoding in ENCODINGS:
                kinds = every_kind()
                # One at the cut, where only one can be; the rest in two halves, so that they fit into 5,000.
                batches = [kinds[:1]] if encoding == "split at the cut" else [kinds[:7], kinds[7:]]
                for batch in batches:
                    self.plant(door, encoding, batch)


def needles_of(planting: Planting):
    """All marks and secrets as one pattern of a linear-time engine: thousands of them, in a hundred megabytes."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 512 << 20
    words = [re2.escape(word.encode()) for word in [*planting.marks, *planting.secrets]]
    return re2.compile(b"|".join(words), options)


def everything(planting: Planting, temporary: Path, caplog, capfd) -> Iterator[tuple[str, bytes]]:
    out, err = capfd.readouterr()
    logged = "\n".join(str(record.__dict__) for record in caplog.records)
    yield from (("stdout", out.encode()), ("stderr", err.encode()), ("log", logged.encode()))
    yield from planting.answers
    yield from chain(
        haystacks.every_column_of_every_table(),
        haystacks.sessions_and_caches(),
        haystacks.database_dump(),
        haystacks.server_files(),
        haystacks.files_below(temporary, "temporary file"),
    )


@pytest.mark.parametrize("gate", GATES)
def test_no_mark_with_a_gate_shut_and_no_secret_ever(
    gate: str, house: House, temporary_files: Path, monkeypatch, caplog, capfd
) -> None:
    caplog.set_level(logging.DEBUG)
    shut(house, gate)
    before = SkillFeedback.objects.captured().filter(user=house.bob).count()
    planting = Planting(house)
    if gate == "both open":
        # What people write themselves is kept whatever the gates say, so one time is enough for it.
        planting.plant_through(DOORS)
    elif gate == "both open, beside":
        with captured_beside(temporary_files, monkeypatch):
            planting.plant_through(CAPTURE_DOORS)
    else:
        planting.plant_through(CAPTURE_DOORS)

    found_marks: dict[str, set[str]] = {}
    found_secrets: set[str] = set()
    places_read = set()
    needles = needles_of(planting)
    for name, content in everything(planting, temporary_files, caplog, capfd):
        places_read.add(name.split(" ")[0])
        for match in needles.finditer(content):
            found = match.group().decode()
            if found in planting.marks:
                found_marks.setdefault(planting.marks[found], set()).add(name)
            else:
                found_secrets.add(f"{planting.secrets[found]}, in {name}")

    assert planting.errors == []
    assert found_secrets == set()
    captured = SkillFeedback.objects.captured().filter(user=house.bob).count() - before
    if gate.startswith("both open"):
        # The canary sees: what is kept is found, in each kind of place that keeps it.
        assert captured > 0
        seen_in = {name.split(" ")[0] for names in found_marks.values() for name in names}
        assert {"table", "pg_dump"} <= seen_in
        assert "server" in seen_in or "server" not in places_read
        assert {"stderr", "log", "session", "temporary", "answer"} & seen_in == set()
    else:
        assert captured == 0
        assert found_marks == {}


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("door", ["golden_example", "track"])
def test_an_error_page_and_its_report_hold_neither_mark_nor_secret(
    debug: bool, door: str, house: House, monkeypatch, settings, caplog, capfd
) -> None:
    """The text is in the request, in local variables and in the exception's own message."""
    settings.DEBUG = debug
    caplog.set_level(logging.DEBUG)

    def fail(text: str, **kwargs: object) -> None:
        raise ValueError(f"cannot read {text}")

    monkeypatch.setattr("training.redaction.sanitize_payload", fail)
    planting = Planting(house)
    doors = {d.__name__: d for d in DOORS}
    text = "CANARY" + uuid4().hex
    planting.marks[text] = door
    for planted in every_kind()[:7]:
        planting.secrets |= dict.fromkeys(traces_of(planted), planted.kind)
        text += "\n" + planted.text
    response = doors[door](house, text)
    assert response.status_code == (500 if door == "golden_example" else 200)

    out, err = capfd.readouterr()
    log = "\n".join(record.getMessage() for record in caplog.records)
    places = {
        "answer": response.content,
        "stdout": out.encode(),
        "stderr": err.encode(),
        "log": log.encode(),
    }
    for name, content in places.items():
        for needle in [*planting.marks, *planting.secrets]:
            assert needle.encode() not in content, (name, planting.secrets.get(needle))
