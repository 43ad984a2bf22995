"""What the signing process examines before the deployment's key signs a transcript: that exactly this document was prepared for a holder
and waits for its signature, that it is a transcript of this deployment, and that everything inside bears a signature of its own."""

from __future__ import annotations

from typing import Any

from testamur_site.foundation.signing.api import Item, Pen, Refused, Request, sign_documents

from .models import Transcript


def sign_transcripts(request: Request, pen: Pen) -> list[bytes | Refused]:
    """Items: `row`, the transcript's public id; `document`; `created`."""

    def examine(item: Item, document: dict[str, Any]) -> None:
        row = Transcript.objects.filter(public_id=item["row"], signed=None).first()
        if row is None or row.document() != document or document.get("id") != row.url:
            raise Refused("transcript.not_prepared", "This transcript does not wait for its signature.", {})
        inside = document.get("credentialSubject", {}).get("verifiableCredential")
        signed = isinstance(inside, list) and all(isinstance(one, dict) and "proof" in one for one in inside)
        if document.get("type") != ["VerifiableCredential", "ClrCredential"] or not inside or not signed:
            raise Refused("transcript.no_transcript", "This is no transcript of signed credentials.", {})

    return sign_documents(request, pen, examine)
