"""What of the learners goes along when an institution leaves: who took part, and what they handed in, by its digest.

The files themselves go along where that is asked for: an archive of everybody's work is larger than all the rest, and nobody needs it to
verify anything; but whoever still decides about a work, or must keep it, does.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from testamur_site.foundation.tenancy.api import Carried

from .evidence import store
from .models import (
    Enrolment,
    EvidenceItem,
    Extension,
    IdentityCheck,
    Learner,
    Submission,
    SubmissionEvidence,
)
from .rules import EvidenceKind, SubmissionState


class _Files:
    """The evidence store, as `foundation.tenancy.carrying.Stored`."""

    column, digest = "stored_as", "sha256"

    def has_file(self, values: Mapping[str, Any]) -> bool:
        return values["kind"] == EvidenceKind.FILE and values["erased_at"] is None

    def open(self, name: str) -> BinaryIO:
        return store.open_stored(name)

    def keep(self, chunks: Iterable[bytes]) -> str:
        incoming = store.receive(chunks, bounded=False)
        kept = "" if incoming.refusal else incoming.keep()
        if not kept:
            raise OSError(errno.ENOSPC, "there is no space for the files that learners handed in")
        return kept


TABLES = (
    Carried(Learner),
    Carried(IdentityCheck),
    Carried(Enrolment),
    Carried(Extension),
    Carried(EvidenceItem, without={"stored_as": "the name of the file in the store of the old place"}, stored=_Files()),
    Carried(
        Submission, at_first={"state": SubmissionState.DRAFT}
    ),  # a trigger takes no evidence for one that is handed in
    Carried(SubmissionEvidence),
)
