"""The door of imported documents."""

from .errors import ImportRefused
from .models import ImportedDocument
from .queries import HeldDocument, documents_of, imported, own_document
from .rules import Identity
from .services import add, delete, look_again

__all__ = [
    "HeldDocument",
    "Identity",
    "ImportRefused",
    "ImportedDocument",
    "add",
    "delete",
    "documents_of",
    "imported",
    "look_again",
    "own_document",
]
