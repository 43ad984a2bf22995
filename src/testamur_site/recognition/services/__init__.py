"""The writes of recognition: `agreements`, `requests` by learners, `deciding` with the credential that follows, `equivalences`."""

from .agreements import activate, change_terms, draft, end
from .deciding import award, decide, look_at_agreements, verify_again
from .equivalences import publish, withdraw
from .requests import answer, ask, send, withdraw_request
from .settings import change_desk

__all__ = [
    "activate",
    "answer",
    "ask",
    "award",
    "change_desk",
    "change_terms",
    "decide",
    "draft",
    "end",
    "look_at_agreements",
    "publish",
    "send",
    "verify_again",
    "withdraw",
    "withdraw_request",
]
