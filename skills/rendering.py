"""A SKILL.md's body as HTML that is safe to show to others."""

import re

import nh3
from markdown_it import MarkdownIt

# CommonMark with tables and strikethrough. Raw HTML is shown as text; nh3 stands behind that as a second wall.
MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(
    ["table", "strikethrough"]
)

# No image: one from elsewhere would tell its server who reads the page, and files beside a SKILL.md are not kept.
TAGS = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "em", "strong", "s", "a"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
OPENING_HEADING = re.compile(r"\A\s*#[ \t]+[^\n]+")
SCHEMES = {"http", "https", "mailto"}


LOWEST_HEADING = 6


def render_markdown(text: str) -> str:
    """HTML of a closed list of elements, its headings one step below the page's own.

    Links leave with `rel="noopener noreferrer nofollow"`; a link to a file beside the SKILL.md, which is not here,
    keeps its words only.
    """
    tokens = MARKDOWN.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST_HEADING)}"
    return nh3.clean(
        MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )


def render_skill_body(body: str) -> str:
    """A SKILL.md's body without the heading it may begin with: that is the page's title already."""
    return render_markdown(OPENING_HEADING.sub("", body, count=1))
