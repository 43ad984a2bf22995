"""The examples of the standard itself: its credentials and presentations are made in every form, its envelopes are opened."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shared import shared

from testamur.errors import Malformed
from testamur.proofs.keys import PrivateKey
from testamur.proofs.vc_jose_cose import KINDS, check_secured, credentials_in, open_envelope, secure

KEY = PrivateKey("P-256", bytes(range(1, 33)))
KID = "https://university.example/issuers/14#key-1"


def examples() -> dict[str, Any]:
    found = {}
    for path in sorted(shared("vectors/w3c/vc-jose-cose-examples").glob("*.json")):
        example = json.loads(path.read_text())["example"]
        types = example.get("type", [])
        found[path.name[:3]] = (types if isinstance(types, list) else [types], example)
    return found


ALL = examples()
CREDENTIALS = [name for name, (types, _) in ALL.items() if "VerifiableCredential" in types]
ABBREVIATED = "018"  # its envelopes are cut short with dots
PRESENTATIONS = [name for name, (types, _) in ALL.items() if "VerifiablePresentation" in types and name != ABBREVIATED]
ENVELOPES = [name for name, (types, _) in ALL.items() if "EnvelopedVerifiablePresentation" in types]


def test_there_are_eighteen() -> None:
    assert len(ALL) == 18
    assert (len(CREDENTIALS), len(PRESENTATIONS), len(ENVELOPES)) == (5, 3, 3)


@pytest.mark.parametrize("form", ["jwt", "sd-jwt", "cose"])
@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_credential(name: str, form: str) -> None:
    document = ALL[name][1]
    secured = secure(document, f"vc+{form}", KEY, kid=KID)
    assert check_secured(secured, f"vc+{form}", KEY.public).document == document


@pytest.mark.parametrize("form", ["jwt", "sd-jwt", "cose"])
@pytest.mark.parametrize("name", PRESENTATIONS)
def test_a_presentation_and_what_it_holds(name: str, form: str) -> None:
    document = ALL[name][1]
    held = credentials_in(document)
    assert held
    assert all(envelope.kind.presentation is False for envelope in held)
    secured = secure(document, f"vp+{form}", KEY, kid=KID)
    assert check_secured(secured, f"vp+{form}", KEY.public).document == document


@pytest.mark.parametrize("name", ENVELOPES)
def test_an_enveloped_presentation(name: str) -> None:
    document = ALL[name][1]
    envelope = open_envelope(document)
    assert envelope.kind in KINDS.values()
    assert envelope.kind.presentation
    with pytest.raises(Malformed) as caught:
        open_envelope({**document, "type": "EnvelopedVerifiableCredential"})
    assert caught.value.code == "envelope.media_type_invalid"


def test_an_envelope_that_is_cut_short_is_none() -> None:
    with pytest.raises(Malformed) as caught:
        credentials_in(ALL[ABBREVIATED][1])
    assert caught.value.code == "envelope.address_invalid"
