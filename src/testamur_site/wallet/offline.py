"""The offline bundle of a credential: whatever a verification asked for, as it was answered, and the credential itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from testamur.fetch import write_bundle
from testamur.ports import Resource
from testamur.verification import Verifier
from testamur_site.issuing.api import Award, credential_bytes
from testamur_site.verification.api import Everywhere


class _Remembering:
    """A resolver that keeps what it was answered."""

    def __init__(self) -> None:
        self._resolver = Everywhere()
        self.answers: list[Resource] = []

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        answer = self._resolver.fetch(url, accept=accept)
        self.answers.append(answer)
        return answer


def bundle_of(award: Award) -> bytes:
    """A ZIP that `testamur verify --offline` reads. The credential stands in it under its own address."""
    content = credential_bytes(award)
    resolver = _Remembering()
    Verifier(resolver).verify(content)
    credential = Resource(award.url, content, "application/vc", datetime.now(UTC))
    return write_bundle([*resolver.answers, credential])
