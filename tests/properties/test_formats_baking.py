"""Whatever is baked comes out byte for byte, and whatever is handed in is read or refused, never an accident."""

from __future__ import annotations

import json
import re
from contextlib import suppress

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.formats.images import PNG, SVG

from testamur.errors import InputError
from testamur.formats import read
from testamur.formats.baked import png, svg

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
texts = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=200).filter(
    lambda text: text.strip() and not NOT_XML.search(text)
)
BAKED = {
    kind: bake(image, b'{"type":["OpenBadgeCredential"]}')
    for kind, bake, image in (("png", png.bake, PNG), ("svg", svg.bake, SVG))
}


@settings(deadline=None)
@given(texts)
@example("]]>")
@example("\r\n\r ]]]]>><![CDATA[")
@example('{"a":"&lt;"}')
def test_svg_gives_back_what_it_was_given(text: str) -> None:
    baked = svg.bake(SVG, text.encode())
    assert svg.extract(baked) == text.encode()
    assert svg.bake(svg.bake(SVG, b"a.b.c"), text.encode()) == baked


@settings(deadline=None)
@given(texts)
def test_png_gives_back_what_it_was_given(text: str) -> None:
    assert png.extract(png.bake(PNG, text.encode())) == text.encode()


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=("Cs",))),
        st.integers(-(2**53), 2**53)
        | st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")),
    )
)
def test_json_survives_every_form(value: dict[str, object]) -> None:
    raw = json.dumps(value).encode()
    for data in (raw, png.bake(PNG, raw), svg.bake(SVG, raw)):
        document = read(data)
        assert (document.credential, document.raw) == (value, raw)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(BAKED)), st.data())
def test_a_damaged_image_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    image = bytearray(BAKED[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        image[data.draw(st.integers(0, len(image) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3))
    with suppress(InputError):  # anything else is an accident
        read(bytes(image[: len(image) - cut]))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300))
def test_anything_is_read_or_refused(data: bytes | str) -> None:
    with suppress(InputError):
        read(data)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=120),
    st.sampled_from([b"<svg>", b"<svg xmlns='http://www.w3.org/2000/svg'><g ", b"<svg><style>"]),
)
def test_sanitising_is_a_fixed_point_or_a_refusal(noise: bytes, start: bytes) -> None:
    with suppress(InputError):
        cleaned = svg.sanitise(start + noise + b"</svg>")
        assert svg.sanitise(cleaned) == cleaned
