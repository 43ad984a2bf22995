"""What is sent to every visitor: its weight, its origin, and that nothing in it breaks the rules of the house."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from testamur_site.foundation.design_system import states
from testamur_site.foundation.design_system.images import compose
from testamur_site.foundation.design_system.templatetags.design import STYLES

ROOT = Path(states.__file__).parent
CSS = ROOT / "static/testamur/css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = (ROOT / "static/testamur/vendor/icons.svg").read_text(encoding="utf-8")


def test_the_style_sheets_of_a_page_stay_under_twelve_kilobytes_compressed() -> None:
    assert sum(len(gzip.compress((CSS / f"{name}.css").read_bytes(), 9)) for name in STYLES) <= 12 * 1024


def test_the_script_stays_under_four_kilobytes() -> None:
    assert (ROOT / "static/testamur/js/enhance.js").stat().st_size < 4096


@pytest.mark.parametrize("name", [name for name in STYLES if name != "tokens"])
def test_colours_are_named_only_in_the_tokens(name: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (CSS / f"{name}.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    literal = re.findall(r"#[0-9a-fA-F]{3,8}\b|\brgba?\([^)]*\)", text)
    # The veil behind a dialog is the same dark in both schemes.
    assert [colour for colour in literal if colour != "rgb(20 18 14 / 55%)"] == []


@pytest.mark.parametrize("name", STYLES)
def test_every_rule_stands_in_a_layer_or_is_for_another_medium(name: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", (CSS / f"{name}.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    depth, heads, start = 0, [], 0
    for place, character in enumerate(text):
        if character == "{":
            if depth == 0:
                heads.append(text[start:place].split(";")[-1].strip())
            depth += 1
        elif character == "}":
            depth -= 1
            start = place + 1
    assert depth == 0, "the braces do not balance"
    assert heads
    assert all(
        head.startswith("@layer ") or head in {"@media print", "@media (forced-colors: active)"} for head in heads
    ), heads


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_holds_inline_style_or_script(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (*TEMPLATES, *ROOT.rglob("templatetags/*.py"))]
    named = {name for text in sources for name in re.findall(r"""\{% icon ["']([a-z0-9-]+)""", text)}
    named |= {state.icon for state in states.STATES.values()} | {states.NEUTRAL.icon}
    assert named
    assert [name for name in sorted(named) if f'<symbol id="{name}"' not in SPRITE] == []


def test_every_badge_symbol_has_its_drawing() -> None:
    assert set(compose.SYMBOLS) == set(compose._drawings())


def test_what_was_vendored_lies_here_as_it_was_published() -> None:
    manifest = json.loads((ROOT / "static/testamur/vendor/MANIFEST.json").read_text(encoding="utf-8"))
    assert len(manifest["files"]) == 9
    for name, expected in manifest["files"].items():
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == expected, name
