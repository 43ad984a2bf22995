"""What is new, for readers of feeds (Atom, RFC 4287), and which pages there are, for search engines (sitemaps.org)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from testamur_site.foundation.tenancy.api import Institution

from ...description.vocabulary import in_language
from ...exchange.achievement import achievement_id, programme_url
from ...models import AchievementVersion
from ..presentation import reader_language, short_levels, term

# Namespaces are written as plain attributes: registering prefixes would change what every other part of the process writes as XML.
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def atom(versions: Sequence[AchievementVersion], address: str, institution: Institution | None) -> bytes:
    """One entry for each published version, so that a change is news as well. `address` is the feed's own."""
    language = reader_language()
    name = institution.localised_name if institution else str(settings.TESTAMUR_BASE_URL).partition("://")[2]
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    _add(feed, "id", address)
    _add(feed, "title", _("New and changed micro-credentials: %(where)s") % {"where": name})
    _add(feed, "updated", _moment(max((v.published_at or _EPOCH for v in versions), default=_EPOCH)))
    ET.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": address})
    page = institution.public_url if institution else settings.TESTAMUR_BASE_URL + reverse("catalogue:public_list")
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": page})
    for version in versions:
        feed.append(_entry(version, language))
    return bytes(ET.tostring(feed, encoding="utf-8", xml_declaration=True))


def sitemap(programmes: Sequence[tuple[str, datetime]], institutions: Sequence[str]) -> bytes:
    """`programmes` are public identifiers with when they changed; `institutions` are slugs."""
    base = settings.TESTAMUR_BASE_URL
    urls = ET.Element("urlset", {"xmlns": _SITEMAP})
    pages: list[tuple[str, datetime | None]] = [(reverse("catalogue:public_list"), None)]
    pages += [(reverse("catalogue:institution", args=[slug]), None) for slug in institutions]
    pages += [(reverse("catalogue:public_detail", args=[public_id]), changed) for public_id, changed in programmes]
    for path, changed in pages:
        url = ET.SubElement(urls, "url")
        ET.SubElement(url, "loc").text = base + path
        if changed is not None:
            ET.SubElement(url, "lastmod").text = _moment(changed)
    return bytes(ET.tostring(urls, encoding="utf-8", xml_declaration=True))


def _entry(version: AchievementVersion, language: str) -> ET.Element:
    d = version.description
    entry = ET.Element("entry")
    _add(entry, "id", achievement_id(version))
    title = in_language(d.title, language)
    said = _("%(title)s (version %(number)s)") if version.number > 1 else "%(title)s"
    _add(entry, "title", said % {"title": title, "number": version.number})
    moment = _moment(version.published_at or _EPOCH)
    _add(entry, "published", moment)
    _add(entry, "updated", moment)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": programme_url(version)})
    author = ET.SubElement(entry, "author")
    _add(author, "name", version.institution.localised_name)
    _add(author, "uri", version.institution.public_url)
    facts = [*short_levels(d, language)[:1], *(term(mode, language) for mode in d.participation)]
    changed = _("What changed: %(note)s") % {"note": version.what_changed} if version.what_changed else ""
    _add(
        entry,
        "summary",
        "\n\n".join(p for p in (changed, in_language(d.description, language), " · ".join(facts)) if p),
    )
    for area in d.thematic_areas:
        attributes = {"term": area.uri or in_language(area.label, "en"), "label": in_language(area.label, language)}
        ET.SubElement(entry, "category", {name: _plain(text) for name, text in attributes.items()})
    return entry


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _plain(text)


def _plain(text: str) -> str:
    """What XML 1.0 cannot hold (control characters, lone surrogates) is left out."""
    return "".join(character for character in text if _allowed(ord(character)))


def _allowed(point: int) -> bool:
    return point in (0x9, 0xA, 0xD) or 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or point >= 0x10000


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
