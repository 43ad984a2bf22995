"""The door of permissions."""

from .decorators import signed_in_view, staff_view
from .rules import RIGHTS, Right, allows

__all__ = ["RIGHTS", "Right", "allows", "signed_in_view", "staff_view"]
