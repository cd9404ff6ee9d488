"""What the content security policy would block never gets into a template or stylesheet."""

import re

import pytest
from django.conf import settings

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
STATIC = settings.BASE_DIR / "static"
STYLES_AND_SCRIPTS = sorted([*STATIC.rglob("*.css"), *STATIC.rglob("*.js")])

INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script with text": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\s(on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE),
}


def test_there_are_templates_to_look_at():
    assert len(TEMPLATES) > 15


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_nothing_inline(path):
    text = path.read_text()
    assert [kind for kind, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", [*TEMPLATES, *STYLES_AND_SCRIPTS], ids=lambda path: path.name)
def test_nothing_is_loaded_from_elsewhere(path):
    loads = re.compile(r"""(src=|href=|url\(|@import |import\(|from )["']?(https?:)?//""")
    assert not loads.search(path.read_text())


def test_every_icon_that_is_named_exists():
    drawn = set(re.findall(r'<symbol id="([a-z-]+)"', (STATIC / "img/icons.svg").read_text()))
    named = set()
    for path in TEMPLATES:
        text = path.read_text()
        named |= set(re.findall(r'_icon\.html" with name="([a-z-]+)"', text))
        named |= set(re.findall(r'\sicon="([a-z-]+)"', text))
    assert named <= drawn
