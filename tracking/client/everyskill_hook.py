#!/usr/bin/env python3
"""EverySkill hook: tells your team's EverySkill site which skills a coding agent used.

One file, standard library only, Python 3.8 or newer. Run `python3 everyskill_hook.py --help`.

What it does, in the order of this file:

  hook       The agent calls it after each tool use, with JSON on standard input. It decides which
             skill the call belongs to, writes one small event file, starts a detached process and
             ends. It always exits 0, prints nothing and waits for no network.
  (child)    The detached process adds the token counts and, *only when both your organisation and
             you yourself allowed it on the site*, redacted text. Then it starts `flush`.
  flush      Sends the event files and deletes each one the site has stored.
  status, doctor, dry-run, install, uninstall: for you.

The attribution rule: a skill starts when the agent calls the tool `Skill`, or when you type its
slash command. Tool calls with the same `prompt_id` count for it, until another skill starts or you
send the next prompt. The start itself counts once. A call outside any skill is not sent.

What is on your disk: event files without text, or with text that is already redacted; no raw text.
What is never on a command line: your key. `DO_NOT_TRACK=1` or `DISABLE_TELEMETRY=1` stops it all.
"""

# Longer than one reading, since people must be able to install and check it as one file without dependencies.

import json
import os
import sys
import time

VERSION = "1"
USAGE = """usage: everyskill_hook.py COMMAND

  install [--url URL] [--key-stdin] [--settings FILE]   connect the agent; --url asks for your key
          [--no-settings]                               for skills that bring their own hooks
  uninstall [--settings FILE] [--purge]                 restore the agent's settings
  status [--json]                                       what waits, what was lost, what is blocked
  doctor                                                prove the installation, step by step
  flush                                                 send now what waits
  dry-run [--skill NAME] [--assume-open] [--offline]    event on standard input; show what is sent
  hook [--skill NAME]                                   called by the agent

Environment: EVERYSKILL_URL, EVERYSKILL_API_KEY, EVERYSKILL_CONFIG (file), EVERYSKILL_SPOOL (folder),
EVERYSKILL_ALLOW_HTTP=1 (plain http beyond this machine), DO_NOT_TRACK, DISABLE_TELEMETRY.
"""

OWN_FILE = os.path.abspath(__file__)

# Kept as they are meant here and now: the detached process works in another folder.
for _name in ("EVERYSKILL_SPOOL", "EVERYSKILL_CONFIG"):
    if os.environ.get(_name):
        os.environ[_name] = os.path.abspath(os.environ[_name])

WATCHED = ("PostToolUse", "PostToolUseFailure", "UserPromptSubmit", "UserPromptExpansion", "Stop")

# The spool's caps. What is dropped is counted and told by `status`.
MAX_EVENTS = 10000
MAX_BYTES = 32 * 1024 * 1024
MAX_AGE = 30 * 86400  # seconds

# The site takes 1-500 events a batch and 64 KiB an event; this stays well below.
BATCH_EVENTS = 100
BATCH_BYTES = 512 * 1024

LINGER = 600  # seconds a background flush goes on trying before it leaves the rest to the next one
SLOWEST_RETRY = 30  # seconds, the longest pause between two tries while lingering
TEXT_WINDOW = 16000  # characters of a text that are looked at, at most
TEXT_MARGIN = 1000  # characters given up at a window's end: a secret cut there would not be known
REDACTION_TIME = 20  # seconds, then the event goes without text


# --- Configuration --------------------------------------------------------------------------------


def opted_out():
    """The name of the environment variable that forbids tracking, or None."""
    for name in ("DO_NOT_TRACK", "DISABLE_TELEMETRY"):
        if os.environ.get(name, "").strip().lower() not in ("", "0", "false", "no", "off"):
            return name
    return None


def user_folder(variable, unix, windows):
    """A per-user folder by the XDG base directory rules; on Windows below the given variable."""
    if os.name == "nt":
        return os.path.join(os.environ.get(windows) or os.path.expanduser("~"), "everyskill")
    base = os.environ.get(variable, "")
    if not os.path.isabs(base):  # the XDG rules say to ignore a relative one
        base = os.path.join(os.path.expanduser("~"), unix)
    return os.path.join(base, "everyskill")


def config_path():
    given = os.environ.get("EVERYSKILL_CONFIG")
    folder = user_folder("XDG_CONFIG_HOME", ".config", "APPDATA")
    return given or os.path.join(folder, "config.json")


def spool_path(*names):
    given = os.environ.get("EVERYSKILL_SPOOL")
    ours = user_folder("XDG_STATE_HOME", ".local/state", "LOCALAPPDATA")
    return os.path.join(os.path.join(given, "everyskill") if given else ours, *names)


class Config:
    """Where to send and with which key. `problems` says what a person must do, never the key."""

    def __init__(self):
        self.path = config_path()
        self.problems = []
        stored = self._stored()
        self.url = str(os.environ.get("EVERYSKILL_URL") or stored.get("url") or "").rstrip("/")
        self.key = str(os.environ.get("EVERYSKILL_API_KEY") or stored.get("api_key") or "").strip()
        self.url_source = "EVERYSKILL_URL" if os.environ.get("EVERYSKILL_URL") else self.path
        self.key_source = (
            "EVERYSKILL_API_KEY" if os.environ.get("EVERYSKILL_API_KEY") else self.path
        )
        self.allow_http = bool(os.environ.get("EVERYSKILL_ALLOW_HTTP") or stored.get("allow_http"))

    def _stored(self):
        try:
            with open(self.path, "rb") as file:
                if os.name == "posix":
                    mode = os.fstat(file.fileno())
                    if mode.st_mode & 0o077:
                        self.problems.append(
                            f"{self.path} can be read by others (mode {mode.st_mode & 0o777:o}), so "
                            f"its key is not used. Run: chmod 600 {self.path}"
                        )
                        return {"url": as_object(file.read()).get("url")}
                return as_object(file.read())
        except FileNotFoundError:
            return {}
        except OSError as error:
            self.problems.append(f"{self.path} cannot be read: {error.strerror}")
            return {}

    def check(self):
        """Add what is missing or unsafe to `problems`; true when events can be sent."""
        from urllib.parse import urlsplit

        if not self.url:
            self.problems.append("No site: set EVERYSKILL_URL or run install --url URL.")
        else:
            try:
                parts = urlsplit(self.url)
                host = parts.hostname or ""
                parts.port  # noqa: B018 (raises ValueError on a bad port)
            except ValueError:
                parts, host = urlsplit(""), ""
            local = host in ("localhost", "::1") or host.startswith("127.")
            if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
                self.problems.append("The site's address must look like https://skills.example.com")
            elif parts.scheme == "http" and not local and not self.allow_http:
                self.problems.append(
                    "The site's address is plain http, which would show your key to the network. "
                    "Use https, or set EVERYSKILL_ALLOW_HTTP=1 on a network you trust."
                )
        if not self.key:
            self.problems.append("No key: set EVERYSKILL_API_KEY or run install --url URL.")
        elif any(not 33 <= ord(letter) <= 126 for letter in self.key):
            self.problems.append("The key has characters that no key has; copy it again.")
        return not self.problems

    @property
    def fingerprint(self):
        """Tells two configurations apart without giving either away."""
        return digest(self.url, self.key)[:16]


# --- Small files ----------------------------------------------------------------------------------


def as_object(data):
    """Parse JSON bytes or text that should be an object; anything else is an empty one."""
    try:
        value = json.loads(data if isinstance(data, str) else data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def read_object(path):
    try:
        with open(path, "rb") as file:
            return as_object(file.read())
    except OSError:
        return {}


def private_folder(path):
    """Make the folder for this user only (0700), and narrow it if it is one of ours and wider."""
    os.makedirs(path, mode=0o700, exist_ok=True)
    ours = "everyskill" in path.split(os.sep)  # a folder that somebody else named is left alone
    if ours and os.name == "posix" and os.stat(path).st_mode & 0o077:
        os.chmod(path, 0o700)


def write_private(path, data, lock=False, sync=False):
    """Write bytes so that a reader sees all of them or none (0600, atomic rename).

    With `lock`, return the open file, locked for as long as this process or its child lives.
    Raises OSError, having removed what was half written.
    """
    private_folder(os.path.dirname(path))
    temporary = f"{path}.{os.getpid()}.tmp"
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        if lock:
            try_lock(file)
        written = 0
        while written < len(data):
            written += os.write(file, data[written:])
        if sync:
            os.fsync(file)
        os.replace(temporary, path)
    except OSError:
        os.close(file)
        remove(temporary)
        raise
    if lock:
        return file
    os.close(file)
    return None


def remove(path):
    try:
        os.unlink(path)
        return True
    except OSError:
        return False


def try_lock(file):
    """Lock an open file without waiting; the kernel lets go when its last holder ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except OSError:
        return False


def lock_named(name):
    """Open and lock a file of the spool; None when another process holds it. Raises OSError."""
    private_folder(spool_path())
    file = os.open(spool_path(name), os.O_RDWR | os.O_CREAT, 0o600)
    if try_lock(file):
        return file
    os.close(file)
    return None


HEALTH_SIZE = 4096


def note_health(**changes):
    """Remember counts and last results for `status`. A number is added, anything else replaces.

    The file keeps its size and is written in place, so that it can tell even of a full disk.
    """
    try:
        private_folder(spool_path())
        file = os.open(spool_path("health.json"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return
    try:
        for _ in range(50):
            if try_lock(file):
                break
            time.sleep(0.01)
        health = as_object(os.read(file, HEALTH_SIZE))
        for name, value in changes.items():
            if isinstance(value, int):
                value += health.get(name) if isinstance(health.get(name), int) else 0
            health[name] = value[:120] if isinstance(value, str) else value
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, json.dumps(health).encode().ljust(HEALTH_SIZE)[:HEALTH_SIZE])
    except OSError:
        pass
    finally:
        os.close(file)


def digest(*parts):
    import hashlib

    text = "\n".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def iso_now():
    now = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"


# --- hook: what the agent calls -------------------------------------------------------------------


def command_hook(assumed=None):
    """Observe one hook call. Whatever goes wrong, the agent's tool call is not disturbed."""
    try:
        if not opted_out():
            payload = as_object(sys.stdin.buffer.read())
            if payload.get("hook_event_name") in WATCHED and word(payload.get("session_id")):
                observe(payload, assumed)
    except Exception as error:
        note_health(failed=1, last_failure=f"{type(error).__name__} at {iso_now()}")
    return 0


def observe(payload, assumed=None):
    state = read_object(session_file(payload))
    skill, new_state = attribute(state, payload, assumed)
    site = os.environ.get("EVERYSKILL_URL") or read_object(config_path()).get("url")
    if not site:
        return  # nobody has connected this machine: there is no one to report to
    event = make_event(payload, skill) if skill else None
    held = None
    if event:
        # The event is on disk before anything else happens: from here on no kill can lose it.
        record = {"to": str(site).rstrip("/"), "event": event}
        try:
            held = write_private(queue_path(event, "wait"), encode(record), lock=True)
        except OSError as error:
            note_health(
                unspooled=1, last_spool_error=str(error.strerror), last_spool_error_at=iso_now()
            )
    if new_state != state:
        try:
            write_private(session_file(payload), encode(new_state))
        except OSError as error:
            note_health(last_spool_error=str(error.strerror), last_spool_error_at=iso_now())
    name = payload["hook_event_name"]
    if event:
        detach({"record": record, "payload": payload, "held": held})
    elif name in ("UserPromptSubmit", "Stop"):
        remove(prompt_file(payload))
        if name == "UserPromptSubmit" and not transcript_has_prompts(payload):
            detach({"record": None, "payload": payload, "held": None})


def encode(value):
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def word(value, limit=200):
    """A short name from the payload, made safe to send; empty when there is none."""
    if not isinstance(value, str):
        return ""
    return clean(value.strip())[:limit]


def clean(text):
    """Without NUL and lone surrogates, which the site rightly refuses."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def queue_path(event, state):
    return spool_path("queue", "{}.{}".format(event["event_id"], state))


def session_file(payload):
    return spool_path("sessions", digest(payload["session_id"])[:32] + ".json")


def prompt_file(payload):
    return spool_path("prompts", digest(payload["session_id"])[:32] + ".json")


def attribute(state, payload, assumed=None):
    """The attribution rule: which skill this call counts for (or None), and the next state.

    The state of a session is its current prompt id, the active skill of the main agent and of
    each sub-agent, which starts were counted, and the skills seen so far. It holds no text.

    `assumed` is the skill in whose frontmatter the hook stands: the agent runs it from the skill's
    start on, which it may itself not see, so its first call in a session stands for the start.
    """
    name = payload["hook_event_name"]
    prompt = word(payload.get("prompt_id"))
    agent = word(payload.get("agent_id")) or "main"
    seen = state.get("seen", [])
    if name == "UserPromptExpansion":
        command = slash_command(payload)
        if not command:
            return None, state
        state = new_prompt(prompt, [*seen, command])
        return command, dict(state, skills={"main": command}, starts={command: "command"})
    if name == "UserPromptSubmit":
        # The prompt of a slash command is announced twice. Any other prompt ends the skill.
        typed = word(payload.get("prompt")).split(" ")[0].lstrip("/")
        if state.get("starts", {}).get(typed) == "command":
            return None, dict(state, prompt=prompt or state.get("prompt"))
        same = prompt and prompt == state.get("prompt")
        return None, state if same else new_prompt(prompt, seen) if seen else {}
    if not prompt:
        return None, state
    if state.get("skills") and not state.get("prompt"):
        state = dict(state, prompt=prompt)
    if state.get("prompt") != prompt:
        state = new_prompt(prompt, seen)
    if assumed and assumed not in seen:
        skills = state["skills"] or {agent: assumed}
        state = dict(state, skills=skills, seen=sorted({*seen, assumed}))
    started = skill_started(payload)
    if not started:
        active = state["skills"].get(agent) or state["skills"].get("main")
        return active, state if state["seen"] else {}
    use = word(payload.get("tool_use_id"))
    first = state["starts"].get(started, use)
    state = dict(
        state,
        skills=dict(state["skills"], **{agent: started}),
        starts=dict(state["starts"], **{started: first}),
        seen=sorted({*state["seen"], started}),
    )
    # The same start told again (a replay) is sent again, as the site stores it once. Another start
    # of the same skill in the same prompt is not another use.
    return (started if first == use else None), state


def new_prompt(prompt, seen):
    return {"prompt": prompt, "skills": {}, "starts": {}, "seen": sorted(set(seen))}


def slash_command(payload):
    """The skill that a typed slash command starts; commands of the agent itself start none."""
    if payload.get("expansion_type", "slash_command") != "slash_command":
        return None
    if payload.get("command_source") in ("builtin", "mcp"):
        return None
    return word(payload.get("command_name")).lstrip("/") or None


def skill_started(payload):
    if payload["hook_event_name"] != "PostToolUse" or payload.get("tool_name") != "Skill":
        return None
    response = payload.get("tool_response")
    if isinstance(response, dict) and response.get("success") is False:
        return None
    given = payload.get("tool_input")
    named = given.get("skill") or given.get("command") if isinstance(given, dict) else None
    return word(named).lstrip("/") or None


def make_event(payload, skill):
    """The event for `POST /api/track`, without any text. The same call gives the same event_id."""
    name = payload["hook_event_name"]
    if name == "Stop":
        tool, mark = "task", "task " + word(payload.get("prompt_id"))
    elif name == "UserPromptExpansion":
        tool, mark = "Skill", "start " + word(payload.get("prompt_id"))
    else:
        tool = word(payload.get("tool_name")) or "unknown"
        mark = word(payload.get("tool_use_id")) or json.dumps(payload, sort_keys=True)
    session = clean(payload["session_id"].strip())
    event = {
        "skill_id": skill,
        "tool_name": tool,
        "ts": iso_now(),
        "hook_event": name,
        "event_id": "es1-" + digest(session, mark, skill)[:40],
        "session_id": session if len(session) <= 200 else digest(session),
    }
    took = payload.get("duration_ms")
    if isinstance(took, (int, float)) and not isinstance(took, bool) and 0 <= took < 2**31:
        event["latency_ms"] = int(took)
    return event


# --- The detached process -------------------------------------------------------------------------


def detach(job):
    """Go on in a process that outlives this one, holds none of its pipes and is polite."""
    if not hasattr(os, "fork"):
        detach_without_fork(job)
        return
    if os.fork():
        return
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        for file in range(3, 64):  # nor anything else of the agent's, but the lock of the event
            if file != job["held"]:
                close_quietly(file)
        os.chdir("/")
        os.nice(10)
        complete(job)
    finally:
        os._exit(0)


def close_quietly(file):
    try:
        os.close(file)
    except OSError:
        pass


def detach_without_fork(job):
    """The same on Windows: a new process gets the job through a pipe, never on the command line."""
    import subprocess

    if job["held"] is not None:
        os.close(job.pop("held"))  # a lock does not pass to a new process there; its age does
    flags = 0
    for name in ("DETACHED_PROCESS", "CREATE_NEW_PROCESS_GROUP"):
        flags |= getattr(subprocess, name, 0)
    child = subprocess.Popen(
        own_command("_complete"),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        creationflags=flags,
        start_new_session=os.name == "posix",
    )
    if child.stdin:
        child.stdin.write(json.dumps(job).encode())
        child.stdin.close()
    child.returncode = 0  # it is not waited for


def own_command(*arguments):
    return [sys.executable, "-I", "-S", OWN_FILE, *list(arguments)]


def complete(job):
    """Add token counts and, when both gates are open, redacted text; publish; start sending."""
    record, payload = job["record"], job["payload"]
    config = Config()
    gates = current_gates(config) if config.check() else CLOSED
    if record is None or payload["hook_event_name"] == "UserPromptExpansion":
        keep_prompt(payload, gates)
    if record is None:
        return
    event = record["event"]
    event.update(token_usage(payload))
    if gates["open"]:
        event.update(snippets(payload, gates))
    if payload["hook_event_name"] == "Stop":
        remove(prompt_file(payload))
    waiting = queue_path(event, "wait")
    if not os.path.exists(waiting):
        # Either the spool could not be written, or a flush took the event for abandoned and has it.
        if job.get("held") is None and not os.path.exists(queue_path(event, "json")):
            send_unspooled(config, record)
        return
    try:
        write_private(queue_path(event, "json"), encode(record), sync=True)
        remove(waiting)
    except OSError as error:
        # The event without text stays where it is and will be sent.
        note_health(last_spool_error=str(error.strerror), last_spool_error_at=iso_now())
    start_flush()


def start_flush():
    """Become a fresh process that sends, unless one runs already: it looks again before it ends."""
    file = lock_named("background.lock")
    if file is None:
        return
    os.close(file)
    command = own_command("flush", "--background")
    if hasattr(os, "fork"):
        os.execv(command[0], command)
    command_flush(background=True)


def send_unspooled(config, record):
    """The spool could not take the event: send it from memory, a few tries, then count it as lost."""
    for pause in (0, 2, 8, 20):
        time.sleep(pause)
        if config.problems:
            break
        status = send(config, [record])["results"][0][0]
        if status == 200:
            note_health(sent=1, last_sent_at=iso_now())
            return
    note_health(lost=1, last_lost_at=iso_now())


# --- The agent's transcript -----------------------------------------------------------------------
# Its format is not a contract. What is not found exactly as expected is left out, never guessed.


def transcript_lines(payload, needle, tail=None):
    """The parsed lines that contain the needle, oldest first; of the last `tail` bytes if given."""
    path = payload.get("transcript_path")
    if not isinstance(path, str) or not os.path.isfile(path):
        return []
    found = []
    try:
        with open(path, "rb") as file:
            if tail and os.fstat(file.fileno()).st_size > tail:
                file.seek(-tail, os.SEEK_END)
                file.readline()
            for line in file:
                if needle.encode() in line:
                    found.append(as_object(line))
    except (OSError, UnicodeError):
        return []
    return found


def transcript_has_prompts(payload):
    """Whether the prompt can be read from the transcript when it is needed, so is not kept here."""
    return bool(transcript_lines(payload, '"promptId"', tail=65536))


def message_of(line):
    message = line.get("message")
    return message if line.get("type") == "assistant" and isinstance(message, dict) else {}


def blocks_of(message):
    content = message.get("content")
    return (
        [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []
    )


def token_usage(payload):
    """Model, message id and token counts of the assistant message behind this call, or nothing."""
    if payload["hook_event_name"] == "UserPromptExpansion":
        return {}
    for pause in (0, 0.2, 0.8):  # the transcript may lag behind the call
        time.sleep(pause)
        usage = usage_now(payload)
        if usage or not os.path.isfile(str(payload.get("transcript_path"))):
            return usage
    return {}


def usage_now(payload):
    if payload["hook_event_name"] == "Stop":
        answer = payload.get("last_assistant_message")
        lines = transcript_lines(payload, '"assistant"', tail=262144)[-1:]
        wanted = [line for line in lines if answer and text_of_blocks(message_of(line)) == answer]
    else:
        use = word(payload.get("tool_use_id"))
        lines = transcript_lines(payload, use, tail=4 * 1024 * 1024) if use else []
        wanted = [
            line
            for line in lines
            for block in blocks_of(message_of(line))
            if block.get("type") == "tool_use" and block.get("id") == use
        ]
    identifier = word(message_of(wanted[-1]).get("id")) if wanted else ""
    if not identifier:
        return {}
    # A message is written as several lines, and only those with a stop reason have final counts.
    for line in reversed(transcript_lines(payload, identifier, tail=4 * 1024 * 1024)):
        message = message_of(line)
        if message.get("id") == identifier and message.get("stop_reason"):
            return usage_fields(message, identifier)
    return {}


def usage_fields(message, identifier):
    usage = message.get("usage")
    names = (
        "input_tokens",
        "output_tokens",
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
    )
    counts = {name: usage.get(name) for name in names} if isinstance(usage, dict) else {}
    good = {
        name: count
        for name, count in counts.items()
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count < 2**31
    }
    model = word(message.get("model"), 100)
    if not model or "input_tokens" not in good or "output_tokens" not in good:
        return {}
    return dict(good, message_id=identifier, model_name=model)


def text_of_blocks(message):
    return "\n".join(str(b.get("text", "")) for b in blocks_of(message) if b.get("type") == "text")


def prompt_from_transcript(payload):
    """What the person asked in this prompt, or None."""
    prompt = word(payload.get("prompt_id"))
    for line in transcript_lines(payload, prompt) if prompt else []:
        if line.get("type") != "user" or line.get("promptId") != prompt or line.get("isMeta"):
            continue
        message = line.get("message") if isinstance(line.get("message"), dict) else {}
        content = message.get("content")
        if isinstance(content, list):
            if any(block.get("type") == "tool_result" for block in blocks_of(message)):
                continue
            content = text_of_blocks(message)
        if isinstance(content, str) and content.strip():
            return typed_command(content)
    return None


def typed_command(content):
    """A slash command as it was typed, where the transcript has it in tags."""
    name = content.partition("<command-name>")[2].partition("</command-name>")[0].strip()
    given = content.partition("<command-args>")[2].partition("</command-args>")[0].strip()
    return (name + " " + given).strip() if name else content


# --- Text: only when both gates are open, only redacted -------------------------------------------

CLOSED = {"open": False, "known": False, "why": "not known", "personal_data": True, "length": 5000}

GATES = {
    "open": "both gates are open",
    "tenant_off": "your organisation has capture switched off",
    "no_consent": "you have not given training consent",
}


def current_gates(config, sending=False):
    """What the site says about text: {"open", "known", "why", "personal_data", "length"}.

    Its answer holds for the minutes it names. Anything but a plain true is closed. While the site
    does not answer, what it said in the last day decides whether redacted text may wait in the
    spool; before anything is sent (`sending`) it must have answered again.
    """
    cached = read_object(spool_path("gates.json"))
    mine = cached.get("for") == config.fingerprint
    gates = cached
    holds = mine and 0 < cached.get("until", 0) - time.time() <= 900
    if not holds or (sending and not cached.get("known")):
        gates = fetch_gates(config)
        recent = mine and cached.get("open") and time.time() - cached.get("told", 0) < 86400
        if not gates["known"] and not gates["refused"] and recent:
            gates = dict(cached, known=False, why=gates["why"], until=gates["until"])
        try:
            write_private(spool_path("gates.json"), encode(gates))
        except OSError:
            pass
    return dict(gates, open=False) if sending and not gates["known"] else gates


def fetch_gates(config):
    answer = request(config, "GET", "/api/hook-settings")
    body = answer["json"] if isinstance(answer["json"], dict) else {}
    now = time.time()
    if answer["status"] != 200:
        # An overloaded or absent site has not said no; one that refuses the key has.
        refused = 300 <= answer["status"] < 500 and answer["status"] != 429
        gates = dict(CLOSED, why=answer["reason"], refused=refused, until=now + 20)
    else:
        age, length = body.get("max_age"), body.get("snippet_length")
        gates = {
            "open": body.get("capture") is True,
            "known": True,
            "why": GATES.get(str(body.get("gate")), "the site does not take text"),
            "personal_data": body.get("personal_data") is not False,
            "length": max(0, min(length if isinstance(length, int) else 5000, 16000)),
            "told": now,
            "until": now + max(0, min(age if isinstance(age, int) else 60, 900)),
        }
    gates["for"] = config.fingerprint
    return gates


def snippets(payload, gates):
    """The redacted texts of this call, or nothing: without a working redactor no text is sent."""
    name = payload["hook_event_name"]
    if name == "UserPromptExpansion":
        return {}
    already = None
    if name == "Stop":
        given, got = prompt_from_transcript(payload), payload.get("last_assistant_message")
        already = None if given else kept_prompt(payload)
    else:
        given = payload.get("tool_input")
        got = payload.get("error") if name == "PostToolUseFailure" else payload.get("tool_response")
    try:
        with time_limit(REDACTION_TIME):
            redact = load_redactor(gates["personal_data"])
            texts = {
                "tool_input_snippet": already or redact_text(redact, given, gates["length"]),
                "tool_output_snippet": redact_text(redact, got, gates["length"]),
            }
    except Exception as error:
        note_health(unredacted=1, last_failure=f"redaction: {type(error).__name__}")
        return {}
    return {field: text for field, text in texts.items() if text}


def redact_text(redact, value, length):
    text = clean(plain_text(value))
    result = redact(text[:TEXT_WINDOW])
    if not isinstance(result, str):
        raise TypeError("the redactor did not return text")
    if len(text) > TEXT_WINDOW:
        result = result[:-TEXT_MARGIN]
    if len(result) > length:
        # Not through a placeholder: half of one would be read as text.
        begun = result.rfind("[REDACTED:", 0, length + 9)
        inside = begun >= 0 and "]" not in result[begun:length]
        result = result[: begun if inside else length]
    return result


def plain_text(value):
    """A tool's input or output as text: a command's streams as they are, all else as JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, dict) and isinstance(value.get("stdout"), str):
        streams = [value["stdout"], value.get("stderr")]
        return "\n".join(stream for stream in streams if isinstance(stream, str) and stream)
    return json.dumps(value, ensure_ascii=False)


def load_redactor(personal_data=True):
    """The site's own redaction rules, from the commented section at the end of this file.

    They are comments so that Python skips them on every hook call. Raises when they are missing,
    changed or broken; then no text is sent.
    """
    import types

    with open(OWN_FILE, encoding="utf-8") as file:
        section = file.read().partition("\n#: redaction rules, sha256 ")[2].split("\n")
    source = "\n".join(line[3:] for line in section[1:] if line[:2] == "#|") + "\n"
    if digest(source) != section[0].strip():
        raise ValueError("the redaction rules are missing or were changed")
    module = types.ModuleType("everyskill_redaction")
    sys.modules[module.__name__] = module
    exec(compile(source, module.__name__, "exec"), module.__dict__)

    def redact(text):
        return module.sanitize_payload(text, personal_data=personal_data).sanitized

    return redact


class time_limit:
    """Raise TimeoutError in the block after so many seconds, where the system has alarms."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        import signal

        def stop(number, frame):
            raise TimeoutError

        if hasattr(signal, "setitimer"):
            signal.signal(signal.SIGALRM, stop)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def __exit__(self, *details):
        import signal

        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)


def keep_prompt(payload, gates):
    """Keep the redacted prompt until the answer is there; only while both gates are open."""
    remove(prompt_file(payload))
    if not gates["open"]:
        return
    try:
        with time_limit(REDACTION_TIME):
            text = redact_text(
                load_redactor(gates["personal_data"]), payload.get("prompt"), gates["length"]
            )
        kept = {"prompt_id": word(payload.get("prompt_id")), "text": text}
        write_private(prompt_file(payload), encode(kept))
    except Exception as error:
        note_health(unredacted=1, last_failure=f"redaction: {type(error).__name__}")


def kept_prompt(payload):
    for _ in range(20):  # its own detached process may still be redacting it
        kept = read_object(prompt_file(payload))
        if kept.get("prompt_id") in ("", word(payload.get("prompt_id"))):
            return kept.get("text")
        time.sleep(0.1)
    return None


# --- HTTP -----------------------------------------------------------------------------------------


def request(config, method, path, body=None):
    """One request, signed. Returns {"status", "json", "text", "retry_after", "reason", "date"}.

    Status 0 is no answer. Certificates are always verified. Redirects are not followed: the key
    goes to the configured site only.
    """
    import http.client
    import ssl
    import urllib.error
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *details):
            return None

    # Proxies from the environment only: asking macOS for its own is not safe in a forked process.
    opener = urllib.request.build_opener(
        NoRedirect,
        urllib.request.ProxyHandler(urllib.request.getproxies_environment()),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    )
    headers = {
        "Authorization": "Bearer " + config.key,
        "Accept": "application/json",
        "User-Agent": f"everyskill-hook/{VERSION} Python/{sys.version_info[0]}.{sys.version_info[1]}",
    }
    if body is not None:
        headers["Content-Type"] = "application/json"
    asked = urllib.request.Request(config.url + path, data=body, headers=headers, method=method)
    answer = {"status": 0, "json": None, "text": "", "retry_after": 0, "reason": "", "date": None}
    try:
        try:
            response = opener.open(asked, timeout=15)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            answer["status"] = response.status if hasattr(response, "status") else response.code
            text = response.read(4 * 1024 * 1024).decode("utf-8", "replace")
            answer["retry_after"] = retry_after(response.headers.get("Retry-After"))
            answer["date"] = response.headers.get("Date")
    except (OSError, http.client.HTTPException, ValueError) as error:
        cause = getattr(error, "reason", error)
        answer["reason"] = "no answer (%s)" % (str(cause)[:120] or type(cause).__name__)
        return dict(answer, status=0)
    answer["text"] = text
    try:
        answer["json"] = json.loads(text) if text else None
    except (ValueError, RecursionError):
        pass
    answer["reason"] = reason_of(answer["status"], answer["json"])
    return answer


def reason_of(status, problem):
    """A person's words for a refusal, from its problem document (RFC 9457) if it has one."""
    words = []
    if isinstance(problem, dict):
        words.append(problem.get("detail") or problem.get("title"))
        errors = problem.get("errors")
        for error in errors[:5] if isinstance(errors, list) else []:
            if isinstance(error, dict):
                words.append("{} {}".format(error.get("pointer", ""), error.get("detail", "")))
    detail = "; ".join(str(said).strip() for said in words if said)[:300]
    return f"answer {status}: {detail}" if detail else f"answer {status}"


def retry_after(value):
    """Seconds to wait by a Retry-After field (RFC 9110, a number or a date); at most a day."""
    if not value:
        return 0
    try:
        seconds = float(value)
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError):
            return 0
    return max(0, min(seconds, 86400))


def send(config, records):
    """Send 1-100 records; return {"results": [(status, reason), ...], "retry_after": seconds}.

    A batch refused as a whole is halved until the event at fault stands alone.
    """
    body = encode({"events": [record["event"] for record in records]})
    answer = request(config, "POST", "/api/track/batch", body)
    told = answer["json"].get("results") if isinstance(answer["json"], dict) else None
    if answer["status"] == 200 and isinstance(told, list) and len(told) == len(records):
        results = []
        for item in told:
            item = item if isinstance(item, dict) else {}
            status = item.get("status") if isinstance(item.get("status"), int) else 0
            results.append((status, reason_of(status, item)))
        return {"results": results, "retry_after": answer["retry_after"]}
    if answer["status"] in REFUSED and len(records) > 1:
        middle = len(records) // 2
        first, second = send(config, records[:middle]), send(config, records[middle:])
        return {
            "results": first["results"] + second["results"],
            "retry_after": max(first["retry_after"], second["retry_after"]),
        }
    status = answer["status"]
    reason = answer["reason"]
    if status == 200:
        status, reason = 0, "the answer is not an EverySkill site's; check the address"
    return {"results": [(status, reason)] * len(records), "retry_after": answer["retry_after"]}


# --- flush: sending the spool ---------------------------------------------------------------------

REFUSED = (400, 413, 422)  # the event itself is at fault: no retry helps
HOPELESS = (401, 403, 404, 405)  # a person must act first: no use in lingering


def command_flush(background=False):
    """Send what waits. Returns 0 when nothing is left to send, 1 when something is kept.

    One background flush at a time lives on to retry. While it sleeps a person's flush may send.
    """
    name = opted_out()
    config = Config()
    if name or not config.check():
        return tell("\n".join(config.problems) or f"{name} is set: nothing is sent.", background)
    try:
        result = send_for_a_while(config) if background else send_once(config, False)[0]
    except OSError as error:
        return tell(f"The spool cannot be written: {error.strerror}", background)
    held = len(spool_files(".wait"))
    result = result or (f"{held} not ready yet." if held else "Nothing waits.")
    return tell(result, background, failed=bool(held or sendable(config)))


def send_for_a_while(config):
    """Send, and linger for retries, until nothing is left. Raises OSError."""
    result = ""
    until = time.time() + LINGER
    while not result:
        alone = lock_named("background.lock")
        if alone is None:
            return ""
        result, pause = send_once(config, True)
        while pause is not None and time.time() + pause < until:
            time.sleep(pause)
            result, pause = send_once(config, True)
        os.close(alone)
        # An event published while the lock was held has no other sender: look again.
        if not sendable(config):
            break
    return result


def send_once(config, background):
    """One pass over the spool; returns what to tell and after how many seconds to try again, or None."""
    for _ in range(300):
        lock = lock_named("flush.lock")
        if lock is not None:
            break
        time.sleep(0.1)
    else:
        return "Another flush is at work.", None
    try:
        tidy_spool()
        if not background:
            wait_for_children()
        return drain(config, background)
    finally:
        os.close(lock)


def tell(text, background, failed=True):
    if not background:
        print(text)
    return 1 if failed else 0


def spool_files(*suffixes):
    """(path, status) of the queue's files, oldest first."""
    found = []
    try:
        with os.scandir(spool_path("queue")) as entries:
            for entry in entries:
                if entry.name.endswith(suffixes):
                    try:
                        found.append((entry.path, entry.stat()))
                    except OSError:
                        continue
    except OSError:
        return []
    return sorted(found, key=lambda item: item[1].st_mtime)


def tidy_spool():
    """Adopt abandoned events, remove leftovers, hold the caps and count what they cost."""
    now = time.time()
    for path, status in spool_files(".wait"):
        adopt(path, status, now)
    for folder, age in (("queue", 3600), ("sessions", 7 * 86400), ("prompts", 86400), (".", 3600)):
        try:
            names = os.listdir(spool_path(folder))
        except OSError:
            continue
        for name in names:
            path = spool_path(folder, name)
            if name.endswith(".tmp") or folder in ("sessions", "prompts"):
                try:
                    if now - os.stat(path).st_mtime > age:
                        remove(path)
                except OSError:
                    continue
    kept = spool_files(".json")
    size = sum(status.st_size for _, status in kept)
    for number, (path, status) in enumerate(kept):
        too_old = now - status.st_mtime > MAX_AGE
        if too_old or len(kept) - number > MAX_EVENTS or size > MAX_BYTES:
            if remove(path):
                note_health(**{"dropped_for_age" if too_old else "dropped_for_size": 1})
                note_health(last_dropped_at=iso_now())
            size -= status.st_size


def adopt(path, status, now):
    """Take over an event whose process is gone: it is sent as it is, without text."""
    ready = path[: -len("wait")] + "json"
    if os.path.exists(ready):
        remove(path)
        return
    try:
        file = os.open(path, os.O_RDWR)
    except OSError:
        return
    # While its process lives it holds the lock. Without fork no lock passes on: there its age tells.
    if now - status.st_mtime > 60 or (hasattr(os, "fork") and try_lock(file)):
        try:
            os.rename(path, ready)
        except OSError:
            pass
    os.close(file)


def wait_for_children():
    """A person asked for a flush: give the detached processes of the last calls time to finish."""
    for _ in range(100):
        if not spool_files(".wait"):
            return
        time.sleep(0.1)
        for path, status in spool_files(".wait"):
            adopt(path, status, time.time())


def sendable(config, most=None):
    """Paths and records for the configured site, oldest first. An unreadable file is set aside."""
    found: list = []
    for path, _status in spool_files(".json"):
        if len(found) == most:
            break
        record = read_object(path)
        if not isinstance(record.get("event"), dict):
            if os.path.exists(path):
                quarantine(path, {"event": None}, "the event file is damaged")
        elif record.get("to") in ("", None, config.url):
            found.append((path, record))
    return found


def drain(config, background):
    """Send batch after batch; returns like `send_once`."""
    sent = 0
    while True:
        waiting = sendable(config, BATCH_EVENTS)
        if not waiting:
            return f"{sent} sent." if sent and not background else "", None
        pause = pause_left(config, background)
        if pause:
            asked = f"{len(sendable(config))} kept: the site asked to wait {int(pause) + 1} s more."
            return asked, pause
        batch = next_batch(waiting)
        answer = send_gated(config, batch)
        kept = settle(batch, answer["results"])
        sent += sum(1 for status, _ in answer["results"] if status == 200)
        if not kept:
            remove(spool_path("retry.json"))
            continue
        status, reason = kept[0]
        delay = plan_retry(config, answer["retry_after"], reason)
        told = f"{sent} sent, {len(sendable(config))} kept: {reason}"
        return told, None if status in HOPELESS else delay


def next_batch(waiting):
    batch: list = []
    size = 0
    for path, record in waiting:
        size += len(encode(record))
        if batch and size > BATCH_BYTES:
            break
        batch.append((path, record))
    return batch


def send_gated(config, batch):
    """Send a batch. A gate may have closed since a text was written: then the text leaves neither
    machine nor spool. While the site says neither yes nor no, a batch with text waits."""
    with_text = [
        (path, record)
        for path, record in batch
        if any(name.endswith("_snippet") for name in record["event"])
    ]
    gates = current_gates(config, sending=True) if with_text else CLOSED
    if with_text and not gates["known"] and not gates.get("refused"):
        return {"results": [(0, gates["why"])] * len(batch), "retry_after": 0}
    for path, record in [] if gates["open"] else with_text:
        for name in ("tool_input_snippet", "tool_output_snippet"):
            record["event"].pop(name, None)
        try:
            write_private(path, encode(record))
        except OSError:
            pass  # a full disk: what is sent has no text all the same, and then the file goes
    return send(config, [record for _, record in batch])


def settle(batch, results):
    """Delete what is stored, set aside what is refused; return the results of what is kept."""
    kept = []
    for (path, record), (status, reason) in zip(batch, results):
        if status == 200:
            remove(path)
        elif status in REFUSED:
            quarantine(path, record, reason)
        else:
            kept.append((status, reason))
            continue
        if os.path.exists(path):  # or it would be sent again and again
            kept.append((0, "an event file cannot be deleted: see to the spool's permissions"))
    stored = len([1 for status, _ in results if status == 200])
    if stored:
        note_health(sent=stored, last_sent_at=iso_now())
    if kept:
        note_health(last_problem=kept[0][1], last_problem_at=iso_now())
    return kept


def quarantine(path, record, reason):
    """Set an event aside with the reason, without its texts; the newest 200 are kept."""
    event = record.get("event") or {}
    bare = {name: value for name, value in event.items() if not name.endswith("_snippet")}
    folder = spool_path("quarantine")
    try:
        told = encode({"reason": reason, "at": iso_now(), "to": record.get("to"), "event": bare})
        write_private(os.path.join(folder, os.path.basename(path)), told)
        for name in sorted(
            os.listdir(folder), key=lambda n: -os.stat(os.path.join(folder, n)).st_mtime
        )[200:]:
            remove(os.path.join(folder, name))
    except OSError as error:
        note_health(last_spool_error=str(error.strerror), last_spool_error_at=iso_now())
    remove(path)
    note_health(quarantined=1)


def pause_left(config, background):
    """Seconds before the next try. A person's flush skips our own pauses, never the site's."""
    plan = read_object(spool_path("retry.json"))
    if plan.get("for") != config.fingerprint:
        return 0
    if not background and not plan.get("told"):
        return 0
    return max(0, min(plan.get("at", 0) - time.time(), 86400))


def plan_retry(config, told, reason):
    """Remember when to try again: as the site said, or 1, 2, 4 … 30 s with jitter."""
    import random

    plan = read_object(spool_path("retry.json"))
    tries = plan.get("tries", 0) + 1 if plan.get("for") == config.fingerprint else 1
    delay = min(SLOWEST_RETRY, 2 ** min(tries - 1, 10)) * random.uniform(0.5, 1)
    if told:
        delay = told + random.uniform(0, 1)
    plan = {"for": config.fingerprint, "tries": tries, "at": time.time() + delay}
    plan.update(told=bool(told), reason=reason)
    try:
        write_private(spool_path("retry.json"), encode(plan))
    except OSError:
        pass
    return delay


# --- status, doctor, dry-run ----------------------------------------------------------------------


def spool_trouble():
    """Why the spool cannot take an event now, or ''. Tries it for real."""
    probe = spool_path("queue", "probe")
    try:
        write_private(probe, b"x" * 8192, sync=True)
    except OSError as error:
        return f"{spool_path()}: {error.strerror}"
    remove(probe)
    return ""


def command_status(as_json=False):
    config = Config()
    config.check()
    ready, held = spool_files(".json"), spool_files(".wait")
    try:
        aside = len([n for n in os.listdir(spool_path("quarantine")) if n.endswith(".json")])
    except OSError:
        aside = 0
    gates = read_object(spool_path("gates.json"))
    facts = {
        "version": VERSION,
        "stopped_by": opted_out(),
        "site": config.url or None,
        "problems": config.problems,
        "spool": spool_path(),
        "spool_trouble": spool_trouble() or None,
        "waiting": len(ready) + len(held),
        "for_another_site": len(ready) - len(sendable(config)),
        "waiting_bytes": sum(status.st_size for _, status in ready + held),
        "oldest_seconds": int(time.time() - min(s.st_mtime for _, s in ready + held))
        if ready + held
        else 0,
        "set_aside": aside,
        "text": "sent, redacted"
        if gates.get("open")
        else "not sent: {}".format(gates.get("why", "not known yet")),
    }
    facts.update(read_object(spool_path("health.json")))
    if as_json:
        print(json.dumps(facts, indent=2))
    else:
        for name, value in facts.items():
            if value not in (None, [], ""):
                shown = "\n  ".join(value) if isinstance(value, list) else value
                print(f"{name.replace('_', ' '):20} {shown}")
    return 1 if facts["problems"] or facts["spool_trouble"] or facts["stopped_by"] else 0


def command_doctor():
    """Each step says ok, or what is wrong and what to do. Returns 1 when something is wrong."""
    failed = []

    def step(good, title, advice=""):
        print(
            "{}  {}{}".format(
                "ok  " if good else "FAIL", title, "" if good else "\n      " + advice
            )
        )
        if not good:
            failed.append(title)
        return good

    name = opted_out()
    step(not name, "tracking is not switched off", f"{name} is set in this environment.")
    config = Config()
    configured = config.check()
    step(configured, f"configuration found ({config.url_source})", "\n      ".join(config.problems))
    trouble = spool_trouble()
    step(not trouble, f"the spool can be written ({spool_path()})", trouble)
    try:
        load_redactor()
        step(True, "the redaction rules of this file are whole")
    except Exception:
        step(
            False,
            "the redaction rules of this file are whole",
            "Download the file from the site again; until then no text is sent.",
        )
    if configured and not name:
        doctor_site(config, step)
    for good, title, advice in agent_checks():
        step(good, title, advice)
    print("All good." if not failed else f"{len(failed)} of the above need you.")
    return 1 if failed else 0


def doctor_site(config, step):
    answer = request(config, "GET", "/api/hook-settings")
    if not step(
        answer["status"] != 0,
        f"the site answers ({config.url})",
        "{}. Check the address, the network, a proxy, the certificate.".format(answer["reason"]),
    ):
        return
    advice = {
        401: "The key is unknown, expired or revoked: make a new one on the site's Connect page."
    }
    if not step(
        answer["status"] == 200,
        f"the key is valid (from {config.key_source})",
        advice.get(
            answer["status"],
            "{}. Is this the address of an EverySkill site?".format(answer["reason"]),
        ),
    ):
        return
    remove(spool_path("gates.json"))
    gates = current_gates(config)
    print("      text: %s" % ("sent, redacted" if gates["open"] else "not sent, " + gates["why"]))
    if answer["date"]:
        from email.utils import parsedate_to_datetime

        skew = abs(parsedate_to_datetime(answer["date"]).timestamp() - time.time())
        step(
            skew < 300,
            "this machine's clock agrees with the site's",
            f"They differ by {int(skew)} s: set the clock.",
        )
    event = {
        "skill_id": "everyskill-doctor",
        "tool_name": "doctor",
        "ts": iso_now(),
        "hook_event": "doctor",
    }
    event["event_id"] = "doctor-" + digest(iso_now(), str(os.getpid()), config.fingerprint)[:32]
    status, reason = send(config, [{"event": event}])["results"][0]
    step(status == 200, "a test event was stored", reason)
    served = request(config, "GET", "/hook/everyskill_hook.py.sha256")
    with open(OWN_FILE, "rb") as file:
        import hashlib

        mine = hashlib.sha256(file.read()).hexdigest()
    if served["status"] == 200 and served["text"].split()[:1] != [mine]:
        print("      note: the site serves another version of this file; install it from Connect.")


def command_dry_run(skill=None, assume_open=False, offline=False):
    payload = as_object(sys.stdin.buffer.read())
    if payload.get("hook_event_name") not in WATCHED or not word(payload.get("session_id")):
        print("Nothing would be sent: standard input is not an event of the agent that is watched.")
        return 1
    found, _ = attribute(read_object(session_file(payload)), payload)
    found = skill or found
    if opted_out():
        print(f"Nothing would be sent: {opted_out()} is set.")
    elif not found:
        print("Nothing would be sent: no skill has started in this prompt (try --skill NAME).")
    else:
        config = Config()
        usable = config.check()
        event = make_event(payload, found)
        event.update(token_usage(payload))
        gates = CLOSED if offline or not usable else current_gates(config)
        if assume_open:
            gates = dict(gates, open=True, why="assumed open for this dry run")
        if gates["open"]:
            event.update(snippets(payload, gates))
        print("POST %s/api/track/batch" % (config.url or "(no site configured)"))
        print("Authorization: Bearer (your key)\nContent-Type: application/json\n")
        print(json.dumps({"events": [event]}, indent=2, ensure_ascii=False))
        print("\nText: {}.".format(gates["why"]))
    return 0


# --- install, uninstall ---------------------------------------------------------------------------


class Refused(Exception):
    """The agent's settings cannot be edited safely; the message says why and what to do."""


def settings_path():
    folder = os.environ.get("CLAUDE_CONFIG_DIR") or os.path.join(os.path.expanduser("~"), ".claude")
    return os.path.join(folder, "settings.json")


def installed_script():
    return os.path.join(
        user_folder("XDG_DATA_HOME", ".local/share", "LOCALAPPDATA"), "everyskill_hook.py"
    )


def receipt_path(settings):
    folder = os.path.dirname(config_path())
    return os.path.join(folder, f"install-{digest(settings)[:16]}.json")


def hook_command():
    """The command for the agent's settings. It ends with success even if Python or the file is gone.

    That matters: the agent reads exit code 2 as "block", and 2 is what Python gives for a missing
    file. Importing lets Python keep the compiled file; -I and -S keep the environment and site
    packages out. Both start faster.
    """
    import shlex

    folder = json.dumps(os.path.dirname(installed_script()).replace("\\", "/"))
    code = f"import sys; sys.path.append({folder}); "
    code += 'import everyskill_hook; everyskill_hook.main(["hook"])'
    parts = [getattr(sys, "_base_executable", None) or sys.executable or "python3"]
    parts += ["-I", "-S", "-c", code]
    if os.name == "nt":
        parts = [part.replace("\\", "/").replace('"', "'") for part in parts]
        return " ".join(f'"{part}"' for part in parts) + " || exit 0"
    return " ".join(shlex.quote(part) for part in parts) + " || exit 0"


def read_settings(path):
    """(bytes or None, parsed object) of the settings file. Raises Refused."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None, {}
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    if not data.strip():
        return data, {}

    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise Refused(f"{path} names a key twice; remove one of the two first.")
        return dict(pairs)

    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=once)
    except UnicodeDecodeError:
        raise Refused(f"{path} is not UTF-8 text.") from None
    except (ValueError, RecursionError) as error:
        where = f"line {error.lineno}" if hasattr(error, "lineno") else "unknown line"
        raise Refused(
            f"{path} is not plain JSON ({where}; comments and trailing commas are not allowed in it). "
            "It was left as it is: correct it and try again."
        ) from None
    hooks = value.get("hooks", {}) if isinstance(value, dict) else None
    groups = list(hooks.values()) if isinstance(hooks, dict) else [None]
    if not all(isinstance(group, list) for group in groups):
        raise Refused(f'{path} has an unexpected shape under "hooks"; it was left as it is.')
    return data, value


def is_ours(hook):
    return isinstance(hook, dict) and "everyskill_hook" in str(hook.get("command"))


def without_ours(settings):
    """The settings without this client's hooks, and without the groups that leaves empty."""
    settings = dict(settings)
    events = {}
    for event, groups in settings.get("hooks", {}).items():
        left = []
        for group in groups:
            hooks = group.get("hooks") if isinstance(group, dict) else None
            if isinstance(hooks, list) and any(is_ours(hook) for hook in hooks):
                rest = [hook for hook in hooks if not is_ours(hook)]
                if rest:
                    left.append(dict(group, hooks=rest))
            else:
                left.append(group)
        if left or not groups:
            events[event] = left
    if events or settings.get("hooks") == {}:
        settings["hooks"] = events
    else:
        settings.pop("hooks", None)
    return settings


def with_ours(settings):
    settings = without_ours(settings)
    events = dict(settings.get("hooks", {}))
    for event in WATCHED:
        group: dict = {"matcher": "*"} if event.startswith("PostTool") else {}
        group["hooks"] = [{"type": "command", "command": hook_command(), "timeout": 10}]
        events[event] = [*events.get(event, []), group]
    return dict(settings, hooks=events)


def format_like(data, value):
    """JSON bytes with the indentation, line ends, mark and last newline of the given ones."""
    text = (data or b"{\n  \n}\n").decode("utf-8-sig")
    indent = "  "
    for line in text.splitlines():
        if line.strip() and line[0] in " \t":
            indent = line[: len(line) - len(line.lstrip())]
            break
    shown = json.dumps(value, indent=indent, ensure_ascii=False)
    shown += "\n" if text.endswith("\n") else ""
    if "\r\n" in text:
        shown = shown.replace("\n", "\r\n")
    mark = b"\xef\xbb\xbf" if (data or b"").startswith(b"\xef\xbb\xbf") else b""
    return mark + shown.encode("utf-8", "surrogatepass")


def replace_settings(path, data):
    """Write the settings through a symbolic link, keeping the file's mode; atomic. Raises Refused."""
    target = os.path.realpath(path)
    temporary = f"{target}.everyskill-{os.getpid()}.tmp"
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        mode = os.stat(target).st_mode & 0o7777 if os.path.exists(target) else 0o600
        file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except OSError as error:
        remove(temporary)
        raise Refused(
            f"{path} cannot be written: {error.strerror}. It was left as it is."
        ) from None


def command_install(url=None, key_stdin=False, settings=None, no_settings=False):
    import base64

    path = os.path.abspath(settings or settings_path())
    data, value = (None, {}) if no_settings else read_settings(path)  # refuse before any change
    if url:
        store_config(url, key_stdin)
    copy_self()
    if no_settings:
        print(f"Installed: {installed_script()}. The agent's settings were not touched.")
        return 0
    receipt = read_object(receipt_path(path))
    if data is not None and receipt.get("after") == digest_bytes(data):
        original = (
            base64.b64decode(receipt["before"]) if receipt.get("before") is not None else None
        )
    else:
        original = data
    wanted = format_like(data, with_ours(value))
    if wanted != data:
        before = base64.b64encode(original).decode() if original is not None else None
        kept = {"settings": path, "before": before, "after": digest_bytes(wanted)}
        write_private(receipt_path(path), encode(kept), sync=True)
        replace_settings(path, wanted)
    print(f"Installed: {path} calls {installed_script()}.")
    print(
        f"A copy of your settings as they were is in {receipt_path(path)}; `uninstall` restores it."
    )
    config = Config()
    if not config.check():
        print("\n".join(config.problems))
    print(f"Next: python3 {installed_script()} doctor")
    return 0


def digest_bytes(data):
    import hashlib

    return hashlib.sha256(data).hexdigest()


def store_config(url, key_stdin):
    if key_stdin or not sys.stdin.isatty():
        key = sys.stdin.readline().strip()
    else:
        import getpass

        key = getpass.getpass("Paste your EverySkill key (it is not shown): ").strip()
    path = config_path()
    kept = dict(read_object(path), url=url.rstrip("/"))
    if key:
        kept["api_key"] = key
    if not kept.get("api_key"):
        raise Refused("No key was given. Make one on the site's Connect page and try again.")
    trial = Config()
    trial.url, trial.key, trial.problems = kept["url"], kept["api_key"], []
    if not trial.check():
        raise Refused(" ".join(trial.problems))
    write_private(path, encode(kept), sync=True)


def copy_self():
    """Put this file where the settings will point, so that a download can be deleted."""
    source, target = OWN_FILE, installed_script()
    with open(source, "rb") as file:
        data = file.read()
    if os.path.abspath(target) != source:
        write_private(target, data, sync=True)
    try:
        import py_compile

        py_compile.compile(target)
    except (OSError, py_compile.PyCompileError):
        pass  # Python does it at the first call, or each time


def command_uninstall(settings=None, purge=False):
    import base64

    path = os.path.abspath(settings or settings_path())
    receipt = read_object(receipt_path(path))
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        data = None
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from None
    if data is not None and receipt.get("after") == digest_bytes(data):
        if receipt.get("before") is None:
            remove(os.path.realpath(path))
            print(f"{path} did not exist before; it was removed again.")
        else:
            replace_settings(path, base64.b64decode(receipt["before"]))
            print(f"{path} is as it was before, byte for byte.")
    elif data is not None:
        data, value = read_settings(path)
        rest = without_ours(value)
        if rest != value:
            replace_settings(path, format_like(data, rest))
            print(f"{path} was edited since; only EverySkill's hooks were taken out.")
        else:
            print(f"{path} has no hooks of EverySkill.")
    else:
        print(f"{path} does not exist; nothing to restore.")
    remove(receipt_path(path))
    if purge:
        import shutil

        remove(config_path())
        remove(installed_script())
        compiled = os.path.join(os.path.dirname(installed_script()), "__pycache__")
        shutil.rmtree(compiled, ignore_errors=True)
        shutil.rmtree(spool_path(), ignore_errors=True)
        print("The key, the spool and the installed file were removed.")
    else:
        print(
            f"Your key ({config_path()}) and unsent events ({spool_path()}) are still there; --purge removes them."
        )
    return 0


def agent_checks():
    """(good, title, advice) for what in the agent's settings decides whether hooks run."""
    path = settings_path()
    try:
        _, value = read_settings(path)
    except Refused as error:
        yield False, "the agent's settings can be read", str(error)
        value = {}
    hooks = value.get("hooks", {})
    missing = [
        event
        for event in WATCHED
        if not any(
            is_ours(h)
            for g in hooks.get(event, [])
            if isinstance(g, dict)
            for h in g.get("hooks") or []
        )
    ]
    yield (
        not missing,
        f"the agent calls this hook ({path})",
        "Missing for {}: run install.".format(", ".join(missing)),
    )
    yield (
        os.path.isfile(installed_script()),
        f"the installed file is in place ({installed_script()})",
        "Run install again.",
    )
    managed = {
        "darwin": "/Library/Application Support/ClaudeCode/managed-settings.json",
        "win32": "C:/Program Files/ClaudeCode/managed-settings.json",
    }.get(sys.platform, "/etc/claude-code/managed-settings.json")
    places = [path, managed] + [
        os.path.join(os.getcwd(), ".claude", n) for n in ("settings.json", "settings.local.json")
    ]
    for place in places:
        found = read_object(place)
        for name in ("disableAllHooks", "allowManagedHooksOnly"):
            if found.get(name) is True:
                yield (
                    False,
                    "no setting blocks hooks",
                    f"{place} sets {name}: no hook of yours runs.",
                )
        variables = found.get("env") if isinstance(found.get("env"), dict) else {}
        for name in ("DO_NOT_TRACK", "DISABLE_TELEMETRY"):
            if str(variables.get(name, "")).lower() not in ("", "0", "false", "no", "off"):
                yield False, "no setting switches tracking off", f"{place} sets {name}."


# --- Command line ---------------------------------------------------------------------------------


def main(arguments):
    command = arguments[0] if arguments else "help"
    if command == "hook":
        command_hook(arguments[2] if arguments[1:2] == ["--skill"] and arguments[2:] else None)
        os._exit(0)  # nothing is left to clean up, and this saves the agent some milliseconds
    if command == "_complete":
        complete(dict(as_object(sys.stdin.buffer.read())))
        return 0
    if command in ("help", "-h", "--help"):
        print(__doc__.strip() + "\n\n" + USAGE.strip())
        return 0
    allowed = {
        "flush": ("--background",),
        "status": ("--json",),
        "doctor": (),
        "dry-run": ("--skill=", "--assume-open", "--offline"),
        "install": ("--url=", "--key-stdin", "--settings=", "--no-settings"),
        "uninstall": ("--settings=", "--purge"),
    }
    if command == "--version":
        print(VERSION)
        return 0
    options = parse_options(arguments[1:], allowed.get(command)) if command in allowed else None
    if options is None:
        print(USAGE, file=sys.stderr, end="")
        return 2
    try:
        if command == "status":
            return command_status(as_json=options.get("json", False))
        return globals()["command_" + command.replace("-", "_")](**options)
    except Refused as error:
        print(str(error), file=sys.stderr)
        return 1


def parse_options(arguments, allowed):
    """{"url": "…"} from ["--url", "…"] or ["--url=…"]; None when something is not known."""
    options = {}
    arguments = list(arguments)
    while arguments:
        name, given, value = arguments.pop(0).partition("=")
        if name in allowed and not given:
            options[name[2:].replace("-", "_")] = True
        elif name + "=" in allowed and (given or arguments):
            options[name[2:].replace("-", "_")] = value if given else arguments.pop(0)
        else:
            return None
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
