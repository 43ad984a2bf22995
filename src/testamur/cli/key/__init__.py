"""`testamur key`: signing keys, and the files that name them."""

from testamur.cli.key.command import register

__all__ = ["register"]
