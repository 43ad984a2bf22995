"""Tables that are written in both languages side by side, because one sentence is best checked against the other."""

from __future__ import annotations

_LANGUAGES = ("en", "ko")


def of(table: dict[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    """The table of each language by its tag, from one of pairs (English, Korean)."""
    return {tag: {key: texts[index] for key, texts in table.items()} for index, tag in enumerate(_LANGUAGES)}
