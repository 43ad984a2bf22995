"""What is committed to is the same in every file of one credential, and another in every other credential."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.errors import Malformed
from testamur.log.secured import secured

DOCUMENT = {"id": "urn:uuid:1", "name": "배지", "proof": {"type": "DataIntegrityProof", "proofValue": "z1"}}
SECOND = {"type": "DataIntegrityProof", "cryptosuite": "merkle-proof-2019", "previousProof": "urn:1"}


@pytest.mark.parametrize(
    "same",
    [
        json.dumps(DOCUMENT, indent=3),
        json.dumps(dict(reversed(DOCUMENT.items())), ensure_ascii=False),
        json.dumps({**DOCUMENT, "proof": [DOCUMENT["proof"]]}),
        json.dumps({**DOCUMENT, "proof": [DOCUMENT["proof"], SECOND]}),
    ],
)
def test_the_same_credential(same: str) -> None:
    assert secured(same.encode()) == secured(json.dumps(DOCUMENT).encode())


@pytest.mark.parametrize(
    "other",
    [{**DOCUMENT, "name": "배지 "}, {**DOCUMENT, "proof": [SECOND, DOCUMENT["proof"]]}, {**DOCUMENT, "more": 1},
     {**DOCUMENT, "proof": {**DOCUMENT["proof"], "proofValue": "z2"}}],  # type: ignore[dict-item]
)  # fmt: skip
def test_another_credential(other: dict[str, object]) -> None:
    assert secured(json.dumps(other).encode()) != secured(json.dumps(DOCUMENT).encode())


def test_tokens() -> None:
    assert secured(b" eyJ.eyJ.sig\n") == b"eyJ.eyJ.sig"
    assert secured(b"eyJ.eyJ.sig~disclosure~eyK.eyK.binding") == b"eyJ.eyJ.sig"


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"proof": []}', b'{"proof": "x"}', b"[1]", b"a.b", b"a.b.c.d", b'{"a": 1, "a": 2}']
)
def test_what_cannot_be_recorded(content: bytes) -> None:
    with pytest.raises(Malformed):
        secured(content)


@given(st.binary(max_size=200))
def test_anything_is_refused_in_words_or_taken(content: bytes) -> None:
    with contextlib.suppress(Malformed):
        assert secured(content)
