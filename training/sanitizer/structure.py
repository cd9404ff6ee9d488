"""What stands inside an encoded token."""

from __future__ import annotations

import base64
import binascii

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
    """A JSON Web Token's header (also a cut one) decodes to the start of a JSON object (RFC 7515)."""
    head = token.split(".", 1)[0]
    decoded = decode_base64(head[:64])
    if decoded is None or not decoded.startswith(b'{"'):
        return False
    return all(32 <= byte < 127 for byte in decoded[:24])
