"""Envelopes under damage: whatever is done to one, checking answers, and what is said to hold was signed."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testamur.linked_data import CREDENTIALS_V2
from testamur.proofs.cose import check_cose
from testamur.proofs.keys import PrivateKey
from testamur.proofs.result import ProofOutcome
from testamur.proofs.sd_jwt import check_sd_jwt, disclosable_paths, issue_sd_jwt, present_sd_jwt, read_sd_jwt
from testamur.proofs.vc_jose_cose import KINDS, check_secured, secure

KEY = PrivateKey("Ed25519", bytes(range(32)))
CREDENTIAL = {
    "@context": [CREDENTIALS_V2],
    "type": ["VerifiableCredential"],
    "issuer": "https://university.example",
    "credentialSubject": {"id": "did:example:1", "names": ["Jane", "제인"]},
}
HIDDEN = [("credentialSubject", "id"), ("credentialSubject", "names", 0)]
ENVELOPES = {
    name: secure(
        CREDENTIAL,
        name,
        KEY,
        kid="https://university.example#key-1",
        disclosable=HIDDEN if "sd-jwt" in name else (),
        salt=lambda: "salt",
    )
    for name, kind in KINDS.items()
    if kind.presentation is False
}
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6).filter(
    lambda name: name not in ("_sd", "_sd_alg", "...")
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
# the same examples each time, however busy the machine is
STEADY = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@STEADY
@given(st.sampled_from(sorted(ENVELOPES)), st.data())
def test_a_damaged_envelope_is_refused_or_says_what_was_signed(name: str, data: st.DataObject) -> None:
    good = ENVELOPES[name]
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(len(good), start + 8)))
    bad = good[:start] + data.draw(st.binary(max_size=8)) + good[end:]
    opened = check_secured(bad, name, KEY.public)
    if opened.document is not None:
        # Leaving out a whole disclosure is the holder's right; everything else that passes must be the very same.
        assert bad == good or ("sd-jwt" in name and set(bad.split(b"~")) <= set(good.split(b"~")))


@STEADY
@given(st.binary(max_size=200))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    assert check_cose(data, KEY.public).outcome is ProofOutcome.FAILED
    for name in KINDS:
        assert check_secured(data, name, KEY.public).result.outcome is ProofOutcome.FAILED


@STEADY
@given(st.dictionaries(names, values, min_size=1, max_size=4), st.data())
def test_whatever_is_hidden_comes_back_or_stays_hidden(claims: dict[str, Any], data: st.DataObject) -> None:
    hidden = data.draw(st.lists(st.sampled_from(paths(claims)), unique=True, max_size=6))
    issued = issue_sd_jwt(claims, KEY, hidden, header={"typ": "x"}, decoys=data.draw(st.integers(0, 2)))
    assert check_sd_jwt(issued.compact, KEY.public).document == claims
    assert set(disclosable_paths(issued)) == set(hidden)
    shown = data.draw(st.lists(st.sampled_from(hidden), unique=True)) if hidden else []
    opened = check_sd_jwt(present_sd_jwt(issued, shown).compact, KEY.public)
    assert opened.document is not None
    wanted = {path for path in hidden if any(other[: len(path)] == path for other in shown)}
    assert opened.document == without(claims, set(hidden) - wanted)
    assert read_sd_jwt(issued.to_json()) == issued


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for step, item in items for found in ((*path, step), *paths(item, (*path, step)))]


def without(value: Any, hidden: set[tuple[str | int, ...]], path: tuple[str | int, ...] = ()) -> Any:
    if isinstance(value, dict):
        kept = {name: item for name, item in value.items() if (*path, name) not in hidden}
        return {name: without(item, hidden, (*path, name)) for name, item in kept.items()}
    if isinstance(value, list):
        kept_items = [(place, item) for place, item in enumerate(value) if (*path, place) not in hidden]
        return [without(item, hidden, (*path, place)) for place, item in kept_items]
    return value
