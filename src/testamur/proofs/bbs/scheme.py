"""Signing, verifying, proving and verifying proofs (the draft's §3.5 and §3.6, with the names of its variables)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from testamur.errors import ProofError
from testamur.proofs.bbs.hashing import API, ORDER, generators, hash_to_scalar, message_scalars

MAX_MESSAGES = 1_000
POINT, SCALAR = 48, 32
SIGNATURE_LENGTH = POINT + SCALAR
# P1 of the ciphersuite (§7.2.2), which `generators` would draw from the seed BP_MESSAGE_GENERATOR_SEED.
P1 = G1Point.from_compressed_bytes(
    bytes.fromhex("a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9")
)
BP2 = G2Point()
_IDENTITY = G1Point.identity()


def random_scalar() -> Scalar:
    """From the operating system's source, never 0."""
    return Scalar(secrets.randbelow(ORDER - 1) + 1)


def sign(secret: Scalar, public: bytes, header: bytes, messages: Sequence[bytes]) -> bytes:
    """The 80 bytes of a signature over `header` and `messages` (CoreSign); `public` is the compressed public key. The same every time.

    Raises `ProofError` (`bbs.too_many_messages`).
    """
    _bound(len(messages))
    scalars = message_scalars(messages)
    points = generators(len(messages) + 1)
    domain = _domain(public, points, header)
    e = hash_to_scalar(b"".join(map(_bytes, [secret, *scalars, domain])), API + b"H2S_")
    a = _commitment(points, domain, scalars) * (secret + e).inverse()
    return bytes(a.to_compressed_bytes()) + _bytes(e)


def verify(public: bytes, signature: bytes, header: bytes, messages: Sequence[bytes]) -> bool:
    """Did the holder of `public` sign these? (CoreVerify). Never raises for a false or malformed signature of a bounded number of
    messages."""
    _bound(len(messages))
    try:
        a, e = _point(signature[:POINT]), _scalar(signature[POINT:])
        w = G2Point.from_compressed_bytes(public)
    except ValueError:
        return False
    points = generators(len(messages) + 1)
    b = _commitment(points, _domain(public, points, header), message_scalars(messages))
    return bool(GT.pairing_check([a, b], [w + BP2 * e, -BP2]))


def proof_gen(
    public: bytes,
    signature: bytes,
    header: bytes,
    presentation_header: bytes,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
    *,
    draw: Callable[[int], list[Scalar]] | None = None,
) -> bytes:
    """A proof that shows the messages at the places `disclosed` (ascending) and that the others were signed with them (CoreProofGen).

    `draw` gives that many random scalars; it is replaced only by tests with published values, since a proof drawn twice the same way
    gives the hidden messages away. Raises `ProofError` (`bbs.signature_false`, `bbs.index_invalid`, `bbs.too_many_messages`).
    """
    _check_places(disclosed, len(messages))
    if not verify(public, signature, header, messages):
        raise ProofError("The signature does not belong to these messages.", code="bbs.signature_false")
    a, e = _point(signature[:POINT]), _scalar(signature[POINT:])
    scalars, points = message_scalars(messages), generators(len(messages) + 1)
    shown = set(disclosed)
    hidden = [place for place in range(len(messages)) if place not in shown]
    drawn = (draw or _draw)(5 + len(hidden))
    r1, r2, e_blind, r1_blind, r3_blind = drawn[:5]
    domain = _domain(public, points, header)
    b = _commitment(points, domain, scalars)
    d = b * r2
    a_bar = a * (r1 * r2)
    b_bar = d * r1 - a_bar * e
    t1 = _sum([a_bar, d], [e_blind, r1_blind])
    t2 = _sum([d, *(points[place + 1] for place in hidden)], [r3_blind, *drawn[5:]])
    init = _Init(a_bar, b_bar, d, t1, t2, domain)
    challenge = _challenge(init, [(place, scalars[place]) for place in disclosed], presentation_header)
    r3 = r2.inverse()
    answers = [e_blind + e * challenge, r1_blind - r1 * challenge, r3_blind - r3 * challenge]
    answers += [blind + scalars[place] * challenge for place, blind in zip(hidden, drawn[5:], strict=True)]
    return b"".join(
        [*(bytes(point.to_compressed_bytes()) for point in (a_bar, b_bar, d)), *map(_bytes, answers), _bytes(challenge)]
    )


def proof_verify(
    public: bytes,
    proof: bytes,
    header: bytes,
    presentation_header: bytes,
    messages: Sequence[bytes],
    disclosed: Sequence[int],
) -> bool:
    """Does `proof` show that `messages` stood at the places `disclosed` (ascending) of what `public` signed? (CoreProofVerify).

    Never raises for a false or malformed proof; raises `ProofError` (`bbs.too_many_messages`) where the proof speaks of more than are read.
    """
    fixed = 3 * POINT + 4 * SCALAR
    if len(proof) < fixed or (len(proof) - fixed) % SCALAR or len(messages) != len(disclosed):
        return False
    hidden_count = (len(proof) - fixed) // SCALAR
    total = hidden_count + len(messages)
    _bound(total)
    try:
        _check_places(disclosed, total)
        a_bar, b_bar, d = (_point(proof[start : start + POINT]) for start in (0, POINT, 2 * POINT))
        numbers = [_scalar(proof[start : start + SCALAR]) for start in range(3 * POINT, len(proof), SCALAR)]
        w = G2Point.from_compressed_bytes(public)
    except (ValueError, ProofError):
        return False
    e_hat, r1_hat, r3_hat, *hats, challenge = numbers
    points, scalars = generators(total + 1), message_scalars(messages)
    shown = set(disclosed)
    hidden = [place for place in range(total) if place not in shown]
    domain = _domain(public, points, header)
    t1 = _sum([b_bar, a_bar, d], [challenge, e_hat, r1_hat])
    known = _sum([P1, points[0], *(points[place + 1] for place in disclosed)], [Scalar(1), domain, *scalars])
    t2 = _sum([known, d, *(points[place + 1] for place in hidden)], [challenge, r3_hat, *hats])
    init = _Init(a_bar, b_bar, d, t1, t2, domain)
    again = _challenge(init, list(zip(disclosed, scalars, strict=True)), presentation_header)
    return again == challenge and bool(GT.pairing_check([a_bar, b_bar], [w, -BP2]))


@dataclass(frozen=True, slots=True)
class _Init:
    """What the challenge is drawn from (ProofInit)."""

    a_bar: G1Point
    b_bar: G1Point
    d: G1Point
    t1: G1Point
    t2: G1Point
    domain: Scalar


def _challenge(init: _Init, shown: Sequence[tuple[int, Scalar]], presentation_header: bytes) -> Scalar:
    parts = [_number(len(shown))]
    for place, scalar in shown:
        parts += [_number(place), _bytes(scalar)]
    parts += [bytes(point.to_compressed_bytes()) for point in (init.a_bar, init.b_bar, init.d, init.t1, init.t2)]
    parts += [_bytes(init.domain), _number(len(presentation_header)), presentation_header]
    return hash_to_scalar(b"".join(parts))


def _domain(public: bytes, points: Sequence[G1Point], header: bytes) -> Scalar:
    """calculate_domain: what binds a signature to its key, its number of messages and its header."""
    described = _number(len(points) - 1) + b"".join(bytes(point.to_compressed_bytes()) for point in points) + API
    return hash_to_scalar(public + described + _number(len(header)) + header)


def _commitment(points: Sequence[G1Point], domain: Scalar, scalars: Sequence[Scalar]) -> G1Point:
    """B: all messages and the domain in one point."""
    return _sum([P1, *points], [Scalar(1), domain, *scalars])


def _sum(points: list[G1Point], scalars: list[Scalar]) -> G1Point:
    return G1Point.multiexp_unchecked(points, scalars)


def _draw(count: int) -> list[Scalar]:
    return [random_scalar() for _ in range(count)]


def _point(data: bytes) -> G1Point:
    """A point of the group that is not its zero. Raises `ValueError`."""
    point = G1Point.from_compressed_bytes(data)
    if point == _IDENTITY:
        raise ValueError("the zero of the group stands for nothing")
    return point


def _scalar(data: bytes) -> Scalar:
    """A number below the order that is not 0. Raises `ValueError`."""
    number = int.from_bytes(data, "big")
    if len(data) != SCALAR or not 0 < number < ORDER:
        raise ValueError("not a scalar")
    return Scalar(number)


def _bytes(scalar: Scalar) -> bytes:
    return bytes(scalar.to_be_bytes())


def _number(number: int) -> bytes:
    return number.to_bytes(8, "big")


def _bound(count: int) -> None:
    if count > MAX_MESSAGES:
        raise ProofError(
            f"At most {MAX_MESSAGES} messages are signed together here.",
            code="bbs.too_many_messages",
            facts={"count": count, "limit": MAX_MESSAGES},
        )


def _check_places(places: Sequence[int], count: int) -> None:
    if list(places) != sorted(set(places)) or (places and not 0 <= places[0] <= places[-1] < count):
        raise ProofError("These places are not ascending places of messages.", code="bbs.index_invalid")
