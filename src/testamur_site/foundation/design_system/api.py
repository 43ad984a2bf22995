"""The door of the design system for Python; templates use {% load design %}."""

from .asking import ask_first
from .dates import day, moment
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
from .rules import contrast, is_colour
from .states import State, state_of
from .templatetags.design import theme_address

__all__ = [
    "SHAPES",
    "SYMBOLS",
    "ColourInput",
    "DateInput",
    "FileDrop",
    "ImageRefused",
    "LineField",
    "State",
    "ask_first",
    "clean_upload",
    "compose_badge_svg",
    "contrast",
    "day",
    "is_colour",
    "moment",
    "one_line",
    "render_markdown",
    "render_png",
    "social_card",
    "state_of",
    "theme_address",
]
