"""How the addresses of a site become files, and a page becomes one that needs no server. No Django, no database.

A file stands where its address stood: `/c/abc.json` is `c/abc.json`, the page `/c/abc` is `c/abc.html` (beside it
`c/abc.ko.html`), and the achievement `/achievements/abc` is `achievements/abc.jsonld`. Links lead from file to file, so
that the pages work from a disk, from another address, and from the old one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote, urlsplit

PAGE = ".html"
_ACHIEVEMENT = re.compile(r"achievements/[^/]+")

# Without a server nothing can be sent or run; what only works with one is left away. Data for search engines stay.
_FORM = re.compile(r"<form\b.*?</form\s*>", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b(?![^>]*application/ld\+json)[^>]*>.*?</script\s*>", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"<link\b[^>]*\brel=\"(?:manifest|modulepreload|preload|alternate|canonical)\"[^>]*>", re.IGNORECASE)
ADDRESS = re.compile(r"(?P<before>\s(?:href|src|poster|data)=\")(?P<address>[^\"]*)(?P<after>\")", re.IGNORECASE)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_STYLE_ADDRESS = re.compile(r"url\(\s*[\"']?(?P<address>[^\"')]+)[\"']?\s*\)")


def page_file(path: str, language: str = "") -> str:
    """The file of a page. `language` names one that is not the first."""
    name = path.lstrip("/")
    if not name or name.endswith("/"):
        name += "index"
    return f"{name}.{language}{PAGE}" if language else f"{name}{PAGE}"


def document_file(path: str) -> str:
    """The file of a document: its own name; of an achievement, below whose address its pictures stand, with an ending."""
    name = path.lstrip("/")
    return f"{name}.jsonld" if _ACHIEVEMENT.fullmatch(name) else name


def still(html: str, file: str, *, base_url: str, known: Callable[[str], str | None], above: str) -> str:
    """The page as `file` of a mirror: without forms and scripts, with `above` (HTML) at its head.

    Every link to the site leads to what `known` says is the file of that path, or to the old address where it is not in the mirror.
    """

    def link(match: re.Match[str]) -> str:
        return f"{match['before']}{moved(unescape(match['address']))}{match['after']}"

    def moved(address: str) -> str:
        path = own_path(address, base_url)
        if path is None:
            return _quoted(address)
        parts = urlsplit(path)
        found = known(unquote(parts.path))
        if found is None:
            return _quoted(base_url + path)
        tail = f"#{parts.fragment}" if parts.fragment else ""
        return _quoted(posixpath.relpath(found, posixpath.dirname(file) or ".") + tail)

    for pattern in (_FORM, _SCRIPT, _LINK):
        html = pattern.sub("", html)
    html = ADDRESS.sub(link, html)
    return _BODY.sub(lambda match: match[0] + above, html, count=1)


def own_path(address: str, base_url: str) -> str | None:
    """The path of an address of the site (with what follows it); None for others, and for places on the page itself."""
    if address.startswith(f"{base_url}/") or address == base_url:
        return address.removeprefix(base_url) or "/"
    return address if address.startswith("/") and not address.startswith("//") else None


def files_of_style(css: str, file: str) -> list[str]:
    """The files that a style sheet at `file` refers to, as files of the mirror."""
    found = []
    for match in _STYLE_ADDRESS.finditer(css):
        address = match["address"].partition("#")[0].partition("?")[0]
        if address and ":" not in address and not address.startswith("//"):
            target = (
                address.lstrip("/") if address.startswith("/") else posixpath.join(posixpath.dirname(file), address)
            )
            found.append(posixpath.normpath(target))
    return found


def _quoted(address: str) -> str:
    return address.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
