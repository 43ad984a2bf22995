"""The pictures of a credential: baked badges, the card for social media, the QR code. Made when they are asked for.

A baked image holds the signed bytes unchanged. What is the same for every credential of a version (the picture before baking, the
card) is kept in the cache; the baking itself is a copy of bytes.
"""

from __future__ import annotations

import base64
import io

from django.core.cache import cache

from testamur.formats.baked import png as baked_png
from testamur.formats.baked import svg as baked_svg
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.design_system.api import compose_badge_svg, render_png, social_card
from testamur_site.issuing.api import Award, credential_bytes

_DAY = 24 * 60 * 60


def picture_png(version: AchievementVersion) -> bytes:
    """The badge as PNG, before baking; one composed from the institution's colours where nobody chose one."""
    if version.image is not None:
        return bytes(version.image.png)
    key = f"wallet:picture:{version.pk}"
    if (kept := cache.get(key)) is None:
        kept = render_png(_composed(version), 600)
        cache.set(key, kept, _DAY)
    return bytes(kept)


def picture_svg(version: AchievementVersion) -> bytes:
    """The badge as SVG: as it was composed, or a frame around the uploaded picture."""
    if version.image is None:
        return _composed(version)
    if version.image.svg:
        drawn = version.image.svg
        return drawn.encode() if isinstance(drawn, str) else bytes(drawn)
    data = base64.b64encode(bytes(version.image.png)).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" width="600" height="600">'
        f'<image width="600" height="600" href="data:image/png;base64,{data}"/></svg>'
    ).encode()


def _composed(version: AchievementVersion) -> bytes:
    institution = version.institution
    return compose_badge_svg(version.title, "award", institution.primary_colour, institution.accent_colour, "seal")


def as_png(award: Award, log_proof: bytes | None = None) -> bytes:
    """The baked PNG, with the proof from the public log beside the credential where there is one. Raises
    `CredentialNotIssued` where there is nothing to bake."""
    baked = baked_png.bake(picture_png(award.version), credential_bytes(award))
    return baked_png.add_log_proof(baked, log_proof) if log_proof else baked


def as_svg(award: Award, log_proof: bytes | None = None) -> bytes:
    """The baked SVG, as `as_png`. Raises `CredentialNotIssued` where there is nothing to bake."""
    baked = baked_svg.bake(picture_svg(award.version), credential_bytes(award))
    return baked_svg.add_log_proof(baked, log_proof) if log_proof else baked


def card(version: AchievementVersion, language: str) -> bytes:
    """The 1200×630 picture for social media: title and issuer, never the holder's name (it outlives a page that is made private)."""
    key = f"wallet:card:{version.pk}:{language}"
    if (kept := cache.get(key)) is None:
        institution = version.institution
        kept = social_card(
            version.title_in(language),
            institution.localised_name,
            picture_png(version),
            primary=institution.primary_colour,
            accent=institution.accent_colour,
        )
        cache.set(key, kept, _DAY)
    return bytes(kept)


def qr_svg(address: str) -> bytes:
    """A QR code of `address` as SVG: error correction M, a quiet zone of four modules (ISO/IEC 18004)."""
    import segno

    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer, kind="svg", border=4, scale=8, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return buffer.getvalue()
