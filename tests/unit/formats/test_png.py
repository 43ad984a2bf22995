from __future__ import annotations

import zlib

import pytest
from tests.shared import shared
from tests.unit.formats.images import IDAT, IEND, IHDR, PNG, SIGNATURE, chunk

from testamur.errors import InputError
from testamur.formats.baked import MAX_CREDENTIAL, png

CREDENTIAL = '{"name":"김민지 ]]> \\u0000"}'.encode()


def itxt(keyword: bytes, text: bytes, *, flag: bytes = b"\0", method: bytes = b"\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flag + method + b"\0\0" + text)


def with_chunks(*chunks: bytes) -> bytes:
    return SIGNATURE + IHDR + b"".join(chunks) + IDAT + IEND


def test_what_goes_in_comes_out() -> None:
    baked = png.bake(PNG, CREDENTIAL)
    assert png.extract(baked) == CREDENTIAL
    assert itxt(b"openbadgecredential", CREDENTIAL) in baked
    assert baked.replace(itxt(b"openbadgecredential", CREDENTIAL), b"") == PNG


def test_baking_again_replaces() -> None:
    again = png.bake(png.bake(PNG, CREDENTIAL), b"a.b.c")
    assert png.extract(again) == b"a.b.c"
    assert again.count(b"openbadgecredential") == 1


def test_older_badges_are_replaced_too() -> None:
    old = with_chunks(chunk(b"tEXt", b"openbadges\0https://old.example/1"), itxt(b"clrcredential", b"{}"))
    baked = png.bake(old, CREDENTIAL)
    assert baked == png.bake(PNG, CREDENTIAL)


def test_animation_and_other_chunks_stay() -> None:
    animated = with_chunks(
        chunk(b"acTL", bytes(8)),
        chunk(b"fcTL", bytes(26)),
        chunk(b"tEXt", b"Title\0Badge"),
        chunk(b"fdAT", b"\0\0\0\1x"),
    )
    baked = png.bake(animated, CREDENTIAL)
    assert baked.replace(itxt(b"openbadgecredential", CREDENTIAL), b"") == animated


@pytest.mark.parametrize(
    ("carrier", "text"),
    [
        (itxt(b"openbadges", b'{"id":1}'), b'{"id":1}'),
        (itxt(b"openbadges", zlib.compress(b'{"id":1}'), flag=b"\1"), b'{"id":1}'),
        (chunk(b"tEXt", b"openbadges\0https://old.example/1"), b"https://old.example/1"),
        (chunk(b"zTXt", b"openbadges\0\0" + zlib.compress(b"https://old.example/1")), b"https://old.example/1"),
        (itxt(b"openbadgecredential", zlib.compress(CREDENTIAL), flag=b"\1"), CREDENTIAL),
        (itxt(b"clrcredential", CREDENTIAL), CREDENTIAL),
    ],
)
def test_other_carriers_are_read(carrier: bytes, text: bytes) -> None:
    assert png.extract(with_chunks(carrier)) == text


def test_the_newer_standard_is_preferred() -> None:
    found = png.find(with_chunks(itxt(b"openbadges", b"{}"), itxt(b"openbadgecredential", CREDENTIAL)))
    assert found is not None
    assert (found.standard, found.credential) == ("open_badges_3", CREDENTIAL)


BROKEN = {
    "png.signature": b"GIF89a" + PNG,
    "png.truncated": PNG[:-1],
    "png.crc": PNG.replace(IDAT, IDAT[:-1] + b"?"),
    "png.order": SIGNATURE + IDAT + IHDR + IEND,
    "png.trailing_data": PNG + b"MZ",
    "png.no_credential": PNG,
    "png.duplicate_credential": with_chunks(itxt(b"openbadgecredential", b"{}"), itxt(b"openbadgecredential", b"{}")),
    "png.text_chunk": with_chunks(chunk(b"iTXt", b"openbadgecredential\0\2\0\0\0{}")),
    "png.too_many_chunks": SIGNATURE + IHDR + chunk(b"tEXt", b"") * 65_600 + IEND,
    "png.too_large": PNG + bytes(png.MAX_PNG),
    "baked.too_large": with_chunks(itxt(b"openbadgecredential", zlib.compress(bytes(50 << 20)), flag=b"\1")),
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_is_broken_or_hostile_is_refused_by_name(code: str) -> None:
    with pytest.raises(InputError) as refused:
        png.extract(BROKEN[code])
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize(
    "carrier",
    [
        chunk(b"iTXt", b"openbadgecredential"),
        chunk(b"iTXt", b"openbadgecredential\0\0"),
        chunk(b"iTXt", b"openbadgecredential\0\1\1\0\0x"),
        itxt(b"openbadgecredential", b"not zlib", flag=b"\1"),
        itxt(b"openbadgecredential", zlib.compress(CREDENTIAL)[:-6], flag=b"\1"),
        chunk(b"zTXt", b"openbadges\0\5x"),
    ],
)
def test_a_malformed_text_chunk_is_refused(carrier: bytes) -> None:
    with pytest.raises(InputError) as refused:
        png.extract(with_chunks(carrier))
    assert refused.value.code == "png.text_chunk"


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x80000000, 1 << 20])
def test_a_length_that_lies_is_refused(length: int) -> None:
    with pytest.raises(InputError) as refused:
        png.extract(SIGNATURE + length.to_bytes(4, "big") + IHDR[4:])
    assert refused.value.code == "png.truncated"


@pytest.mark.parametrize(
    ("credential", "code"),
    [
        (b"", "baked.not_text"),
        (b"\xff", "baked.not_text"),
        (b"a\0b", "baked.not_text"),
        (b"x" * (MAX_CREDENTIAL + 1), "baked.too_large"),
    ],
)
def test_only_text_is_baked(credential: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        png.bake(PNG, credential)
    assert refused.value.code == code


def test_published_images_are_baked_anew_without_loss() -> None:
    for path in sorted(shared("vectors/1edtech/validator-cases/inspector-vc/ob30").glob("*.png")):
        image = path.read_bytes()
        credential = png.extract(image)
        assert png.extract(png.bake(image, credential)) == credential
