"""The process beside a web process that runs its jobs: done elsewhere, survived, ended with its parent."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import Popen
from uuid import uuid4

import pytest
from django.conf import settings
from prometheus_client import REGISTRY

from everyskill import after_response
from everyskill.after_response import Pool, begin_beside, run_beside
from everyskill.job_process import NICENESS, JobProcess, JobProcessLostError
from everyskill.jobs import Group, Job
from tests.everyskill import jobs_that_tell
from tests.waiting import PATIENCE, wait_until


def job(function, *, group: Group | None = None, **kwargs) -> Job:
    return Job(job_id=uuid4(), function=function, kwargs=kwargs, group=group)


@pytest.fixture(scope="module")
def process():
    """One for all tests; whoever loses it has another started."""
    process = JobProcess()
    yield process
    process.close()


@pytest.fixture
def beside_this_thread():
    """A process of this thread's own, as a thread of the pool has one."""
    begin_beside()
    yield after_response._own.process
    after_response._own.process.close()
    del after_response._own.process


def test_jobs_run_in_one_process_that_gives_way(process, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("one", "two")]
    for path in paths:
        process.run([job(jobs_that_tell.tell, path=path)])
    told = {path.read_text() for path in paths}
    assert told == {f"{process.pid} {min(19, os.nice(0) + NICENESS)}"}
    assert process.pid != os.getpid()


def test_jobs_of_a_group_run_together(process, tmp_path: Path) -> None:
    group = Group("one", jobs_that_tell.tell_each)
    paths = [tmp_path / str(number) for number in range(3)]
    process.run([job(jobs_that_tell.tell, group=group, path=path) for path in paths])
    assert [path.read_text() for path in paths] == ["0 of 3", "1 of 3", "2 of 3"]


def test_what_a_job_prints_or_raises_is_no_answer(process, tmp_path: Path, capfd) -> None:
    process.close()  # the next one writes its errors where this test reads
    process.run([job(jobs_that_tell.print_a_line)])
    process.run([job(jobs_that_tell.fail)])
    process.run([job(jobs_that_tell.tell, path=tmp_path / "told")])
    assert (tmp_path / "told").exists()
    said = capfd.readouterr().err
    assert "ValueError" in said
    assert "private" not in said


def test_a_process_that_is_lost_says_so_and_another_takes_its_place(
    process, tmp_path: Path
) -> None:
    path = tmp_path / "told"
    with pytest.raises(JobProcessLostError):
        process.run([job(jobs_that_tell.end_the_process)])
    assert process.pid is None
    process.run([job(jobs_that_tell.tell, path=path)])
    assert path.read_text().startswith(f"{process.pid} ")


def test_the_job_that_lost_its_process_is_given_up_and_the_others_are_done(
    beside_this_thread: JobProcess, tmp_path: Path, caplog
) -> None:
    lost = job(jobs_that_tell.end_the_process)
    others = [job(jobs_that_tell.tell, path=tmp_path / name) for name in ("one", "two")]
    before = failed()
    run_beside([others[0], lost, others[1]])
    assert failed() == before + 1
    assert f"{lost.job_id} failed: its process was lost twice" in caplog.text
    told = {(tmp_path / name).read_text().split()[0] for name in ("one", "two")}
    assert str(os.getpid()) not in told


def failed() -> float:
    labels = {"outcome": "failed"}
    return REGISTRY.get_sample_value("everyskill_after_response_jobs_total", labels) or 0


def test_a_process_that_ended_between_jobs_is_replaced(
    beside_this_thread: JobProcess, tmp_path: Path, caplog
) -> None:
    path, first = tmp_path / "told", beside_this_thread.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not is_running(first))
    run_beside([job(jobs_that_tell.tell, path=path)])
    assert path.read_text().startswith(f"{beside_this_thread.pid} ")
    assert caplog.text == ""


def test_jobs_run_here_where_no_process_can_be_started_and_none_is_tried_for_a_while(
    tmp_path: Path, monkeypatch, caplog
) -> None:
    tries = []
    monkeypatch.setattr("everyskill.job_process.sys.executable", str(tmp_path / "nothing"))
    monkeypatch.setattr(
        "everyskill.job_process.subprocess.Popen",
        lambda *arguments, **options: tries.append(1) or Popen(*arguments, **options),
    )
    begin_beside()
    for name in ("one", "two"):
        run_beside([job(jobs_that_tell.tell, path=tmp_path / name)])
        assert (tmp_path / name).read_text().startswith(f"{os.getpid()} ")
    assert tries == [1]
    assert caplog.text.count("no process for jobs could be started") == 1
    del after_response._own.process


def test_a_job_that_cannot_be_sent_is_counted_and_leaves_the_pool_working(tmp_path: Path) -> None:
    pool = Pool(threads=1, backlog=5, run=run_beside, begin=begin_beside)
    before = failed()
    pool.submit(job(lambda: None))
    pool.submit(job(jobs_that_tell.tell, path=tmp_path / "told"))
    assert pool.drain(timeout=PATIENCE)
    assert failed() == before + 1
    assert (tmp_path / "told").exists()


def test_jobs_are_told_whether_others_wait(process, tmp_path: Path) -> None:
    path = tmp_path / "told"
    for others_wait in (True, False):
        process.run([job(jobs_that_tell.tell_of_others, path=path)], others_wait=others_wait)
        assert path.read_text() == str(others_wait)


def test_it_is_started_where_its_parent_was_with_its_database(
    process, tmp_path: Path, monkeypatch
) -> None:
    path = tmp_path / "told"
    process.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@nowhere.invalid/named-here")
    process.run([job(jobs_that_tell.tell_place, path=path)])
    process.close()
    assert path.read_text() == f"{tmp_path} named-here"


def test_a_pool_runs_its_jobs_beside(tmp_path: Path) -> None:
    pool = Pool(threads=1, backlog=5, run=run_beside, begin=begin_beside)
    assert pool.submit(job(jobs_that_tell.tell, path=tmp_path / "told"))
    assert pool.drain(timeout=PATIENCE)
    assert not (tmp_path / "told").read_text().startswith(f"{os.getpid()} ")


def test_a_signal_to_stop_does_not_take_a_job(process, tmp_path: Path) -> None:
    path, begun = tmp_path / "told", tmp_path / "begun"
    process.run([job(jobs_that_tell.tell, path=path)])
    stopper = subprocess.Popen(
        [sys.executable, "-c", STOP_ONCE_BEGUN, str(begun), str(process.pid)]
    )
    process.run([job(jobs_that_tell.tell_late, path=path, begun=begun)])
    assert stopper.wait(PATIENCE) == 0
    assert path.read_text().startswith(f"{process.pid} ")


STOP_ONCE_BEGUN = """
import os, pathlib, signal, sys, time
while not pathlib.Path(sys.argv[1]).exists():
    time.sleep(0.01)
os.kill(int(sys.argv[2]), signal.SIGTERM)
"""


def test_it_finishes_its_jobs_and_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    path, begun = tmp_path / "told", tmp_path / "begun"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(path), str(begun)], cwd=settings.BASE_DIR
    )
    wait_until(begun.exists)
    parent.send_signal(signal.SIGKILL)
    parent.wait(PATIENCE)
    wait_until(lambda: path.exists() and path.read_text())
    child = int(path.read_text().split()[0])
    wait_until(lambda: not is_running(child))


PARENT = """
import pathlib, sys, uuid
from everyskill.job_process import JobProcess
from everyskill.jobs import Job
from tests.everyskill.jobs_that_tell import tell_late
path, begun = map(pathlib.Path, sys.argv[1:])
JobProcess().run([Job(uuid.uuid4(), tell_late, {"path": path, "begun": begun})])
"""


def is_running(pid: int) -> bool:
    """Whether there is such a process, one that nobody has waited for yet left out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
