from __future__ import annotations

import re

import pytest
from tests.unit.formats.images import SVG

from testamur.errors import TooLarge
from testamur.formats.baked import svg


def clean(inside: str, attributes: str = "") -> str:
    document = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f"{attributes}>{inside}<circle r='4'/></svg>"
    )
    cleaned = svg.sanitise(document.encode())
    assert svg.sanitise(cleaned) == cleaned
    return cleaned.decode()


def test_a_harmless_drawing_keeps_its_looks() -> None:
    text = (
        '<defs><linearGradient id="g" x1="0"><stop offset="1" stop-color="#fff"/></linearGradient>'
        '<radialGradient id="h" xlink:href="#g"/><clipPath id="c"><rect width="5" height="5"/></clipPath></defs>'
        '<g fill="url(#g)" style="stroke: red; stroke-width:2" clip-path="url(\'#c\')" transform="rotate(5)"><path d="M0 0L1 1z"/>'
        '<text x="1" font-family="Noto Sans KR">안녕 <tspan>하세요</tspan>!</text></g>'
    )
    cleaned = clean(text)
    for kept in (
        'fill="url(#g)"',
        "stroke:red;stroke-width:2",
        "clip-path=",
        'd="M0 0L1 1z"',
        "안녕 ",
        ">하세요<",
        "!</",
        'href="#g"',
        "rotate(5)",
    ):
        assert kept in cleaned
    assert b"<title>Badge</title>" in svg.sanitise(SVG)


HOSTILE = [
    "<script>alert(1)</script>",
    "<script xlink:href='https://evil.example/x.js'/>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></body></foreignObject>",
    "<a xlink:href='javascript:alert(1)'><text>click evil</text></a>",
    "<rect onload='alert(1)' onclick='alert(1)'/>",
    "<image href='https://evil.example/x.png'/>",
    "<image xlink:href='data:image/svg+xml;base64,evil'/>",
    "<use href='https://evil.example/x.svg#a'/>",
    "<use xlink:href='#a'/>",
    "<style>@import url(https://evil.example/x.css); rect { fill: url(https://evil.example) }</style>",
    "<rect style='fill:url(https://evil.example/x)'/>",
    "<rect style='background:url(https://evil.example/x)'/>",
    "<rect fill='url(https://evil.example/x#a)'/>",
    "<rect fill='URL(&quot;//evil.example&quot;)'/>",
    "<rect fill='\\75rl(//evil.example)'/>",
    "<rect style='fill:/**/url(//evil.example)'/>",
    "<rect style='fill:expression(alert(1))'/>",
    "<rect filter='url(#evil)'/><filter id='evil'><feImage href='https://evil.example'/></filter>",
    "<set attributeName='href' to='javascript:evil'/>",
    "<animate attributeName='onload' values='evil'/>",
    "<animateTransform attributeName='evil'/>",
    "<pattern id='evil'><rect fill='url(#evil)'/></pattern>",
    "<linearGradient id='b' href='https://evil.example/#g'/>",
    "<marker id='evil'/>",
    "<iframe src='https://evil.example'/>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>evil</x:script>",
    "<svg:script xmlns:svg='http://www.w3.org/2000/svg'>evil()</svg:script>",
    "<metadata>evil</metadata>",
    "<switch><g systemLanguage='evil'/></switch>",
    "<text>a<script>evil</script></text>",
    "<handler xmlns='http://www.w3.org/2001/xml-events'>evil</handler>",
    "<rect id='&quot;evil'/>",
    "<desc><script>evil</script></desc>",
    "<discard href='#evil'/>",
    "<rect xml:base='https://evil.example/'/>",
    "<?xml-stylesheet href='https://evil.example/x.css'?>",
    "<!-- evil -->",
]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_not_on_the_list_is_gone(hostile: str) -> None:
    cleaned = clean(hostile)
    assert not re.search(r"evil|alert|script|https?://(?!www\.w3\.org/2000/svg)|on\w+=", cleaned)
    assert "<circle" in cleaned  # the drawing itself is still there


def test_words_after_something_that_was_left_out_stay() -> None:
    assert "onetwo" in re.sub(r"<[^>]+>", "", clean("<text>one<a>gone</a>two</text>"))


def test_references_do_not_nest() -> None:
    """A mask whose parts are masked by a mask … multiplies the work by ten at each step."""
    cleaned = clean('<mask id="a"><rect mask="url(#b)" clip-path="url(#c)" width="1"/></mask><rect mask="url(#a)"/>')
    assert "url(#b)" not in cleaned
    assert "url(#c)" not in cleaned
    assert 'mask="url(#a)"' in cleaned


def test_a_drawing_has_a_size() -> None:
    with pytest.raises(TooLarge):
        svg.sanitise(b"<svg>" + b" " * (1 << 20) + b"</svg>")


def test_a_baked_credential_is_left_out() -> None:
    assert b"credential" not in svg.sanitise(svg.bake(SVG, b'{"a":1}'))
