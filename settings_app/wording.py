"""The exact words shown with each decision, in one place.

A ledger row names a wording by name, version and language, and holds the SHA-256 of its text. So the text of a
version that was ever released is never edited: a change of words is a new version, added beside the old one
(`tests/settings_app/test_wording.py` pins the hashes). The newest version is the one shown.
"""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """`paragraphs` is what a page shows; `text` joins them by a blank line and is what is hashed (UTF-8)."""

    name: str
    version: int
    language: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


CONSENT = Wording(
    name="training-consent",
    version=1,
    language="en",
    paragraphs=(
        "I agree that EverySkill keeps training examples of my use of skills in this organisation.",
        "What is kept: when my agent uses a skill of this organisation, the input and the output that it "
        "reports, each up to 5,000 characters, with the skill, the tool's name, the time and my name. "
        "Passwords, keys and other secrets, and personal data where this organisation has that switched on, "
        "are taken out before anything is stored; what was taken out is not kept anywhere.",
        "Who sees it: the author of the skill, this organisation's administrators, and the operator of this "
        "installation. An author may correct an example, approve it, and use approved ones in a dataset.",
        "How to stop: on this page, with one click, at any time, without a reason. Every example that was "
        "captured from me is deleted in that moment, whatever its status. Copies of datasets that were "
        "downloaded before cannot be called back; the receipt names them.",
        "Whether I agree or not changes nothing else in EverySkill.",
    ),
)
CONSENT_WITHDRAWAL = Wording(
    name="training-consent-withdrawal",
    version=1,
    language="en",
    paragraphs=(
        "From now on nothing of my use of skills is kept, and every example captured from me is deleted now.",
    ),
)
CAPTURE_ON = Wording(
    name="capture-on",
    version=1,
    language="en",
    paragraphs=(
        "From now on, redacted inputs and outputs of people who have themselves consented are kept as training "
        "examples. Of everyone else nothing is kept.",
    ),
)
CAPTURE_OFF = Wording(
    name="capture-off",
    version=1,
    language="en",
    paragraphs=(
        "From now on nothing is captured from anyone in this organisation. People's own consents stay as they "
        "are, and count again if capture is switched on again.",
    ),
)
EXAMPLES_KEPT = Wording(
    name="examples-kept",
    version=1,
    language="en",
    paragraphs=(
        "The examples captured so far are kept. Each person can still have theirs deleted by withdrawing.",
    ),
)
EXAMPLES_PURGED = Wording(
    name="examples-purged",
    version=1,
    language="en",
    paragraphs=(
        "All examples captured in this organisation are deleted now, from everyone and whatever their status. "
        "Golden examples, which authors wrote themselves, stay.",
    ),
)

# Every version ever shown, old ones included.
ALL_WORDINGS = (
    CONSENT,
    CONSENT_WITHDRAWAL,
    CAPTURE_ON,
    CAPTURE_OFF,
    EXAMPLES_KEPT,
    EXAMPLES_PURGED,
)


def find_wording(*, name: str, version: int, language: str) -> Wording | None:
    """The wording that a ledger row names; None if this program never had it."""
    for wording in ALL_WORDINGS:
        if (wording.name, wording.version, wording.language) == (name, version, language):
            return wording
    return None
