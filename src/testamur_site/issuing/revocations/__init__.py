"""Revoking with a second person, by the cohort, and what becomes of an objection to it."""
