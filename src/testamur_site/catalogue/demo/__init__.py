"""The demonstration institution's micro-credentials."""

from .create import create_assessed_demo, create_demo

__all__ = ["create_assessed_demo", "create_demo"]
