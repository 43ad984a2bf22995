"""Revoking with a second person, many at once, and what becomes of an objection to it."""
