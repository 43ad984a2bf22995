"""Any colour an institution may have must give a page that can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from testamur_site.foundation.design_system import rules

STYLES = Path(rules.__file__).parent / "static/testamur/css"
colours = st.tuples(*[st.integers(0, 255)] * 3).map(rules.to_hex)


def tokens() -> dict[str, rules.Pair]:
    text = (STYLES / "tokens.css").read_text(encoding="utf-8")
    found = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);", text)
    return {name: rules.Pair(light, dark) for name, light, dark in found}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    # Published pairs: the ends of the scale, and the greys either side of 4.5 that every guide on contrast names.
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
    ],
)
def test_contrast_is_the_ratio_of_wcag(one: str, other: str, ratio: float) -> None:
    assert rules.contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert rules.contrast(one, other) == rules.contrast(other, one)


@pytest.mark.parametrize("text", ["", "red", "#12345", "#1234567", "#12345g", "#123456\n", "url(x)"])
def test_what_is_not_a_colour_is_refused(text: str) -> None:
    assert not rules.is_colour(text)
    with pytest.raises(ValueError, match="is not a colour"):
        rules.parse(text)


TEXT_PAIRS = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft", "ink-faint", "accent", "accent-strong", "failed")
        for ground in ("paper", "surface", "sunken")
    ),
    *((ink, "quiet-tint") for ink in ("ink", "ink-soft", "ink-faint")),
    *((ink, "accent-tint") for ink in ("ink", "ink-soft", "accent")),
    *((tone, f"{tone}-tint") for tone in ("passed", "failed", "unknown", "info", "quiet")),
    *(("ink", f"{tone}-tint") for tone in ("passed", "failed", "unknown", "info")),
    ("on-accent", "accent-fill"),
    ("on-accent", "accent-fill-strong"),
]
GRAPHIC_PAIRS = [
    *(
        (line, ground)
        for line in ("rule-strong", "ornament", "passed", "unknown")
        for ground in ("paper", "surface", "sunken")
    ),
    ("accent-fill", "quiet-tint"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_every_pair_of_tokens_that_carries_text(ink: str, ground: str, scheme: str) -> None:
    known = tokens()
    assert rules.contrast(getattr(known[ink], scheme), getattr(known[ground], scheme)) >= rules.TEXT


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), GRAPHIC_PAIRS)
def test_every_pair_of_tokens_that_carries_shapes(line: str, ground: str, scheme: str) -> None:
    known = tokens()
    assert rules.contrast(getattr(known[line], scheme), getattr(known[ground], scheme)) >= rules.GRAPHIC


def test_the_style_sheet_holds_the_theme_of_the_products_own_colours() -> None:
    known = tokens()
    for name, pair in vars(rules.theme(None, None)).items():
        assert known[name.replace("_", "-")] == pair, name


def test_the_grounds_the_rules_reckon_with_are_those_of_the_style_sheet() -> None:
    known = tokens()
    assert tuple(known[name].light for name in ("paper", "surface", "sunken", "quiet-tint")) == rules.LIGHT_GROUNDS
    assert tuple(known[name].dark for name in ("paper", "surface", "sunken", "quiet-tint")) == rules.DARK_GROUNDS


@given(primary=colours, accent=colours)
@example(primary="#ffff00", accent="#ffffff")
@example(primary="#ffffff", accent="#000000")
@example(primary="#000000", accent="#ffff00")
@example(primary="#808080", accent="#808080")
def test_any_two_colours_give_a_theme_that_can_be_read(primary: str, accent: str) -> None:
    known, theme = tokens(), rules.theme(primary, accent)
    for scheme in ("light", "dark"):

        def of(pair: rules.Pair, scheme: str = scheme) -> str:
            return str(getattr(pair, scheme))

        grounds = [of(known[name]) for name in ("paper", "surface", "sunken", "quiet-tint")] + [of(theme.accent_tint)]
        for ground in grounds:
            assert rules.contrast(of(theme.accent), ground) >= rules.TEXT
            assert rules.contrast(of(theme.accent_strong), ground) >= rules.TEXT
        assert rules.contrast(of(theme.on_accent), of(theme.accent_fill)) >= rules.TEXT
        assert rules.contrast(of(theme.on_accent), of(theme.accent_fill_strong)) >= rules.TEXT
        for ink in ("ink", "ink-soft"):
            assert rules.contrast(of(known[ink]), of(theme.accent_tint)) >= rules.TEXT
        for ground in grounds[:3]:
            assert rules.contrast(of(theme.ornament), ground) >= rules.GRAPHIC


def test_a_colour_that_is_legible_already_is_left_alone() -> None:
    assert rules.theme("#002147", None).accent.light == "#002147"


@given(colours)
def test_there_and_back_through_oklab(colour: str) -> None:
    assert rules.mix(colour, "#000000", 1) == colour
