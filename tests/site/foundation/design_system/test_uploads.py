"""Pictures of strangers. Each hostile file is the good one with one thing changed."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from testamur_site.foundation.design_system.images.api import MAX_BYTES, ImageRefused, clean_upload


def picture(width: int = 600, height: int = 600, form: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, form, **options)
    return out.getvalue()


def svg(inside: str = "", head: str = "", size: str = 'viewBox="0 0 10 10"') -> bytes:
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head}<svg {namespaces} {size}><rect width="10" height="10" fill="#00ff00"/>{inside}</svg>'.encode()


def opened(png: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(png))
    found.load()
    return found


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A tiny file whose header promises a flood of pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "side"),
    [
        (picture(), 600),
        (picture(form="JPEG"), 600),
        (picture(form="JPEG", mode="CMYK"), 600),
        (picture(mode="P"), 600),
        (picture(mode="L"), 600),
        (picture(mode="1"), 600),
        (picture(mode="RGBA"), 600),
        (picture(mode="I;16"), 600),
        (picture(3000, 3000), 2048),
        (picture(400, 400), 400),
        (picture(800, 500), 800),
        (svg(), 1024),
        (b"\xef\xbb\xbf" + svg(head='<?xml version="1.0"?>\n<!-- drawn by hand -->'), 1024),
    ],
    ids=[
        "png",
        "jpeg",
        "cmyk",
        "palette",
        "grey",
        "bits",
        "alpha",
        "grey16",
        "large",
        "least",
        "oblong",
        "svg",
        "svg-bom",
    ],
)
def test_a_good_picture_becomes_a_square_png(data: bytes, side: int) -> None:
    clean = clean_upload(data)
    assert clean.startswith(b"\x89PNG")
    assert (opened(clean).size, opened(clean).mode) == ((side, side), "RGBA")


def test_an_oblong_picture_is_centred_on_a_transparent_square() -> None:
    square = opened(clean_upload(picture(800, 500)))
    assert square.getpixel((400, 10))[3] == 0
    assert square.getpixel((400, 400))[3] == 255


def test_nothing_but_the_pixels_is_kept() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Kim Seoyeon")
    data = picture(pnginfo=text) + b"<?php trailing"
    assert b"Kim Seoyeon" in data
    clean = clean_upload(data)
    assert b"Kim Seoyeon" not in clean
    assert b"trailing" not in clean


def test_where_a_photograph_was_taken_is_forgotten_but_its_upright_is_kept() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of Kim"
    data = picture(800, 500, "JPEG", exif=exif.tobytes())
    assert b"Camera of Kim" in data
    clean = clean_upload(data)
    assert b"Camera of Kim" not in clean
    assert opened(clean).getpixel((400, 10))[3] == 255, "now it is high and narrow"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "image.format"),
        (b"GIF89a" + bytes(100), "image.format"),
        (b"<html><body>x</body></html>", "image.format"),
        (b"%PDF-1.7", "image.format"),
        (b"\x00" * (MAX_BYTES + 1), "image.too_large"),
        (picture()[:-40], "image.damaged"),
        (picture(form="JPEG")[:400], "image.damaged"),
        (b"\x89PNG\r\n\x1a\n", "image.damaged"),
        (b"\xff\xd8\xff", "image.damaged"),
        (png_that_claims(600, 600), "image.damaged"),
        (png_that_claims(50_000, 50_000), "image.dimensions"),
        (png_that_claims(2**31 - 1, 2**31 - 1), "image.dimensions"),
        (png_that_claims(0, 600), "image.damaged"),
        (picture(399, 399), "image.dimensions"),
        (picture(1000, 499), "image.not_square"),
    ],
    ids=[
        "empty",
        "gif",
        "html",
        "pdf",
        "heavy",
        "png-cut",
        "jpeg-cut",
        "png-head",
        "jpeg-head",
        "png-too-few-pixels",
        "flood",
        "largest-flood",
        "no-width",
        "small",
        "strip",
    ],
)
def test_a_bad_picture_is_refused_in_words(data: bytes, code: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        clean_upload(data)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")
    assert "%(" not in str(refused.value)


ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


@pytest.mark.parametrize(
    "data",
    [
        svg(head=ENTITIES + "]>", inside="<title>&j;</title>"),
        svg(head='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>', inside="<title>&x;</title>"),
        svg(inside="<g>" * 100_000 + "</g>" * 100_000),
        svg()[:-8],
        b"<svg" + b"<" * 1000,
    ],
    ids=["entity-bomb", "external-entity", "depth", "cut", "garbage"],
)
def test_a_hostile_svg_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(ImageRefused) as refused:
        clean_upload(data)
    assert refused.value.code in {"image.hostile", "image.damaged", "image.too_complex", "image.too_large"}


def test_letters_are_found_whatever_prefixes_the_process_has_registered() -> None:
    """A feed once registered the empty prefix for itself, and drawings were written with another one from then on."""
    from xml.etree import ElementTree

    before = dict(ElementTree._namespace_map)  # type: ignore[attr-defined]
    ElementTree.register_namespace("", "http://www.w3.org/2005/Atom")
    ElementTree.register_namespace("s", "http://www.w3.org/2000/svg")
    try:
        with pytest.raises(ImageRefused) as refused:
            clean_upload(svg('<text x="1" y="5">KAIST</text>'))
    finally:
        ElementTree._namespace_map.clear()  # type: ignore[attr-defined]
        ElementTree._namespace_map.update(before)  # type: ignore[attr-defined]
    assert refused.value.code == "image.text"


def test_letters_that_would_be_lost_are_refused_rather_than_lost() -> None:
    with pytest.raises(ImageRefused) as refused:
        clean_upload(svg('<text x="1" y="5">KAIST</text>'))
    assert refused.value.code == "image.text"


def test_an_oblong_svg_is_not_stretched() -> None:
    square = opened(clean_upload(svg(size='viewBox="0 0 10 6"')))
    assert square.getpixel((512, 20))[3] == 0
    assert square.getpixel((512, 512)) == (0, 255, 0, 255)


def test_what_an_svg_must_not_do_is_left_out_of_the_drawing(tmp_path: object) -> None:
    secret = tmp_path / "secret.png"  # type: ignore[operator]
    Image.new("RGB", (10, 10), "#ff0000").save(secret)
    plain = clean_upload(svg())
    for inside in (
        "<script>document.write('x')</script>",
        f'<image href="{secret}" width="10" height="10"/>',
        f'<image xlink:href="file://{secret}" width="10" height="10"/>',
        '<image href="https://example.org/x.png" width="10" height="10"/>',
        '<use href="https://example.org/x.svg#a"/>',
        '<foreignObject width="10" height="10"><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>',
        "<style>@import url(https://example.org/x.css); rect { fill: red }</style>",
    ):
        try:
            assert clean_upload(svg(inside)) == plain, inside
        except ImageRefused as refused:  # to refuse is as good as to leave out
            assert refused.code == "image.hostile"  # noqa: PT017


@pytest.mark.parametrize(
    "size", ['width="100000" height="100000"', 'viewBox="0 0 1e30 1e30"', 'viewBox="0 0 1e-30 1e-30"']
)
def test_an_svg_of_any_claimed_size_is_drawn_at_ours_or_refused(size: str) -> None:
    try:
        assert opened(clean_upload(svg(size=size))).size == (1024, 1024)
    except ImageRefused as refused:
        assert refused.code in {"image.damaged", "image.too_complex", "image.hostile"}  # noqa: PT017


GOOD = {"png": picture(), "jpeg": picture(form="JPEG")}


@given(form=st.sampled_from(sorted(GOOD)), place=st.integers(2, 600), byte=st.integers(0, 255))
def test_one_wrong_byte_gives_a_picture_or_a_refusal_never_an_error(form: str, place: int, byte: int) -> None:
    data = bytearray(GOOD[form])
    data[place % len(data)] = byte
    try:
        assert clean_upload(bytes(data)).startswith(b"\x89PNG")
    except ImageRefused as refused:
        assert str(refused)  # noqa: PT017
