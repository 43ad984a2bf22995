"""The door of the verification capability."""

from .own_documents import OwnDocuments
from .services import Everywhere, verify_document

__all__ = ["Everywhere", "OwnDocuments", "verify_document"]
