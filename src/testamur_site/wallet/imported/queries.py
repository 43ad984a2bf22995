"""What is read of imported documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..models import Holder
from .models import ImportedDocument
from .rules import Identity


def imported(holder: Holder) -> list[ImportedDocument]:
    """All of a holder's, newest first; without their bytes."""
    return list(ImportedDocument.objects.filter(holder=holder).defer("content"))


def own_document(holder: Holder, public_id: str) -> ImportedDocument | None:
    if "\x00" in public_id:
        return None
    return ImportedDocument.objects.filter(holder=holder, public_id=public_id).select_related("holder").first()


@dataclass(frozen=True, slots=True)
class HeldDocument:
    """A document as those who count credentials take it."""

    content: bytes
    media_type: str
    url: str = ""
    stated: Mapping[str, Any] | None = None


def documents_of(holder: Holder) -> Iterator[HeldDocument]:
    """The documents of a holder that count by themselves: those that were shown to be about them. The others need somebody who looks."""
    for document in ImportedDocument.objects.filter(holder=holder, identity=Identity.SHOWN).order_by("pk"):
        yield HeldDocument(bytes(document.content), document.media_type, document.source)
