"""The door of the design system for Python; templates use {% load design %}."""

from .asking import ask_first
from .dates import day, moment
from .dates import element as date_element
from .forms import ColourInput, DateInput, FileDrop, LineField, one_line
from .images.api import (
    SHAPES,
    SYMBOLS,
    ImageRefused,
    clean_upload,
    compose_badge_svg,
    render_png,
    social_card,
)
from .markdown import render as render_markdown
from .markdown import render_published as render_published_markdown
from .published import Published
from .rules import contrast, is_colour
from .states import State, state_of
from .templatetags.design import icon, outcome_icon, theme_address, unbroken
from .templatetags.design import verdict as verdict_heading

__all__ = [
    "SHAPES",
    "SYMBOLS",
    "ColourInput",
    "DateInput",
    "FileDrop",
    "ImageRefused",
    "LineField",
    "Published",
    "State",
    "ask_first",
    "clean_upload",
    "compose_badge_svg",
    "contrast",
    "date_element",
    "day",
    "icon",
    "is_colour",
    "moment",
    "one_line",
    "outcome_icon",
    "render_markdown",
    "render_png",
    "render_published_markdown",
    "social_card",
    "state_of",
    "theme_address",
    "unbroken",
    "verdict_heading",
]
