"""Text is readable in both colour schemes: the contrast of every pair is computed from the tokens."""

import math
import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "static/css/tokens.css").read_text()
PAIR = re.compile(r"--([a-z0-9-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\);")
COLOURS = {
    name: tuple(tuple(map(float, value.split())) for value in schemes)
    for name, *schemes in PAIR.findall(TOKENS)
}

# WCAG 2.2, success criterion 1.4.3 (text, level AA) and 1.4.11 (edges of controls, marks).
TEXT, EDGE = 4.5, 3.0
GROUNDS = ("canvas", "surface", "sunken", "hover")
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft", "accent") for ground in GROUNDS],
    *[(tone, f"{tone}-soft", TEXT) for tone in ("good", "warn", "bad", "info")],
    *[("bad", ground, TEXT) for ground in ("canvas", "surface")],
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    ("accent", "accent-soft", TEXT),
    ("canvas", "ink", TEXT),
    *[(edge, "surface", EDGE) for edge in ("line-strong", "focus", "signal", "series-1")],
    ("focus", "canvas", EDGE),
]


def luminance(lightness, chroma, hue):
    """Relative luminance of an OKLCH colour (CSS Color 4, by way of linear sRGB)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    red, green, blue = (min(max(channel, 0), 1) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first, second):
    high, low = sorted((luminance(*first), luminance(*second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_knows_black_on_white():
    assert contrast((1, 0, 0), (0, 0, 0)) == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_it_is_readable(front, ground, least, scheme):
    assert contrast(COLOURS[front][scheme], COLOURS[ground][scheme]) >= least
