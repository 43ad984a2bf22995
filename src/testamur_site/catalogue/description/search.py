"""What is kept beside a description for searching: words of all its languages in one form, level, languages of instruction."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Any

from .elements import Description
from .places_and_languages import language_tag

MAX_WORDS = 8


def columns(description: Description) -> dict[str, Any]:
    """Values of the searchable columns of `AchievementVersion`."""
    level = description.eqf_level.uri.rpartition("/eqf/")[2] if description.eqf_level else ""
    tags = [tag for tag in (language_tag(language) for language in description.languages) if tag]
    return {
        "search_text": normalised(" \n".join(_texts(description)))[:60_000],
        "eqf_level": int(level) if level.isascii() and level.isdigit() and len(level) == 1 else None,
        "language_tags": f",{','.join(tags[:30])}," if tags else "",
    }


def normalised(text: str) -> str:
    """One form for what is stored and what is asked: compatibility forms and case folded (so ＡＩ finds AI), spaces joined."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(query: str) -> list[str]:
    """The words of a query, at most eight; more would only slow the search down."""
    return normalised(query[:200].replace("\x00", "")).split()[:MAX_WORDS]


def _texts(d: Description) -> Iterator[str]:
    yield from d.title.values()
    yield from d.alternative_title.values()
    yield from d.tags
    for outcome in d.outcomes:
        yield from outcome.title.values()
        for skill in outcome.skills:
            yield from skill.concept.label.values()
    for area in d.thematic_areas:
        yield from area.label.values()
    yield from d.description.values()
