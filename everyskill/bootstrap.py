"""From a fresh machine with some Python 3 to the project's own virtual environment.

Standard library only, and written in what Python 3.6 can read, so that an old one can say what is
missing: nothing newer than f-strings.

An interpreter that has the pinned requirements already (a container image, a developer's own
environment) is used as it is. Otherwise the command goes on in `.venv`, beside manage.py.
"""

import hashlib
import os
import shutil
import subprocess
import sys

OLDEST_PYTHON = (3, 12)
PYTHON_NAMES = ["python3.13", "python3.12", "python3.14", "python3"]

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(PROJECT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")

RUNTIME, DEVELOPMENT = "requirements.txt", "requirements-dev.txt"
# The commands that set up what they need, and what that is.
NEEDS = {"demo": RUNTIME, "check_all": DEVELOPMENT}

# What an interpreter must have to make the environment: its version, then `True` for venv and pip.
PROBE = """
import importlib.util as u, sys
ready = all(u.find_spec(name) for name in ("venv", "ensurepip"))
print("%d %d" % sys.version_info[:2], ready, sys.executable, sep="|")
"""


def enter_environment(arguments):
    """Return when this process can run the command; otherwise replace it by one that can.

    `arguments` is sys.argv. Exits with a message that says what to do where neither is possible.
    """
    command = arguments[1] if len(arguments) > 1 else ""
    needed = NEEDS.get(command)
    if needed is None:
        if _is_usable(RUNTIME):
            return
        if not os.path.exists(VENV_PYTHON):
            sys.exit(
                "EverySkill's requirements are not installed here. `python3 manage.py demo` makes "
                f"an environment by itself; or install {RUNTIME} into one of your own."
            )
    elif not _in_venv() and _is_usable(needed):
        return
    else:
        _install(needed)
    if not _in_venv():
        os.execv(VENV_PYTHON, [VENV_PYTHON, os.path.abspath(arguments[0]), *arguments[1:]])  # noqa: S606


def _in_venv():
    return os.path.realpath(sys.prefix) == os.path.realpath(VENV)


def _is_usable(requirements):
    """Whether this interpreter is new enough and has every pinned package in its version."""
    if sys.version_info < OLDEST_PYTHON:
        return False
    from importlib import metadata  # noqa: PLC0415 - old Pythons have none

    with open(os.path.join(PROJECT, requirements), encoding="utf-8") as lines:
        # Packages with a marker (after ";") are for other systems or Python versions.
        pins = [line.split("\\")[0] for line in lines if "==" in line and ";" not in line]
    for pin in pins:
        name, _, version = pin.strip().partition("==")
        try:
            if metadata.version(name.partition("[")[0]) != version:
                return False
        except metadata.PackageNotFoundError:
            return False
    return True


def _install(requirements):
    """Make `.venv` if it is missing or broken, and bring it to the requirements, under a lock."""
    try:
        import fcntl  # noqa: PLC0415 - missing on Windows
    except ImportError:
        sys.exit("EverySkill runs on Linux and macOS. On Windows, use its Linux subsystem (WSL).")

    with open(os.path.join(PROJECT, ".venv.lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _output(VENV_PYTHON, "-c", "import pip") is None:
            python = _find_python()
            _say("Making the virtual environment .venv ...")
            _run(python, "-m", "venv", "--clear", VENV)
        if _is_installed(requirements):
            return
        _say("Installing the pinned requirements (once, about a minute) ...")
        pip = [VENV_PYTHON, "-m", "pip", "--disable-pip-version-check", "-qq", "install"]
        _run(*pip, "--require-hashes", "--no-input", "-r", requirements)
        for name in {RUNTIME, requirements}:  # the development's requirements hold the runtime's
            with open(_marker(name), "w", encoding="utf-8") as marker:
                marker.write(_digest(name))


def _is_installed(requirements):
    try:
        with open(_marker(requirements), encoding="utf-8") as marker:
            return marker.read() == _digest(requirements)
    except OSError:
        return False


def _marker(requirements):
    return os.path.join(VENV, requirements + ".sha256")


def _digest(requirements):
    with open(os.path.join(PROJECT, requirements), "rb") as content:
        return hashlib.sha256(content.read()).hexdigest()


def _find_python():
    """The path of a Python that is new enough and can make environments."""
    lacking = ""
    for name in [sys.executable, *PYTHON_NAMES]:
        answer = _output(name, "-c", PROBE) if shutil.which(name) else None
        if not answer:
            continue
        version, ready, path = answer.strip().split("|")
        if tuple(int(part) for part in version.split()) < OLDEST_PYTHON:
            continue
        if ready == "True":
            return path
        lacking = lacking or version.replace(" ", ".")
    if lacking:
        sys.exit(
            f"Python {lacking} was found, but without its modules venv and ensurepip, which make "
            f"the environment. Debian and Ubuntu have them as: apt install python{lacking}-venv"
        )
    sys.exit(
        f"EverySkill needs Python 3.12 or newer. This one is {sys.version.split()[0]}, and no "
        "python3.12 or python3.13 was found on the PATH. Install one (your system's packages, or "
        "python.org) and run the command again."
    )


def _output(*command):
    """What the command printed, or None if it failed.

    Run in the project's folder, because version managers choose by the .python-version file there;
    pyenv, having chosen this interpreter, would otherwise hand its choice on.
    """
    environment = {name: os.environ[name] for name in os.environ if not name.startswith("PYENV_")}
    try:
        return subprocess.check_output(
            command,
            cwd=PROJECT,
            env=environment,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None


def _run(*command):
    # Standard output belongs to the command that is being set up for.
    if subprocess.call(command, cwd=PROJECT, stdout=sys.stderr):
        sys.exit("The set-up failed; what is printed above says why. Nothing else was changed.")


def _say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
