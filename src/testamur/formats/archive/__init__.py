"""ZIP archives of many credentials, one entry after the other. Nothing is ever written, so no name can lead anywhere."""

from testamur.formats.archive.unpacking import MAX_ARCHIVE, MAX_ENTRIES, MAX_ENTRY, SIGNATURE, Entry, entries

__all__ = ["MAX_ARCHIVE", "MAX_ENTRIES", "MAX_ENTRY", "SIGNATURE", "Entry", "entries"]
