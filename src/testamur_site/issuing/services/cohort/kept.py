"""Cohorts that are kept from one round to the next, with what was compiled of them; without their keys."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Generator, Iterable, Sequence

from testamur import strict_json
from testamur.errors import SignerRefused
from testamur.issuing import CohortIssuer
from testamur.model import Achievement, Profile
from testamur_site.foundation.keys.api import InstitutionSigner

MAX_COHORTS = 16

_thread = threading.local()


class _Nib:
    """The signer of a cohort that is kept: it writes with the key of the round in hand, which is opened anew each time."""

    def __init__(self, signer: InstitutionSigner) -> None:
        self.algorithm, self.public_multikey = signer.algorithm, signer.public_multikey
        self.signer: InstitutionSigner | None = signer

    def sign(self, data: bytes) -> bytes:
        return self._pen().sign(data)

    def sign_many(self, texts: Sequence[bytes]) -> list[bytes]:
        return self._pen().sign_many(texts)

    @property
    def sign_batches(self) -> Callable[[Iterable[Sequence[bytes]]], Generator[list[bytes], None, None]] | None:
        """None unless the key of the round is in a device or service (`InstitutionSigner.sign_batches`)."""
        return self._pen().sign_batches

    def _pen(self) -> InstitutionSigner:
        if self.signer is None:
            raise SignerRefused("No round of signing is under way.", code="signing.no_round")
        return self.signer


def cohort_of(issuer: Profile, signer: InstitutionSigner, achievement: Achievement) -> CohortIssuer:
    """What the awards of one achievement have in common, worked out once by each thread for as long as it stays the same.

    Compared by what would be signed: between two rounds somebody may have changed the institution's profile or rotated its key.
    """
    cohorts: dict[bytes, CohortIssuer] = _thread.__dict__.setdefault("cohorts", {})
    same = strict_json.dumps(
        [issuer.to_json(), achievement.to_json(), signer.verification_method, signer.public_multikey]
    )
    if same not in cohorts:
        if len(cohorts) >= MAX_COHORTS:
            cohorts.clear()
        cohorts[same] = CohortIssuer(
            issuer,
            achievement,
            _Nib(signer),
            verification_method=signer.verification_method,
            cryptosuite=signer.cryptosuite,
        )
    nib = cohorts[same].signer
    assert isinstance(nib, _Nib)  # noqa: S101 - made above
    nib.signer = signer
    return cohorts[same]


_settled = False


def settle() -> None:
    """Once in each process, behind the first step of a long list, when everything that it takes is loaded: Python's garbage collection does
    not look at what is there now again. Otherwise it looks at 240,000 objects of modules and models every few thousand awards, a fifth of
    a worker's time, in which a server that works in the same process answers nobody."""
    global _settled
    if not _settled:
        _settled = True
        gc.collect()
        gc.freeze()
