"""The rules as data. `rules.json` holds one rule a line; this module only reads it.

The hook client embeds the same file as text, so this is the one module that a bundle replaces.
"""

from __future__ import annotations

import json
import pathlib

RULES = json.loads(pathlib.Path(__file__).with_name("rules.json").read_text(encoding="utf-8"))
