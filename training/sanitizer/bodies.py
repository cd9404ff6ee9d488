"""The classes of characters that tokens are made of, and how much of one is read."""

from __future__ import annotations

import re

BODY_CHARS = {
    "alnum": "0-9A-Za-z",
    "word": "0-9A-Za-z_",
    "urlsafe": "0-9A-Za-z_-",
    "dotted": "0-9A-Za-z_.=-",
    "dashed": "0-9A-Za-z-",
    "colons": "0-9A-Za-z_:.-",
    "dollared": "0-9A-Za-z$_",
    "base64": "0-9A-Za-z+/=",
    "base64url": "0-9A-Za-z_=+/-",
    "percented": "0-9A-Za-z_%/+=.-",
    "hex": "0-9a-fA-F",
    "hexdash": "0-9a-f-",
    "HEX": "0-9A-F",
    "upper": "0-9A-Z",
    "lower": "0-9a-z",
    "any": "0-9A-Za-z_./+=*#^!:,~-",
}
BODIES = {name: re.compile("[" + chars + "]+") for name, chars in BODY_CHARS.items()}
ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
# A body is read and judged by its first characters, so that a long run costs no more than a short
# one; only an accepted token is read to its end.
READ = 400
JUDGED = 64
# Small letters, capitals and digits, in whatever order.
MIXED = re.compile(r"(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])[^A-Z]*[A-Z]")
