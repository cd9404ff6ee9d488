"""The embedded server, driven by real processes: each test starts servers, so they take seconds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from everyskill import embedded_postgres
from tests.waiting import PATIENCE

pytestmark = pytest.mark.slow

USER = """
import sys
from everyskill import embedded_postgres
print(embedded_postgres.start(sys.argv[1]), flush=True)
sys.stdin.readline()
"""


def start_user(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    """Another process that uses the server until its standard input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return process, process.stdout.readline().strip()


def end_user(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def is_reachable(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=PATIENCE).close()
    except psycopg.OperationalError:
        return False
    return True


def remove_server(data_dir: Path) -> None:
    embedded_postgres.stop(data_dir)
    # For root, it lies elsewhere.
    shutil.rmtree((data_dir / "postgresql").resolve())


@pytest.fixture
def data_dir(tmp_path: Path):
    yield tmp_path / "data"
    remove_server(tmp_path / "data")


def test_it_runs_until_its_last_user_has_ended_and_keeps_the_data(data_dir):
    first, url = start_user(data_dir)
    second, same_url = start_user(data_dir)
    assert same_url == url
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    end_user(first)
    assert is_reachable(url)
    end_user(second)
    assert not is_reachable(url)

    third, url = start_user(data_dir)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    end_user(third)


def test_it_makes_one_server_for_processes_that_come_at_once(data_dir):
    command = [sys.executable, "-c", USER, str(data_dir)]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    outputs = {process.communicate()[0] for process in processes}
    assert len(outputs) == 1
    assert {process.returncode for process in processes} == {0}


def test_it_is_taken_over_from_a_killed_process(data_dir):
    killed, url = start_user(data_dir)
    killed.kill()
    killed.communicate()
    assert is_reachable(url)
    heir, same_url = start_user(data_dir)
    assert same_url == url
    end_user(heir)
    assert not is_reachable(url)


def test_it_stops_when_told_whoever_uses_it(data_dir):
    user, url = start_user(data_dir)
    assert embedded_postgres.stop(data_dir) is True
    assert not is_reachable(url)
    assert embedded_postgres.stop(data_dir) is False
    end_user(user)


def test_it_works_in_a_folder_too_deep_for_a_socket(tmp_path):
    data_dir = tmp_path.joinpath(*["a folder with a long name & 'odd' signs: ü"] * 4)
    user, url = start_user(data_dir)
    assert is_reachable(url)
    end_user(user)
    assert not is_reachable(url)
    # Where root runs it, the server's folder is a short one.
    socket_folder = Path(url.partition("host=")[2])
    assert os.geteuid() == 0 or not socket_folder.exists()
    remove_server(data_dir)


@pytest.mark.parametrize("sign", ['"', "$", "`", "\\"])
def test_it_refuses_a_folder_whose_name_a_shell_would_take_apart(tmp_path, sign):
    odd = tmp_path / f"odd{sign}name"
    # For root, the folder is elsewhere; a link that is there already is followed.
    odd.joinpath("home").mkdir(parents=True)
    odd.joinpath("postgresql").symlink_to(odd / "home")
    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="of this name"):
        embedded_postgres.start(odd)


def test_it_leaves_the_permissions_of_the_folders_above_alone(tmp_path):
    private = tmp_path / "home"
    private.mkdir(mode=0o700)
    user, _url = start_user(private / "project" / "data")
    end_user(user)
    assert private.stat().st_mode & 0o777 == 0o700
    remove_server(private / "project" / "data")


def test_it_keeps_values_of_failing_statements_out_of_its_log(data_dir):
    user, url = start_user(data_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE words (word text UNIQUE)")
        connection.execute("INSERT INTO words VALUES ('confidential')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO words VALUES ('confidential')")
    home = (data_dir / "postgresql").resolve()
    log = home.joinpath("data", "server.log").read_text()
    end_user(user)
    assert "duplicate key" in log
    assert "confidential" not in log


def test_it_says_what_to_do_where_it_cannot_start(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(embedded_postgres.EmbeddedPostgresError, match="set DATABASE_URL"):
        embedded_postgres.start(tmp_path / "file")


def test_a_throwaway_server_is_gone_with_its_process_and_clears_what_a_killed_one_left():
    command = [
        sys.executable,
        "-c",
        "import sys; from everyskill import embedded_postgres as e\n"
        "print(e.start_throwaway(), flush=True)\n"
        "sys.stdin.readline()",
    ]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as process:
        killed = process.stdout.readline().strip()
        # While it lives: afterwards any other start on this machine clears it away.
        assert is_reachable(killed)
        process.kill()
    ended = subprocess.run(command, input="", check=True, stdout=subprocess.PIPE, text=True)
    for url in (killed, ended.stdout.strip()):
        assert not is_reachable(url)
        assert not Path(url.partition("host=")[2]).parent.exists()
