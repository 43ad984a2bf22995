"""Versions: beginning the next, what becomes of earlier learners, and what co-owners say to one."""
