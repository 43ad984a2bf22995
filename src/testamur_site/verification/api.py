"""The door of the verification capability."""

from .forms import VerifyForm
from .limits import seconds_to_wait
from .messages import refusal_sentence
from .own_documents import OwnDocuments
from .presentation import page as report_page
from .presentation import reader_language
from .receipts.services import verifier_profile
from .rules import Input
from .services import Answer, Everywhere, verify_document, verify_input

__all__ = [
    "Answer",
    "Everywhere",
    "Input",
    "OwnDocuments",
    "VerifyForm",
    "reader_language",
    "refusal_sentence",
    "report_page",
    "seconds_to_wait",
    "verifier_profile",
    "verify_document",
    "verify_input",
]
