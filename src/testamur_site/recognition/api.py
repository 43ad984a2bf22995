"""The door of recognition."""

from .archive import TABLES as ARCHIVED_TABLES
from .demo import create_demo
from .errors import RecognitionError
from .models import Agreement, Desk, Equivalence, Recognition, Request
from .queries import agreements_in_force, equivalences, recognised_for
from .rules import AgreementState, RequestState, Result, Source, Terms, coverage
from .services import activate, change_desk, decide, draft, end, publish, send
from .services.requests import Offered

__all__ = [
    "ARCHIVED_TABLES",
    "Agreement",
    "AgreementState",
    "Desk",
    "Equivalence",
    "Offered",
    "Recognition",
    "RecognitionError",
    "Request",
    "RequestState",
    "Result",
    "Source",
    "Terms",
    "activate",
    "agreements_in_force",
    "change_desk",
    "coverage",
    "create_demo",
    "decide",
    "draft",
    "end",
    "equivalences",
    "publish",
    "recognised_for",
    "send",
]
