"""The hook client as the site serves it: the client's source followed by the redaction rules.

The rules are the sanitizer's own, in its standard-library form, so that a person's machine and the site redact
alike. They stand below the client as comments: Python skips them on the client's many quick runs, a person can
read them, and the client executes them only when text may be sent, after checking them against their digest.
"""

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from training.sanitizer.bundle import standard_library_source

CLIENT = Path(__file__).parent / "client" / "everyskill_hook.py"
FILE_NAME = "everyskill_hook.py"

HEADING = """

# --- Generated: the site's redaction rules --------------------------------------------------------
# Made from the sanitizer that the site itself runs. The client above loads these lines, without
# their `#| `, only when text may be sent, and only while the digest below is theirs.
"""


@dataclass(frozen=True)
class HookFile:
    content: bytes
    sha256: str


@functools.cache
def served_hook_file() -> HookFile:
    """The file for download, and its SHA-256. The same source always gives the same bytes."""
    content = assemble(client=CLIENT.read_text(encoding="utf-8"), rules=standard_library_source())
    return HookFile(content=content, sha256=hashlib.sha256(content).hexdigest())


def assemble(*, client: str, rules: str) -> bytes:
    """The client's source with the rules' source below it as comments, in UTF-8 with Unix line ends."""
    lines = rules.rstrip("\n").split("\n")
    digest = hashlib.sha256(("\n".join(lines) + "\n").encode()).hexdigest()
    commented = "".join(f"#| {line}\n" if line else "#|\n" for line in lines)
    return f"{client}{HEADING}#: redaction rules, sha256 {digest}\n{commented}".encode()
