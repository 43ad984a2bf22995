"""The door of kept proofs."""

from __future__ import annotations

from testamur.errors import TestamurError
from testamur.log import Proof
from testamur_site.foundation.tenancy.api import Institution, NotAnArchive, tenant, unscoped

from .models import KeptProof

__all__ = ["forget", "keep", "proof_of"]

MAX_BYTES = 64 * 1024


def keep(institution: Institution, subject: str, content: bytes) -> None:
    """Keep a proof, in the caller's transaction, once. Raises NotAnArchive for what is none."""
    try:
        if len(content) > MAX_BYTES:
            raise NotAnArchive("logProof")
        Proof.from_bytes(content)
    except TestamurError:
        raise NotAnArchive("logProof") from None
    with tenant(institution):
        KeptProof.objects.get_or_create(subject=subject, defaults={"institution": institution, "content": content})


def proof_of(subject: str) -> bytes | None:
    with unscoped("a proof is as public as what it is about"):
        found = KeptProof.objects.filter(subject=subject).values_list("content", flat=True).first()
    return None if found is None else bytes(found)


def forget(subject: str) -> int:
    """Delete the proof, whose salt opens what the other log says about a person; how many there were."""
    with unscoped("a person is forgotten wherever they stand"):
        return KeptProof.objects.filter(subject=subject).delete()[0]
