"""ZIP archives of many credentials, one entry after the other. Nothing is ever written, so no name can lead anywhere."""

from testamur.formats.archive.unpacking import (
    EMPTY,
    LIMITS,
    MAX_ARCHIVE,
    MAX_ENTRIES,
    MAX_ENTRY,
    SIGNATURE,
    Entry,
    Limits,
    entries,
)

__all__ = ["EMPTY", "LIMITS", "MAX_ARCHIVE", "MAX_ENTRIES", "MAX_ENTRY", "SIGNATURE", "Entry", "Limits", "entries"]
