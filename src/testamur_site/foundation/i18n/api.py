"""The door of i18n."""

from .messages import check, compile_all

__all__ = ["check", "compile_all"]
