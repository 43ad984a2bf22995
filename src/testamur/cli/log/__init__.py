"""`testamur log` and `testamur witness`: look through a log without trusting it, and watch other people's logs."""

from testamur.cli.log.command import register

__all__ = ["register"]
