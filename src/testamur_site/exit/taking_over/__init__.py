"""Importing an exit: `reading` what it holds, `conflicts` what speaks against it, `adopting` the writes."""

from .adopting import carry_out, plan

__all__ = ["carry_out", "plan"]
