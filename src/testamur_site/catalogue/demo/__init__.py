"""The demonstration institution's micro-credentials."""

from .create import create_assessed_demo, create_consortium_courses, create_demo, create_microdegree_draft

__all__ = ["create_assessed_demo", "create_consortium_courses", "create_demo", "create_microdegree_draft"]
