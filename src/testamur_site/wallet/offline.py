"""The offline bundle of a credential: whatever a verification asked for, as it was answered, and the credential itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

from testamur.errors import ResolutionError
from testamur.fetch import write_bundle
from testamur.ports import Resource
from testamur.verification import Verifier
from testamur_site.issuing.api import Award, credential_bytes
from testamur_site.log import api as log
from testamur_site.verification.api import Everywhere


class _Remembering:
    """A resolver that keeps what it was answered."""

    def __init__(self) -> None:
        self._resolver = Everywhere()
        self.answers: list[Resource] = []

    def serves(self, url: str) -> bool:
        """Whether this deployment answers for that address."""
        return self._resolver.own.serves(url)

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        answer = self._resolver.fetch(url, accept=accept)
        self.answers.append(answer)
        return answer


def bundle_of(award: Award) -> bytes:
    """A ZIP that `testamur verify --offline` reads. The credential stands in it under its own address; beside it, and
    beside every list of ours that was asked, its proof from the public log, as far as there is one."""
    content = credential_bytes(award)
    resolver = _Remembering()
    Verifier(resolver).verify(content)
    lists = {answer.url for answer in resolver.answers if resolver.serves(answer.url)}
    for url in sorted(lists):
        with suppress(ResolutionError):  # not everything of ours stands in the log, and what is new does not yet
            resolver.fetch(f"{url}.tlog-proof", accept=("text/plain",))
    now = datetime.now(UTC)
    added = [Resource(award.url, content, "application/vc", now)]
    # Not by its address: a private credential has none for anybody but its holder.
    if proof := log.proof_of(f"award:{award.public_id}"):
        added.append(Resource(f"{award.url}.tlog-proof", proof, "text/plain", now))
    return write_bundle([*resolver.answers, *added])
