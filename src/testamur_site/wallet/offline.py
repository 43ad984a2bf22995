"""The offline bundle of a credential: whatever a verification asked for, as it was answered, and the credential itself."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from testamur import strict_json
from testamur.errors import Malformed, ResolutionError
from testamur.fetch import write_bundle
from testamur.log import Proof
from testamur.pathways.decisions import embedded_parts
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


def _anchors_of(proof: bytes) -> str:
    """Where the receipts of the checkpoint stand on which a proof of ours stands."""
    try:
        checkpoint = Proof.from_bytes(proof).checkpoint.checkpoint
    except Malformed:
        return ""
    return f"{urlsplit(settings.TESTAMUR_BASE_URL).scheme}://{checkpoint.origin}/anchors/{checkpoint.size}.json"


def bundle_of(award: Award) -> bytes:
    """A ZIP that `testamur verify --offline` and `testamur check --credential … --offline` read. The credential stands in it under its own
    address; beside it, and beside every list of ours that was asked, its proof from the public log, as far as there is one, and the
    receipts of the anchors over it. For the
    credentials that a microdegree carries in itself stand in it the keys and lists that they need."""
    content = credential_bytes(award)
    resolver = _Remembering()
    verifier = Verifier(resolver)
    for each in (content, *embedded_parts(strict_json.loads(content))):
        verifier.verify(each)
    lists = {answer.url for answer in resolver.answers if resolver.serves(answer.url)}
    for url in sorted(lists):
        with suppress(ResolutionError):  # not everything of ours stands in the log, and what is new does not yet
            resolver.fetch(f"{url}.tlog-proof", accept=("text/plain",))
    proofs = [answer.content for answer in resolver.answers if answer.url.endswith(".tlog-proof")]
    now = datetime.now(UTC)
    added = [Resource(award.url, content, "application/vc", now)]
    # Not by its address: a private credential has none for anybody but its holder.
    if proof := log.proof_of(f"award:{award.public_id}"):
        added.append(Resource(f"{award.url}.tlog-proof", proof, "text/plain", now))
        proofs.append(proof)
    for url in sorted({_anchors_of(each) for each in proofs}):
        if resolver.serves(url):
            with suppress(ResolutionError):  # it was not anchored (yet)
                resolver.fetch(url)
    return write_bundle([*resolver.answers, *added])
