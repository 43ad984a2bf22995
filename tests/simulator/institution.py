"""The simulated institution."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from testamur.errors import NotAllowed, NotFound, Unreachable
from testamur.issuing import AwardDetails, Recipient, compose
from testamur.model import Achievement, Alignment, Criteria, Evidence, Profile, Result, ResultDescription
from testamur.ports import Resource
from testamur.proofs.data_integrity import add_proof
from testamur.proofs.did import did_document
from testamur.proofs.keys import PrivateKey
from testamur.status import Bits, list_credential, status_entry

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def key_from(seed: str, algorithm: str = "Ed25519") -> PrivateKey:
    """The key that belongs to `seed`, always the same one, so that every run of the tests is the same. It protects nothing."""
    digest = hashlib.sha512(f"{algorithm} {seed}".encode()).digest()
    # Below the order of every curve: the first byte is zero.
    size = {"Ed25519": 32, "P-256": 32, "P-384": 48}[algorithm]
    return PrivateKey(algorithm, b"\0" + digest[: size - 1])


class Institution:
    """One institution at `https://{host}/institutions/{slug}`, with a `did:web`, two status lists and one achievement.

    What a test may change: `purposes` and `methods` of the DID document, `suite`, `unreachable`, `forbidden` and `missing` addresses,
    `pages` (anything else that is published), `list_valid_until`, `list_signer`, `list_method`.
    """

    def __init__(
        self, host: str = "university.example", name: str = "Example University", *, now: datetime = NOW
    ) -> None:
        self.host, self.name, self.now = host, name, now
        self.base = f"https://{host}/institutions/example"
        self.did = f"did:web:{quote(host, safe='.')}:institutions:example"
        self.key = key_from("institution " + host)
        self.fragment = "key-1"
        self.methods = [(self.fragment, self.key.public)]
        self.suite = "eddsa-rdfc-2022"
        self.revocation_url = f"https://{host}/status/revocation"
        self.suspension_url = f"https://{host}/status/suspension"
        self.revoked: set[int] = set()
        self.suspended: set[int] = set()
        self.unreachable: set[str] = set()
        self.forbidden: set[str] = set()
        self.missing: set[str] = set()
        self.pages: dict[str, bytes] = {}
        self.edit_did_document: Callable[[dict[str, Any]], None] = lambda document: None
        self.edit_list: Callable[[dict[str, Any]], None] = lambda document: None
        self.list_signer: PrivateKey | None = None
        self.list_method: str | None = None
        self.list_valid_until: datetime | None = now + timedelta(days=1)
        self.asked: list[str] = []
        self._next = 94_567

    # --- what it publishes ------------------------------------------------------------------------------------------------------

    @property
    def did_url(self) -> str:
        return f"{self.base}/did.json"

    @property
    def method(self) -> str:
        return f"{self.did}#{self.fragment}"

    @property
    def profile(self) -> Profile:
        return Profile(id=self.did, name=self.name, url=f"https://{self.host}")

    @property
    def achievement(self) -> Achievement:
        return Achievement(
            id=f"https://{self.host}/achievements/data-literacy",
            name="Data Literacy",
            description="Reads, questions and presents data.",
            criteria=Criteria(narrative="Pass the supervised project with at least 60 points."),
            achievement_type="MicroCredential",
            alignment=(
                Alignment(
                    target_name="analyse data",
                    target_url="http://data.europa.eu/esco/skill/2b92a5b2-6758-4ee3-9fb4-b6387a55cc8f",
                    target_framework="ESCO",
                ),
            ),
            result_description=(
                ResultDescription(
                    id="urn:uuid:3f1c4b6e-45a5-4d6e-9d0c-6a2b0d9f5e11",
                    name="Project",
                    result_type="RawScore",
                    value_min="0",
                    value_max="100",
                ),
            ),
        )

    def published(self) -> dict[str, bytes]:
        """Every address of the institution and what stands there, computed anew each time: tests change the parts."""
        document = did_document(self.did, self.methods)
        self.edit_did_document(document)
        pages = {
            self.did_url: _dump(document),
            self.revocation_url: _dump(self._list(self.revocation_url, "revocation", self.revoked)),
            self.suspension_url: _dump(self._list(self.suspension_url, "suspension", self.suspended)),
            **self.pages,
        }
        return {url: content for url, content in pages.items() if url not in self.missing}

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        """`ports.Resolver`: what stands at `url`, at the institution's own time."""
        self.asked.append(url)
        if url in self.unreachable:
            raise Unreachable(f"no answer from {urlsplit(url).hostname}", facts={"url": url})
        if url in self.forbidden:
            raise NotAllowed("that address may not be asked", facts={"url": url})
        pages = self.published()
        if url not in pages:
            raise NotFound("there is no such page", facts={"url": url})
        return Resource(url, pages[url], "application/json", self.now)

    def dump(self, folder: Path) -> list[Path]:
        """Write everything it publishes below `folder`, one file for each address, and return the files."""
        written = []
        for url, content in self.published().items():
            parts = urlsplit(url)
            path = folder / parts.netloc / parts.path.lstrip("/")
            path = path if path.suffix else path.with_suffix(".json")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            written.append(path)
        return written

    def use(self, algorithm: str, suite: str) -> None:
        """Sign from now on with a key of `algorithm` and with `suite`. The old key is no longer listed."""
        self.key = key_from("institution " + self.host, algorithm)
        self.methods = [(self.fragment, self.key.public)]
        self.suite = suite

    # --- what it does -----------------------------------------------------------------------------------------------------------

    def unsigned(
        self,
        *,
        name: str = "Mina Kim",
        email: str | None = "mina@students.example",
        status: bool = True,
        reference: bool = True,
        **award: Any,
    ) -> dict[str, Any]:
        """A credential before it is signed. `award` are further fields of `AwardDetails`."""
        number = self._next
        self._next += 1
        details: dict[str, Any] = {
            "id": f"https://{self.host}/c/{number:0>22}",
            "valid_from": self.now - timedelta(days=10),
            "valid_until": self.now + timedelta(days=365),
            "evidence": (Evidence(id="https://university.example/evidence/1", name="Project report"),),
            "results": (Result(result_description="urn:uuid:3f1c4b6e-45a5-4d6e-9d0c-6a2b0d9f5e11", value="87"),),
            "status_entry": status_entry(
                self.revocation_url, number, reference=self.suspension_url if reference else None
            )
            if status
            else None,
            **award,
        }
        recipient = Recipient(name=name, email=email, salt="9f3b6c1de0a84f5c")
        return compose(self.profile, self.achievement, recipient, AwardDetails(**details))

    def sign(self, document: Mapping[str, Any], *, created: datetime | None = None, **options: Any) -> dict[str, Any]:
        """`document` with one more proof of the institution; `options` are those of `add_proof`."""
        options = {"verification_method": self.method, "cryptosuite": self.suite, **options}
        signer = options.pop("signer", self.key)
        return add_proof(dict(document), signer, created=created or self.now - timedelta(days=10), **options)

    def issue(self, **details: Any) -> dict[str, Any]:
        """A signed credential. `details` are those of `unsigned`."""
        return self.sign(self.unsigned(**details))

    def revoke(self, credential: Mapping[str, Any]) -> None:
        self.revoked.add(int(credential["credentialStatus"]["statusListIndex"]))

    def suspend(self, credential: Mapping[str, Any]) -> None:
        """Both bits are set, so that a reader who knows only revocation does not take it for valid."""
        self.revoke(credential)
        self.suspended.add(int(credential["credentialStatus"]["statusListIndex"]))

    def _list(self, url: str, purpose: str, indexes: set[int]) -> dict[str, Any]:
        document = list_credential(
            url,
            self.did,
            Bits.from_indexes(indexes),
            purpose,
            valid_from=self.now - timedelta(hours=1),
            valid_until=self.list_valid_until,
        )
        self.edit_list(document)
        return add_proof(
            document,
            self.list_signer or self.key,
            verification_method=self.list_method or self.method,
            created=self.now - timedelta(hours=1),
            cryptosuite=self.suite,
        )


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
