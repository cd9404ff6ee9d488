"""What stands inside an encoded token."""

from __future__ import annotations

import base64
import binascii
import re

_OBJECT = re.compile(rb'\{\s*"')
_URLSAFE = str.maketrans("-_", "+/")


def decode_base64(run):
    """The bytes of a base64 run of either alphabet, cut to whole groups; None when it is none."""
    run = run.rstrip("=").translate(_URLSAFE)
    remainder = len(run) % 4
    if remainder == 1:
        run = run[:-1]
        remainder = 0
    try:
        return base64.b64decode(run + "=" * (-remainder % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def is_jwt(token):
    """A JSON Web Token's header (also a cut one) decodes to the start of a JSON object (RFC 7515),
    and so does what stands after its dot, when the header alone would not tell."""
    head, _, rest = token.partition(".")
    decoded = decode_base64(head[:64])
    if decoded is None or not _OBJECT.match(decoded):
        return False
    return rest.startswith("eyJ") or all(32 <= b < 127 or b in b"\r\n\t" for b in decoded[:24])
