"""Rules about the document as text: can it be read again, and is everything in it signed?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from testamur import strict_json
from testamur.errors import InputError
from testamur.issuing.lints.rule import Draft, Problem, Severity, at, rule
from testamur.model.node import Kind, members_of

MAX_IMAGE_DATA: Final = 64 * 1024
"""Bytes of a data: URL for an image: more makes a credential that no QR code, e-mail or small wallet carries."""

# Noncharacters (Unicode 16 §23.7) and control characters other than tab and line ends: XML and many readers cannot carry them, so a
# baked SVG or a round trip through a database would change what was signed.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0x10000, 0x110000, 0x10000))
    + "]"
)

# Narrow sets of characters are looked up in a table, wide ones compared range by range; so the wide one is asked only where there is cause.
_FORBIDDEN_BELOW: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# What JSON text in UTF-8 shows wherever a character that is forbidden stands in it: an escape, or some bytes of it; below the first byte,
# because a byte that is not there at all is missed most quickly.
_SIGNS_OF_FORBIDDEN: Final = (
    (0x5C, re.compile(rb"\\[ubf]")),
    (0x7F, re.compile(rb"\x7f")),
    (0xEF, re.compile(rb"\xef\xb7")),
    (0xBF, re.compile(rb"\xbf[\xbe\xbf]")),
)
_FOUR_BYTES: Final = re.compile(rb"[\xf0-\xf4]")  # in UTF-8: a character beyond U+FFFF


def may_hold_forbidden(text: str) -> bool:
    """False for a text without a character that `text.characters` forbids; quickly so for most. True for one that has to be looked at."""
    if _FORBIDDEN_BELOW.search(text):
        return True
    return not text.isascii() and _FOUR_BYTES.search(text.encode("utf-8")) is not None


@rule("json.readable", "RFC 8259; RFC 7493 (I-JSON)")
def json_readable(draft: Draft) -> Iterator[Problem]:
    try:
        # Texts that could be written are read again whatever they are; depth, names and numbers belong to the form.
        small = len(draft.text) <= strict_json.MAX_BYTES
        if not (small and draft.known is not None and draft.known.settled("readable", lambda: _is_readable(draft))):
            strict_json.loads(draft.text)
    except InputError as error:
        yield Problem("", f"The document is not JSON that could be read again: {error}")


def _is_readable(draft: Draft) -> bool:
    try:
        strict_json.loads(draft.text)
    except InputError:
        return False
    return True


@rule("json.null", "JSON-LD 1.1 API §5.1 (a null is dropped, so it would not be signed)", by_form=True)
def json_null(draft: Draft) -> Iterator[Problem]:
    for path, name, value in draft.values:
        if value is None:
            yield Problem(path, f"{name} is null and would not be signed; leave it out or give it a value")


@rule("text.characters", "Unicode 16 §23.7; XML 1.0 §2.2")
def text_characters(draft: Draft) -> Iterator[Problem]:
    # All at once first: hardly any document has one. (Line ends are allowed, so they can stand between.)
    written = draft.text
    if not any(first in written and sign.search(written) for first, sign in _SIGNS_OF_FORBIDDEN):
        return
    texts = [value for _path, _name, value in draft.values if isinstance(value, str)]
    if not may_hold_forbidden("\n".join([*texts, *{name for _path, name, _value in draft.values}])):
        return
    for path, name, value in draft.values:
        if (isinstance(value, str) and _FORBIDDEN.search(value)) or _FORBIDDEN.search(name):
            yield Problem(path, f"{name} holds a character that is no text (a control or non-character); remove it")


@rule("text.one_language", "Open Badges 3.0, String and LangString; VC Data Model 2.0 §11.1", by_form=True)
def text_one_language(draft: Draft) -> Iterator[Problem]:
    for path, node, model in draft.places:
        for name, member in members_of(model).items():
            value = node.get(name)
            if member.kind is not Kind.TEXT or value is None or isinstance(value, str):
                continue
            for entry in value if isinstance(value, list) else [value]:
                if isinstance(entry, dict):
                    yield Problem(
                        at(path, name),
                        f"{name} is a language map: its keys are no terms of the contexts and would not be signed; "
                        "write one language, and another version as a related achievement",
                    )


@rule("text.is_text", "Open Badges 3.0, data models", by_form=True)
def text_is_text(draft: Draft) -> Iterator[Problem]:
    words = {Kind.TEXT: (str, "a text"), Kind.NUMBER: (int | float, "a number"), Kind.BOOLEAN: (bool, "true or false")}
    for path, node, model in draft.places:
        for name, member in members_of(model).items():
            value = node.get(name)
            if value is None or (member.kind is Kind.TEXT and isinstance(value, str)) or member.kind not in words:
                continue
            python, word = words[member.kind]
            for entry in value if isinstance(value, list) else [value]:
                fits = isinstance(entry, python) and (member.kind is Kind.BOOLEAN or not isinstance(entry, bool))
                if not fits and not isinstance(entry, dict | list | None):
                    yield Problem(at(path, name), f"{name} must be {word}")


@rule("document.unsigned", "VC Data Integrity 1.0 §4.2", by_form=True)
def document_unsigned(draft: Draft) -> Iterator[Problem]:
    if "proof" in draft.document:
        yield Problem("/proof", "The document has a proof already; give the document without it")


@rule("image.data_url", "OB 3.0, Image: data URLs make badges that do not travel")
def image_data_url(draft: Draft) -> Iterator[Problem]:
    if not draft.names_data:
        return
    for path, _name, value in draft.values:
        if isinstance(value, str) and value[:5].lower() == "data:" and len(value) > MAX_IMAGE_DATA:
            size = len(value) // 1024
            yield Problem(
                path,
                f"The data: URL has {size} KiB (at most {MAX_IMAGE_DATA // 1024}); give the image an address of its own",
            )


@rule("image.format", "Open Badges 3.0, Achievement.image: PNG or SVG", Severity.WARNING)
def image_format(draft: Draft) -> Iterator[Problem]:
    if not draft.names_data:
        return
    for path, _name, value in draft.values:
        is_image = path.endswith("image/id") and isinstance(value, str) and value[:5].lower() == "data:"
        if is_image and not re.match(r"data:image/(png|svg\+xml)[;,]", value, re.IGNORECASE):
            yield Problem(path, "The image is neither PNG nor SVG; many displays will not show it")


@rule("name.present", "Open Badges 3.0, AchievementCredential.name", Severity.WARNING)
def name_present(draft: Draft) -> Iterator[Problem]:
    if not draft.document.get("name"):
        yield Problem("/name", "The credential has no name; wallets show its name in their lists")
