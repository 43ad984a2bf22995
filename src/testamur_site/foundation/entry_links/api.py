"""The door of entry links."""

from .rules import LINK_KEPT, folded
from .services import may_ask_for_link, new_link, subject_of_link, use_link, withdraw_links

__all__ = ["LINK_KEPT", "folded", "may_ask_for_link", "new_link", "subject_of_link", "use_link", "withdraw_links"]
