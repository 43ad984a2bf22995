"""Bytes and documents: reading a credential in whatever form it comes, and baking it into images."""

from testamur.formats.detect import Format, format_of
from testamur.formats.read import ReadDocument, learn, read, read_by_form

__all__ = ["Format", "ReadDocument", "format_of", "learn", "read", "read_by_form"]
