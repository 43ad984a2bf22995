"""The demonstration institution's micro-credentials."""

from .create import create_demo

__all__ = ["create_demo"]
