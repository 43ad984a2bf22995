"""A pattern, compiled: the canonical form, the text to store and the signed text of every award of one key.

Steps: compose a probe of the same key; lint, prepare and sign it as any credential, with a stand-in for the key; find its values in what
came out. Whatever is not one of its values is the same for all awards of the key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from testamur import strict_json
from testamur.accelerated import quickest
from testamur.issuing.cohort import digits as python_digits
from testamur.issuing.cohort import kernel as python_kernel
from testamur.issuing.cohort import verifying_kernel as python_verifying
from testamur.issuing.cohort.pattern import Key, probe, stamp, take
from testamur.issuing.cohort.signed_text import SignedText
from testamur.issuing.compose import AwardDetails, Recipient
from testamur.issuing.prepared import PreparedCredential
from testamur.linked_data import HashName
from testamur.linked_data.shapes import Unshaped, compile_shape, plan, skeleton
from testamur.log.secured import secured
from testamur.ports import Signer

if TYPE_CHECKING:
    from testamur.issuing.cohort.kernel import Form
    from testamur.issuing.cohort.verifying_kernel import Places

_Ways: TypeAlias = tuple[
    Callable[[list[bytes]], bytes],
    Callable[[Sequence[str]], bytes],
    Callable[[Sequence[str]], bytes],
    list[int],
]

KERNEL: Any = quickest(python_kernel)
VERIFYING: Any = quickest(python_verifying)
DIGITS: Any = quickest(python_digits)
MAX_TEXT: Final = 400_000  # bytes of the probe; with the values it stays below what a strict reader reads
_PROBE_DATE: Final = datetime(1999, 12, 31, 23, 59, 58, tzinfo=UTC)


def places_of(award: AwardDetails, values: Sequence[str]) -> Places:
    """The places of an award with these values, which are all different (a probe)."""
    positions = {value: number for number, value in enumerate(values)}
    entry = award.status_entry or {}
    places: Places = VERIFYING.Places(
        positions[stamp(award.valid_from)],
        positions[stamp(award.valid_until)] if award.valid_until is not None else -1,
        positions.get(entry.get("statusListCredential", ""), -1),
        positions.get(entry.get("statusListIndex", ""), -1),
    )
    return places


def form_of(
    met: tuple[Recipient, AwardDetails],
    holes: Sequence[int],
    digest: Callable[[list[bytes]], bytes],
    *,
    results_vary: bool,
) -> Form:
    """How awards look that are of one pattern with `met`. Of each it gives `digest` those of the values that `holes` says."""
    taken = take(*met, results_vary=results_vary)
    form: Form = KERNEL.Form(*met, taken.identifiers, taken.values, results_vary, stamp, list(holes), digest)
    return form


class Compiled(NamedTuple):
    """`digest` gives the hash of the canonical form for the values in its holes in UTF-8; `canonical` that form for the values as texts,
    with what has to be escaped; `complete` the same for values that are ambiguous in it. All may raise `Unshaped`.

    `holes` takes the values of the canonical form's holes, in its order, out of those of an award. The texts have the values as holes,
    then the date of signing, then (not `prepared`) the proof's value. `form` recognises awards that look like the one for which this was
    compiled.
    """

    digest: Callable[[list[bytes]], bytes]
    canonical: Callable[[Sequence[str]], bytes]
    complete: Callable[[Sequence[str]], bytes]
    holes: itemgetter[Any]
    prepared: SignedText
    signed: SignedText
    secured: SignedText  # what the log commits to (`log.secured`): the same values and holes as `signed`
    options: Mapping[str, Any]  # of the proof, with its context; the date is the probe's
    hashed_options: dict[str, bytes]  # the hash of the options, by the date of signing
    places: Places
    form: Form


class StandIn:
    """Signs the probe in the place of the key: with a random text, so that no key ever signs what nobody was awarded."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.algorithm = signer.algorithm
        self.signature = secrets.token_bytes(64)

    @property
    def public_multikey(self) -> str:
        return self._signer.public_multikey

    def sign(self, data: bytes) -> bytes:  # noqa: ARG002 - the port has it
        return self.signature


def compile_pattern(
    key: Key,
    met: tuple[Recipient, AwardDetails],
    *,
    results_vary: bool,
    compose: Callable[[Recipient, AwardDetails], dict[str, Any]],
    prepare: Callable[[dict[str, Any], datetime], PreparedCredential],
    sign: Callable[[PreparedCredential], bytes],
    hash_name: HashName,
    canonical_json: bool,
) -> Compiled:
    """The pattern with this key, which is that of the award `met`. Raises `Unshaped`, and as the functions that are given do."""
    imagined = probe(*met, results_vary=results_vary)
    taken = take(*imagined, results_vary=results_vary)
    values = taken.values
    document = compose(*imagined)
    prepared = prepare(document, _PROBE_DATE)
    content = prepared.content
    signed = sign(prepared)
    if taken.key != key or len(set(values)) != len(values) or len(signed) > MAX_TEXT:
        raise Unshaped
    proof = strict_json.loads(signed)["proof"][0]
    written = [*values, stamp(_PROBE_DATE), proof.pop("proofValue")]
    ways = _canonical_json if canonical_json else _canonical_statements
    digest, canonical, complete, holes = ways(document, values, hash_name)
    return Compiled(
        digest,
        canonical,
        complete,
        itemgetter(*holes),
        SignedText(content, written[:-1]),
        SignedText(signed, written),
        SignedText(secured(signed), written),
        {**proof, "@context": document["@context"]},
        {},
        places_of(imagined[1], values),
        form_of(met, holes, digest, results_vary=results_vary),
    )


def _canonical_statements(document: dict[str, Any], values: Sequence[str], hash_name: HashName) -> _Ways:
    """RDFC-1.0: the canonical form of a compiled shape."""
    positions = {value: number for number, value in enumerate(values)}
    shape = compile_shape(document, hash_name=hash_name, graphs=True)
    texts = shape.values_of(skeleton(document)[1])
    numbers = [positions[text] for text in texts if text in positions]
    if set(numbers) != set(positions.values()):  # a value that shaped the outcome
        raise Unshaped
    shape = shape.specialised({place: text for place, text in enumerate(texts) if text not in positions})
    return shape.plan.renderer.digest, shape.canonical, shape.plan.complete, numbers


def _canonical_json(document: dict[str, Any], values: Sequence[str], hash_name: HashName) -> _Ways:
    """JCS (RFC 8785): names and numbers are constants, so members have one order; a value that stands for itself in JSON does there too."""
    text = SignedText(strict_json.jcs(document), values)
    digest = plan.KERNEL.TextHash(text.text, hash_name).digest

    def uncovered(_: Sequence[str]) -> bytes:
        raise Unshaped

    return digest, uncovered, uncovered, list(range(len(values)))
