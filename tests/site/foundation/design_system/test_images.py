"""Pictures we make: the same for the same choices, legible, and without a word in them."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest
from defusedxml import ElementTree
from PIL import Image, ImageFont

from testamur_site.foundation.design_system import rules
from testamur_site.foundation.design_system.images import card, compose, render
from testamur_site.foundation.design_system.images.api import (
    SHAPES,
    SYMBOLS,
    ImageRefused,
    compose_badge_svg,
    render_png,
    social_card,
)

SVG = "{http://www.w3.org/2000/svg}"
BADGE = compose_badge_svg("Data literacy", "chart-line", "#002147", "#c8102e", "seal")


def opened(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("shape", "symbol"), [*itertools.product(SHAPES, ["scale"]), *(("seal", name) for name in SYMBOLS)]
)
def test_a_badge_is_plain_shapes_with_an_accessible_name(shape: str, symbol: str) -> None:
    root = ElementTree.fromstring(
        compose_badge_svg("물 & <Wasser>", symbol, "#002147", "#c8102e", shape, "For “water”.")
    )
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "물 & <Wasser>"
    assert root.findtext(f"{SVG}desc") == "For “water”."
    names = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert names <= {"svg", "title", "desc", "g", "path", "circle", "ellipse", "rect", "line", "polyline", "polygon"}
    assert not any(
        "href" in attribute or attribute.startswith("on") for element in root.iter() for attribute in element.attrib
    )


def test_the_same_choices_give_the_same_bytes() -> None:
    assert compose_badge_svg("Data literacy", "chart-line", "#002147", "#c8102e", "seal") == BADGE
    assert compose_badge_svg("Data literacy", "chart-line", "#002147", "#c8102e", "circle") != BADGE


def test_characters_that_xml_forbids_do_not_break_the_badge() -> None:
    root = ElementTree.fromstring(compose_badge_svg("a\x00b\ud800c\x0bd", "scale", "#002147", "#c8102e"))
    assert root.findtext(f"{SVG}title") == "abcd"


@pytest.mark.parametrize("primary", ["#ffffff", "#ffff00", "#000000", "#808080", "#c8102e", "#00a3ad", "not a colour"])
def test_the_symbol_can_be_seen_on_any_ground(primary: str) -> None:
    ground, line, ink = compose._colours(primary, primary)
    assert rules.contrast(ink, ground) >= rules.TEXT
    assert rules.contrast(line, ground) >= rules.GRAPHIC


@pytest.mark.parametrize(("symbol", "shape"), [("nothing", "seal"), ("scale", "cloud")])
def test_a_symbol_or_shape_we_do_not_have_is_a_mistake_of_the_caller(symbol: str, shape: str) -> None:
    with pytest.raises(ValueError, match="there are"):
        compose_badge_svg("x", symbol, "#002147", "#c8102e", shape)


def test_a_badge_is_drawn_in_a_process_of_its_own() -> None:
    picture = opened(render_png(BADGE, 400))
    assert (picture.size, picture.mode) == ((400, 400), "RGBA")
    assert picture.getpixel((0, 0))[3] == 0, "the corners are transparent"
    assert picture.getpixel((200, 40))[3] == 255


@pytest.mark.parametrize("size", [0, 15, 2049, 10**9])
def test_sizes_have_bounds(size: int) -> None:
    with pytest.raises(ValueError, match="expected 16 to 2048"):
        render_png(BADGE, size)


@pytest.mark.parametrize(
    ("svg", "code"),
    [
        (b"<svg", "image.damaged"),
        (b"", "image.damaged"),
        (b"\xff\xfe\x00", "image.damaged"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>', "image.damaged"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(svg: bytes, code: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        render_png(svg, 400)
    assert refused.value.code == code
    assert len(str(refused.value)) > 20


def test_enormous_dimensions_do_not_reach_the_renderer() -> None:
    """resvg aborts the process on this width when asked to draw at full size; we always ask for ours."""
    huge = b'<svg xmlns="http://www.w3.org/2000/svg" width="100000" height="100000"><rect width="9" height="9"/></svg>'
    assert opened(render_png(huge, 400)).size == (400, 400)


def test_a_picture_that_costs_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same picture is drawn under the usual limit and refused under a narrow one: it is the limit that stops it."""
    assert opened(render_png(BADGE, 2048)).size == (2048, 2048)
    monkeypatch.setattr(render, "MEMORY", 24 * 1024 * 1024)
    with pytest.raises(ImageRefused) as refused:
        render_png(BADGE, 2048)
    assert refused.value.code == "image.too_complex"


def test_a_picture_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_CHILD", "while True: pass")
    monkeypatch.setattr(render, "SECONDS", 0.2)
    with pytest.raises(ImageRefused) as refused:
        render_png(BADGE, 400)
    assert refused.value.code == "image.too_complex"


def test_an_installation_without_the_renderer_is_not_blamed_on_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "_CHILD", "import no_such_module")
    with pytest.raises(RuntimeError, match="no_such_module"):
        render_png(BADGE, 400)


def test_a_local_file_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (10, 10), "#ff0000").save(secret)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><image href="{}" width="10" height="10"/></svg>'
    picture = opened(render_png(svg.format(secret).encode(), 64))
    assert picture.getextrema()[3] == (0, 0), "something was drawn"


# ── The card for sharing ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def badge_png() -> bytes:
    return render_png(BADGE, 600)


@pytest.mark.parametrize(
    "title",
    [
        "Data literacy",
        "데이터 리터러시와 통계적 사고: 연구자를 위한 집중 과정",
        "W" * 300,
        "긴" * 300,
        "An extraordinarily long title " * 20,
        "",
        "ليلى حداد",
        "\u202e\x00\x07",
        "é" * 5 + "e\u0301" * 5,
    ],
)
def test_a_card_has_the_size_that_networks_want(badge_png: bytes, title: str) -> None:
    png = social_card(title, "한국방송통신대학교", badge_png, primary="#002147", accent="#c8102e")
    assert opened(png).size == (card.WIDTH, card.HEIGHT)
    assert len(png) < 300_000


def test_a_noisy_photograph_stays_under_the_weight() -> None:
    noise = Image.effect_noise((600, 600), 120).convert("RGBA")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(social_card("Title", "Issuer", out.getvalue())) < 300_000


def test_words_in_a_script_the_font_lacks_are_left_out_rather_than_shown_as_boxes(badge_png: bytes) -> None:
    assert card._covered("Data literacy – 데이터 “Ärzte” œuvre ½")
    assert not card._covered("ليلى")
    assert not card._covered("数据 漢字 हिन्दी")
    silent = social_card("", "", badge_png)
    assert social_card("ليلى", "हिन्दी", badge_png) == silent
    assert social_card("Laila", "हिन्दी", badge_png) != silent


@pytest.mark.parametrize(
    "text",
    [
        "one two three four five six",
        "한글은 낱말 사이에서만 줄을 바꿉니다",
        "Donaudampfschifffahrtsgesellschaftskapitän x",
    ],
)
def test_lines_never_leave_the_card_and_lose_nothing(text: str) -> None:
    font: ImageFont.FreeTypeFont = card._font("SemiBold", 40)
    lines = card.wrap(text, font, 300)
    assert len(lines) > 1
    assert all(font.getlength(line) <= 300 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_are_broken_inside_only_when_they_fill_a_line() -> None:
    font = card._font("SemiBold", 40)
    assert card.wrap("한글은 낱말 사이에서만 줄을 바꿉니다", font, 300) == [
        "한글은 낱말",
        "사이에서만 줄을",
        "바꿉니다",
    ]
