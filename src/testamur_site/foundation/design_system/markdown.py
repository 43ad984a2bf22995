"""Text that people write with a few marks (lists, emphasis, links) made into safe HTML.

Two walls: the parser refuses HTML to begin with, and the sanitiser lets through only what the first could have made.
"""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from .published import Published

MAX_CHARACTERS = 50_000
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4", "hr"}
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 12}).disable(
    ["image", "html_inline"]
)
# It fills its tables of characters at the first link that it meets, where another thread would find them half full.
_PARSER.render("<https://link.example/>")


def render(text: str) -> SafeString:
    """HTML of a text in CommonMark without images and HTML. Headings start at the third level: the page has the rest."""
    text = text[:MAX_CHARACTERS]
    return _KEPT.get(text) or _render(text)


def render_published(text: str) -> SafeString:
    """The same of a text that an institution has published. It is kept in memory (`published`), and `render` finds it there too: the
    criteria of a programme stand on the page of each of its credentials. What people write or show is not given to this."""
    html = render(text)
    if len(text) <= _LONGEST_KEPT:
        _KEPT.keep(text, html)
    return html


_LONGEST_KEPT = 5_000
_KEPT: Published[str, SafeString] = Published()


def _render(text: str) -> SafeString:
    # '#' would otherwise outrank the headings of the page around it.
    html = _PARSER.render(text)
    for level in ("1", "2"):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    for level in ("5", "6"):
        html = html.replace(f"<h{level}>", "<h4>").replace(f"</h{level}>", "</h4>")
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "*": set()},  # "*" names nothing: otherwise title and lang would pass
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow ugc",
    )
    return mark_safe(clean)  # noqa: S308 - sanitised on the line above
