"""Proofs from a log beside a credential, in every container: they change nothing of the credential, and nothing of theirs is in its way."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdf
import pytest
from tests.unit.formats import images
from tests.unit.formats.pdf.test_attachments import document

from testamur.errors import Malformed, TooLarge
from testamur.formats import log_proofs, pdf, read
from testamur.formats.baked import png, svg

PROOF = "c2sp.org/tlog-proof@v1\nindex 0\n\nexample.edu/log/2026\n1\nAAAA\n\n— example.edu/log/2026 AAAA\n".encode()
LATER = PROOF.replace(b"index 0", b"index 1")
CREDENTIAL = b'{"type": ["OpenBadgeCredential"]}'
TOKEN = b"eyJhbGciOiJFZERTQSJ9.eyJ0eXBlIjpbIk9wZW5CYWRnZUNyZWRlbnRpYWwiXX0.AAAA"

Add = Callable[[bytes, bytes], bytes]
CARRIERS: dict[str, tuple[Callable[[bytes], bytes], Add]] = {
    "png": (lambda credential: png.bake(images.PNG, credential), png.add_log_proof),
    "svg": (lambda credential: svg.bake(images.SVG, credential), svg.add_log_proof),
    "pdf": (lambda credential: document(("credential.json", credential)), pdf.add_log_proof),
}
each = pytest.mark.parametrize("kind", CARRIERS)


@each
@pytest.mark.parametrize("credential", [CREDENTIAL, TOKEN], ids=["json", "token"])
def test_a_proof_stands_beside_the_credential_and_changes_nothing_of_it(kind: str, credential: bytes) -> None:
    make, add = CARRIERS[kind]
    carrier = make(credential)
    assert read(carrier).log_proofs == ()
    found = read(add(carrier, PROOF))
    assert (found.raw, found.log_proofs, found.kind) == (credential, (PROOF,), kind)


@each
def test_a_later_proof_takes_the_place_of_the_earlier_one(kind: str) -> None:
    make, add = CARRIERS[kind]
    found = read(add(add(make(CREDENTIAL), PROOF), LATER))
    assert (found.raw, found.log_proofs) == (CREDENTIAL, (LATER,))


@each
def test_where_there_is_no_credential_there_is_nothing_to_prove(kind: str) -> None:
    empty = {"png": images.PNG, "svg": images.SVG, "pdf": document(("letter.txt", b"Dear"))}[kind]
    with pytest.raises(Malformed) as refusal:
        CARRIERS[kind][1](empty, PROOF)
    assert refusal.value.code == f"{kind}.no_credential"


@each
@pytest.mark.parametrize(
    "proof",
    [
        b"",
        b"no proof",
        b"c2sp.org/tlog-proof@v1\n\xff",
        PROOF + b"\0",
        PROOF + b"\r\n",
        PROOF + b"x" * log_proofs.MAX_LOG_PROOF,
    ],
    ids=["empty", "other", "no-text", "null", "carriage-return", "too-large"],
)
def test_only_a_proof_is_put_there(kind: str, proof: bytes) -> None:
    make, add = CARRIERS[kind]
    with pytest.raises((Malformed, TooLarge)):
        add(make(CREDENTIAL), proof)


@pytest.mark.parametrize(("kind", "bake", "image"), [("png", png.bake, images.PNG), ("svg", svg.bake, images.SVG)])
def test_another_credential_takes_the_earlier_ones_proof_away(kind: str, bake: Add, image: bytes) -> None:
    baked = bake(image, CREDENTIAL)
    assert bake(CARRIERS[kind][1](baked, PROOF), CREDENTIAL) == baked


def with_chunks(*chunks: bytes) -> bytes:
    baked = png.bake(images.PNG, CREDENTIAL)
    return baked[: -len(images.IEND)] + b"".join(chunks) + images.IEND


def text_chunk(content: bytes, head: bytes = b"\0\0\0\0\0") -> bytes:
    return images.chunk(b"iTXt", b"tlog-proof" + head + content)


@pytest.mark.parametrize(
    ("chunk", "handed_on"),
    [
        (text_chunk(PROOF), PROOF),
        (text_chunk(b""), b""),
        (text_chunk(b"\xff\xfe"), b"\xff\xfe"),
        (text_chunk(b"not zlib", b"\0\1\0\0\0"), b"tlog-proof\0\1\0\0\0not zlib"),
        (images.chunk(b"iTXt", b"tlog-proof"), b"tlog-proof"),
    ],
    ids=["sound", "empty", "no-text", "not-unpacked", "cut-off"],
)
def test_a_damaged_proof_never_hides_the_credential_in_a_picture(chunk: bytes, handed_on: bytes) -> None:
    found = read(with_chunks(chunk))
    assert (found.raw, found.log_proofs) == (CREDENTIAL, (handed_on,))


def test_of_many_and_of_large_proofs_only_so_much_is_looked_at() -> None:
    found = read(with_chunks(*(text_chunk(PROOF + bytes([65 + number])) for number in range(20))))
    assert found.log_proofs == tuple(PROOF + bytes([65 + number]) for number in range(log_proofs.MAX_LOG_PROOFS))
    large = read(with_chunks(text_chunk(b"x" * (2 * log_proofs.MAX_LOG_PROOF))))
    assert [len(proof) for proof in large.log_proofs] == [log_proofs.MAX_LOG_PROOF + 1]


def test_in_a_drawing_a_proof_may_stand_anywhere_and_be_empty() -> None:
    baked = svg.bake(images.SVG, CREDENTIAL)
    element = b'<proof xmlns="https://testamur.org/ns/tlog-proof"/>'
    drawing = baked.replace(b"</svg>", b"<g>" + element + b"</g></svg>")
    found = read(drawing)
    assert (found.raw, found.log_proofs) == (CREDENTIAL, (b"",))
    assert read(svg.add_log_proof(drawing, PROOF)).log_proofs == (PROOF,)


def test_an_attachment_is_known_as_a_proof_by_its_first_line_or_by_its_name() -> None:
    found = read(
        document(("credential.json", CREDENTIAL), ("a.txt", PROOF), ("b.tlog-proof", b"damaged"), ("c.txt", b"else"))
    )
    assert (found.raw, set(found.log_proofs)) == (CREDENTIAL, {PROOF, b"damaged"})


def test_a_proof_is_added_to_a_pdf_without_touching_what_stands_there() -> None:
    before = document(("credential.json", CREDENTIAL))
    after = pdf.add_log_proof(before, PROOF)
    assert after.startswith(before)
    attached = {each.name: each for each in pypdf.PdfReader(io.BytesIO(after)).attachment_list}
    assert attached["credential.tlog-proof"].associated_file_relationship == "/Supplement"


def test_a_picture_with_its_proof_may_itself_be_attached_to_a_pdf() -> None:
    inside = png.add_log_proof(png.bake(images.PNG, CREDENTIAL), PROOF)
    found = read(pdf.add_log_proof(document(("badge.png", inside)), LATER))
    assert (found.raw, found.log_proofs) == (CREDENTIAL, (LATER, PROOF))
