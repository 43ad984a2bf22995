"""Pure decisions about institutions."""

from __future__ import annotations

import re
import unicodedata

# Words that are, or may become, our own addresses below /staff/ or /institutions/.
RESERVED_SLUGS = frozenset({"new", "admin", "api", "static", "settings", "staff", "institutions", "accounts"})
_SLUG = re.compile(r"\A[a-z0-9](?:[a-z0-9-]{1,58}[a-z0-9])\Z")


def slug_problem(slug: str) -> str | None:
    """Why `slug` cannot be an institution's short name: "form", "reserved", or None when it can.

    Lower-case letters, digits and hyphens, 3 to 60: it becomes part of a `did:web`, where nothing else is safe everywhere.
    """
    if not _SLUG.match(slug) or "--" in slug:
        return "form"
    return "reserved" if slug in RESERVED_SLUGS else None


def slug_suggestion(name: str) -> str:
    """A short name made from `name`, or "" where it has too few Latin letters (a Korean name, for instance)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return slug if slug_problem(slug) is None else ""
