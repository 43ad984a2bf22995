"""The payload of a token that is recognised by its bytes: the second of a form is not read as something unknown (decision 0081).

A *form* is what the JSON of a credential is without its texts: every name, bracket, number, truth value, context and type at its place,
and holes for the texts. `nbf`, `exp` and `iat` are holes, too. What `check_secured` finds out about a payload follows from its form, but
for a few texts (is the issuer an address; do `iss`, `jti` and `sub` repeat what the credential says) and for the dates: those are looked at
in each token, in the same pass that compares the form. A dictionary is made of such a payload only when somebody asks for it.

Three things to remember:

- A form says the same as the long way, or nothing (None). It is learned from payloads that have gone the whole long way and passed; the
  property tests hold both ways beside each other.
- Nothing of a token is kept but what its skeleton has (names, numbers but those dates, truth values, contexts, types): no other text.
- What is kept is bounded, and forgotten when there is too much of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from testamur import strict_json
from testamur.accelerated import quickest
from testamur.linked_data.shapes import Unshaped, with_texts
from testamur.linked_data.shapes.skeleton import skeleton
from testamur.proofs.vc_jose_cose import form_kernel
from testamur.proofs.vc_jose_cose.form_kernel import ADDRESS, FIGURE, TEXT, PayloadForm
from testamur.strict_json import quick

MAX_LENGTH: Final = 32_000
"""Bytes of a payload that is recognised: longer ones are rare, and their forms large."""
MAX_FORMS: Final = 64
_MAX_MET: Final = 4_096
_DATES: Final = ("nbf", "exp", "iat")
_MAX_DATE: Final = 10**15  # exclusive: what a hole for a number takes
_REPEATED: Final = (("iss", "issuer"), ("jti", "id"), ("sub", "credentialSubject"))
_MARK: Final = 29  # characters: a nonce, and five figures

KERNEL: Any = quickest(form_kernel)


class Forms:
    """The forms that were met. Shared by threads: every change is one operation."""

    def __init__(self, *, learns: bool = quick.AVAILABLE) -> None:
        self._learns = learns
        self._forms: tuple[PayloadForm, ...] = ()
        self._met: dict[int, int] = {}

    def recognise(self, payload: bytes) -> tuple[PayloadForm, tuple[int, ...]] | None:
        """The form of `payload`, of which `check_document` and `check_claims` have nothing to say, if the header names a key where it
        `needs_key`; and the figures in it. None where the long way has to read it."""
        found: tuple[PayloadForm, tuple[int, ...]] | None = KERNEL.known(self._forms, payload)
        return found

    def learn(self, payload: bytes, claims: dict[str, Any]) -> None:
        """Remember the form of `payload`, which was read as `claims` and has passed everything that is asked of a credential.

        The second of a form is learned from, since most forms of strangers are met once, and of those that are not recognised then the
        fourth, the eighth …: what has no form is not looked at again and again.
        """
        if not self._learns or len(payload) > MAX_LENGTH:
            return
        try:
            key = hash(skeleton(_undated(claims))[0])
        except Unshaped:
            return
        met = self._met.get(key, 0) + 1
        if len(self._met) >= _MAX_MET:
            self._met = {}
        self._met[key] = met
        if met < 2 or met.bit_count() != 1:
            return
        form = _form_of(payload, claims)
        if form is None or form.figures(payload) is None:
            return
        known = () if len(self._forms) >= MAX_FORMS else self._forms
        self._forms = (form, *(each for each in known if not _are_one(each, form)))

    def forget(self) -> None:
        """Forget everything."""
        self._forms = ()
        self._met = {}


def _are_one(one: PayloadForm, other: PayloadForm) -> bool:
    return one.parts == other.parts and one.kinds == other.kinds and one.same == other.same


def _undated(claims: dict[str, Any]) -> dict[str, Any]:
    if claims.keys().isdisjoint(_DATES):
        return claims
    return {name: 0 if name in _DATES and _is_date(value) else value for name, value in claims.items()}


def _is_date(value: Any) -> bool:
    return type(value) is int and 0 <= value < _MAX_DATE


def _form_of(payload: bytes, claims: dict[str, Any]) -> PayloadForm | None:
    """The form of `payload`, which was read as `claims`; None where it has none."""
    if quick.loads(payload, strict_json.MAX_DEPTH) is quick.UNSURE:
        return None
    nonce = secrets.token_hex(12)
    written: list[bytes] = []
    kinds: list[int] = []

    def marked(text: str, kind: int = TEXT) -> str:
        written.append(strict_json.dumps(text)[1:-1])
        kinds.append(kind)
        return f"{nonce}{len(written) - 1:05}"

    probe: dict[str, Any] = {}
    dates: list[str] = []
    for name, value in claims.items():
        if name not in _DATES:
            probe |= with_texts({name: value}, marked)
        elif _is_date(value):
            dates.append(name)
            probe[name] = marked(str(value), FIGURE)
        else:
            return None
    same = _repetitions(probe, claims, nonce)
    issuer = _hole(_named(probe["issuer"]), nonce)
    if same is None or issuer is None:
        return None
    kinds[issuer] = ADDRESS
    before, *behind = strict_json.dumps(probe).split(nonce.encode())
    numbers = [int(part[:5]) for part in behind]
    if numbers != [*range(len(kinds))]:
        return None
    parts = [before, *(part[5:] for part in behind)]
    for number, kind in enumerate(kinds):
        if kind == FIGURE:  # it was marked between quotation marks
            parts[number], parts[number + 1] = parts[number][:-1], parts[number + 1][1:]
    filled = b"".join([part + text for part, text in zip(parts, [*written, b""], strict=True)])
    if filled != payload or len(kinds) > KERNEL.MAX_HOLES:
        return None
    earlier = [same.get(number, -1) for number in range(len(kinds))]
    form: PayloadForm = KERNEL.PayloadForm(parts, kinds, earlier, tuple(dates), "iss" not in claims)
    return form


def _repetitions(probe: Mapping[str, Any], claims: Mapping[str, Any], nonce: str) -> dict[int, int] | None:
    """Which hole must hold what an earlier one does, because a claim repeats a member; None where a claim that has a counterpart is no
    plain text, or has none."""
    same: dict[int, int] = {}
    for claim, member in _REPEATED:
        if claim not in claims:
            continue
        counterpart = probe.get(member)
        if claim == "iss" or (claim == "sub" and isinstance(counterpart, dict)):
            counterpart = _named(counterpart)
        if counterpart is None or (claim == "sub" and isinstance(counterpart, list)):
            continue
        one, other = _hole(probe[claim], nonce), _hole(counterpart, nonce)
        if one is None or other is None:
            return None
        same[max(one, other)] = min(one, other)
    return same


def _named(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _hole(value: Any, nonce: str) -> int | None:
    """The number of the hole that a mark stands for."""
    return int(value[-5:]) if type(value) is str and len(value) == _MARK and value.startswith(nonce) else None


FORMS: Final = Forms(learns=quick.AVAILABLE and KERNEL.COMPILED)
"""What this process has met. In Python to recognise takes longer than to read."""
