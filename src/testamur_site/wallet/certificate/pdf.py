"""A credential as PDF: what is drawn is for people, what counts is attached, byte for byte.

1. Gather the words, in the reader's language, each cleaned and cut to a length that leaves it on one page. 2. Let Typst lay them out by
`certificate.typ`: they reach it as one JSON value, never as markup, so that no title can be a program. 3. Let it attach the credential.
4. Add the proof from the public log, where there is one. What was made is kept, sealed with its credential (`foundation/made_files`).
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur.formats import pdf
from testamur_site.catalogue.api import AchievementVersion, present
from testamur_site.foundation.design_system.api import day, render_markdown
from testamur_site.foundation.made_files.api import kept
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.issuing.api import Award, credential_bytes

from .. import images
from ..rules import Page
from .typesetting import TEMPLATES, alone, certificate

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_TITLE, _NAME, _FACT, _CRITERIA = 120, 80, 100, 700
_PICTURE = 600
"""Pixels: 42 mm at 360 dpi. An uploaded badge may have eleven times as many, and a PDF has to stay a file for a mail."""
_BETWEEN_BREAKS = 28
_LONG_WORD = re.compile(rf"[^\s\u200b]{{{_BETWEEN_BREAKS}}}(?=\S)")
_DIRECTING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They can make a line read differently from what it says."""


def as_pdf(award: Award, log_proof: bytes | None = None, *, page: Page = Page.VALID) -> bytes:
    """The certificate in the reader's language, with the credential as attachment `credential.json` (relationship Data, ISO 32000-2
    §7.11.3), and the proof from the public log beside it where there is one. A `page` that is not valid is said on it. The same award
    and proof in the same language give the same bytes. Raises `CredentialNotIssued` where there is nothing to attach."""
    credential = credential_bytes(award)
    name = f"pdf:{_depends_on(award, page)}"

    def without_proof() -> bytes:
        return kept(credential, name, lambda: draw(award, credential, page))

    if not log_proof:
        return without_proof()
    return kept(
        credential,
        f"{name}:{images.digest(log_proof)}",
        lambda: pdf.add_log_proof(without_proof(), log_proof),
    )


def draw(award: Award, credential: bytes, page: Page = Page.VALID) -> bytes:
    """The certificate without a proof, made now."""
    shared = shared_words(award.version, award.institution)
    name, code = shown_name(award), images.qr_code(award.url)
    words = {
        **shared,
        **own_words(award, shared, page),
        "name": name,
        "address": award.url,
        "code": list(code.png()),
        "side": code.side,
        "document_title": " · ".join(filter(None, (shared["title"], name))).replace("\u200b", ""),
        "picture": _picture(award.version),
    }
    with alone():
        return certificate(words, credential, award.issued_at or award.valid_from)


@cache
def _look() -> str:
    return images.digest(b"".join(template.read_bytes() for template in TEMPLATES))


def _depends_on(award: Award, page: Page) -> str:
    """A fingerprint of everything that is shown beside what the credential says, which is fixed with it."""
    institution = award.institution
    shown = (_look(), get_language(), page, institution.localised_name, institution.primary_colour, award.url)
    return images.digest(json.dumps([*shown, images.drawn_from(award.version), _labels(), _state(page)]).encode())


def shared_words(version: AchievementVersion, institution: Institution) -> dict[str, Any]:
    """What all certificates of a version show, in the active language, except the picture of its badge."""
    language = (get_language() or "en").split("-")[0]
    shown = present(version.description, language, institution.localised_name)
    labels = _labels()
    facts = [(labels["workload_label"], shown.workload_line), (labels["level_label"], shown.levels_line)]
    return {
        "language": language,
        "colour": institution.primary_colour,
        "institution": broken(clean(institution.localised_name, _TITLE)),
        "title": broken(clean(shown.title, _TITLE)),
        "picture_text": clean(version.alternative_text, _TITLE),
        "facts": [(label, broken(clean(value, _FACT))) for label, value in facts if value],
        "criteria": broken(clean(_without_marks(shown.criteria), _CRITERIA)),
        **labels,
    }


def own_words(award: Award, shared: Mapping[str, Any], page: Page = Page.VALID) -> dict[str, Any]:
    """What one certificate says beside `shared`, its name, address and QR code, in the active language."""
    until = day(award.valid_until) if award.valid_until else shared["no_end"]
    return {
        "state": _state(page),
        "facts": [(shared["awarded_label"], day(award.awarded_date)), (shared["until_label"], until), *shared["facts"]],
    }


def shown_name(award: Award) -> str:
    """The learner's name as it is shown; '' where there is none."""
    return broken(clean(award.recipient_name, _NAME))


def _labels() -> dict[str, str]:
    return {
        "name_label": _("Awarded to"),
        "criteria_label": _("Criteria"),
        "qr_text": _("QR code of this page’s address"),
        "verify_label": _("Verify this credential at"),
        "attached": _("The signed credential is attached to this file. What counts is the attachment, not the print."),
        "attachment_text": _("The signed credential"),
        "awarded_label": _("Awarded on"),
        "until_label": _("Valid until"),
        "no_end": _("No end date"),
        "workload_label": _("Workload"),
        "level_label": _("Level"),
    }


def clean(text: str, most: int) -> str:
    """One line of at most `most` characters, without control characters, lone surrogates and changes of direction."""
    kept = "".join(" " if each.isspace() else each for each in text[: 10 * most] if each not in _DIRECTING)
    kept = "".join(each for each in kept if unicodedata.category(each) not in ("Cc", "Cs", "Cn"))
    kept = " ".join(kept.split())
    return kept if len(kept) <= most else f"{kept[: most - 1].rstrip()}…"


def broken(text: str) -> str:
    """With places to break a line within words that are longer than one."""
    return _LONG_WORD.sub(lambda found: f"{found[0]}\u200b", text)


def _without_marks(markdown: str) -> str:
    return html.unescape(strip_tags(render_markdown(markdown[: 10 * _CRITERIA])))


def _state(page: Page) -> str:
    return {
        Page.EXPIRED: _("This credential has expired."),
        Page.SUSPENDED: _("This credential is suspended."),
        Page.REVOKED: _("This credential was revoked."),
        Page.SUPERSEDED: _("This credential was replaced by a newer one."),
    }.get(page, "")


def _picture(version: AchievementVersion) -> str:
    """The badge without a credential in it, as SVG: so it travels as text, and needs no file. One that we composed as it was drawn."""
    if version.image is None:
        return images.picture_svg(version).decode()
    return _within_svg(images.picture_png(version))


@lru_cache(maxsize=16)
def _within_svg(content: bytes) -> str:
    """A picture in a frame. A photograph as JPEG, which stands in a PDF as it is: a PNG is unpacked and packed again for each certificate,
    eight times the work of all else."""
    from PIL import Image

    kind = "png"
    with Image.open(io.BytesIO(content)) as picture:
        if max(picture.size) > _PICTURE:
            picture.thumbnail((_PICTURE, _PICTURE), Image.Resampling.LANCZOS)
            content = _encoded(picture, "PNG")
        width, height = picture.size
        if picture.mode in ("RGB", "RGBA") and picture.convert("RGBA").getchannel("A").getextrema()[0] == 255:
            photograph = _encoded(picture.convert("RGB"), "JPEG", quality=92, subsampling=0)
            if len(photograph) < len(content) / 2:  # drawings are as small as PNG, and lose their edges as JPEG
                kind, content = "jpeg", photograph
    data = base64.b64encode(content).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{data}"/></svg>'
    )


def _encoded(picture: Picture, kind: str, **how: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **how)
    return buffer.getvalue()
