"""Text that people write with a few marks (lists, emphasis, links) made into safe HTML.

Two walls: the parser refuses HTML to begin with, and the sanitiser lets through only what the first could have made.
"""

from __future__ import annotations

import time

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

MAX_CHARACTERS = 50_000
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "blockquote", "code", "pre", "h3", "h4", "hr"}
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": 12}).disable(
    ["image", "html_inline"]
)


def render(text: str) -> SafeString:
    """HTML of a text in CommonMark without images and HTML. Headings start at the third level: the page has the rest."""
    text = text[:MAX_CHARACTERS]
    return _kept().get(text) or _render(text)


def render_published(text: str) -> SafeString:
    """The same of a text that an institution has published. It is kept in memory, and `render` finds it there too: the criteria of a
    programme stand on the page of each of its credentials. What people write or show is not given to this.

    Nothing is kept for longer than an hour after all that was kept was last forgotten: what an institution no longer shows to anybody is
    then forgotten with the rest, when the next text is asked for. Until then it is found only by who shows the same text."""
    html = render(text)
    if len(text) <= _LONGEST_KEPT:
        kept = _kept()
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[text] = html
    return html


_LONGEST_KEPT = 5_000
_MOST_KEPT = 128
_SECONDS_KEPT = 3_600
_KEPT: dict[str, SafeString] = {}
_kept_until = 0.0


def _kept() -> dict[str, SafeString]:
    global _kept_until
    now = time.monotonic()
    if now >= _kept_until:
        _KEPT.clear()
        _kept_until = now + _SECONDS_KEPT
    return _KEPT


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
