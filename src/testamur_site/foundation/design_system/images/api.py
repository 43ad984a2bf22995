"""The door of the images."""

from .card import social_card
from .compose import SHAPES, SYMBOLS, compose_badge_svg
from .refusal import ImageRefused
from .render import render_png
from .upload import MAX_BYTES, clean_upload

__all__ = [
    "MAX_BYTES",
    "SHAPES",
    "SYMBOLS",
    "ImageRefused",
    "clean_upload",
    "compose_badge_svg",
    "render_png",
    "social_card",
]
