"""A SKILL.md shown to others can do nothing but be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skills.rendering import render_markdown, render_skill_body


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "[x](vbscript:x)",
        "![x](https://example.com/pixel.png)",
        "<a href='javascript:x'>y</a>",
        "<style>*{}</style><iframe src='//example.com'></iframe>",
        "[x](//example.com)",
        '[x](https://example.com "onclick=alert(1)")',
    ],
)
def test_nothing_runs_and_nothing_is_fetched(text):
    html = render_markdown(text).lower()
    for danger in (
        "<script",
        "<img",
        "<style",
        "<iframe",
        'href="javascript',
        'href="data',
    ):
        assert danger not in html
    assert 'href="//' not in html
    assert " onclick=" not in html.replace('title="onclick=', "")


@given(st.text(alphabet="<>\"'=/ascriptonimgdl:()[]!`#*\n ", max_size=200))
def test_no_text_becomes_an_element_outside_the_list(text):
    html = render_markdown(text)
    assert "<script" not in html
    assert "<img" not in html


def test_it_renders_what_skills_are_written_with():
    html = render_markdown("## Steps\n\n1. one\n2. `two`\n\n| a |\n|---|\n| b |\n\n```sh\nls\n```")
    for element in ("<h3>Steps</h3>", "<ol>", "<code>two</code>", "<table>", "<pre><code>ls"):
        assert element in html


def test_links_go_out_without_telling_where_from():
    html = render_markdown("[docs](https://example.com/a)")
    assert 'href="https://example.com/a"' in html
    assert "noopener" in html
    assert "noreferrer" in html


def test_the_opening_heading_is_left_to_the_page():
    assert render_skill_body("\n# Title\n\nText.\n\n# Next") == "<p>Text.</p>\n<h2>Next</h2>\n"
    assert render_skill_body("Text.\n\n# Title") == "<p>Text.</p>\n<h2>Title</h2>\n"
