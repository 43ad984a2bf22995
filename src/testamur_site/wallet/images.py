"""The pictures of a credential: baked badges, the card for social media, the QR code. Made when they are asked for.

A baked image holds the signed bytes unchanged. What is the same for every credential of a version (the picture before baking, the
card) is kept in the memory of the process; the baked image on its disk, sealed with its credential (`foundation/made_files`).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.cache import cache

from testamur.formats.baked import png as baked_png
from testamur.formats.baked import svg as baked_svg
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.design_system.api import compose_badge_svg, render_png, social_card
from testamur_site.foundation.made_files import api as made_files
from testamur_site.foundation.made_files.api import kept
from testamur_site.issuing.api import Award, CredentialNotIssued, credential_bytes

_DAY = 24 * 60 * 60


def picture_png(version: AchievementVersion) -> bytes:
    """The badge as PNG, before baking; one composed from the institution's colours where nobody chose one."""
    if version.image is not None:
        return _picture(version.image.digest, lambda: version.image.png)
    key = f"wallet:picture:{version.pk}"
    if (drawn := cache.get(key)) is None:
        drawn = render_png(_composed(version), 600)
        cache.set(key, drawn, _DAY)
    return bytes(drawn)


def _picture(digest: str, read: Callable[[], bytes]) -> bytes:
    """A picture by its digest, under which it never changes: read from the database once, while it is one of the last some."""
    if (found := _pictures.get(digest)) is None:
        while len(_pictures) >= _PICTURES:
            _pictures.pop(next(iter(_pictures)), None)
        found = _pictures[digest] = bytes(read())
    return found


_PICTURES = 32
_pictures: dict[str, bytes] = {}


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

    def make() -> bytes:
        baked = baked_png.bake(picture_png(award.version), credential)
        return baked_png.add_log_proof(baked, log_proof) if log_proof else baked

    credential = credential_bytes(award)
    return kept(credential, f"png:{drawn_from(award.version)}:{digest(log_proof)}", make)


def as_svg(award: Award, log_proof: bytes | None = None) -> bytes:
    """The baked SVG, as `as_png`. Raises `CredentialNotIssued` where there is nothing to bake."""

    def make() -> bytes:
        baked = baked_svg.bake(picture_svg(award.version), credential)
        return baked_svg.add_log_proof(baked, log_proof) if log_proof else baked

    credential = credential_bytes(award)
    return kept(credential, f"svg:{drawn_from(award.version)}:{digest(log_proof)}", make)


def forget(award: Award) -> None:
    """Remove from this host what was made of a credential; what other hosts have made goes within a week, and is served to nobody."""
    with contextlib.suppress(CredentialNotIssued):
        made_files.forget(credential_bytes(award))


def digest(content: bytes | None) -> str:
    """SHA-256 in hexadecimal; '' for nothing."""
    return hashlib.sha256(content).hexdigest() if content else ""


def drawn_from(version: AchievementVersion) -> str:
    """What the picture of a version depends on: its own image, or the title and the colours that one is composed of."""
    if version.image is not None:
        return version.image.digest
    institution = version.institution
    return f"{version.pk}:{institution.primary_colour}:{institution.accent_colour}"


def card(version: AchievementVersion, language: str) -> bytes:
    """The 1200×630 picture for social media: title and issuer, never the holder's name (it outlives a page that is made private)."""
    key = f"wallet:card:{version.pk}:{language}"
    if (drawn := cache.get(key)) is None:
        institution = version.institution
        drawn = social_card(
            version.title_in(language),
            institution.localised_name,
            picture_png(version),
            primary=institution.primary_colour,
            accent=institution.accent_colour,
        )
        cache.set(key, drawn, _DAY)
    return bytes(drawn)


_QUIET = 4
"""Modules of nothing around a code (ISO/IEC 18004 §5.3.8)."""
_MODULE = 8
_DARK = re.compile(rb"\x00+")


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code: `side` modules each way, and one byte for each in `modules`, row by row (0 dark, 255 light), without a quiet zone."""

    side: int
    modules: bytes

    def png(self) -> bytes:
        """As a PNG of one pixel for each module."""
        from PIL import Image

        buffer = io.BytesIO()
        Image.frombytes("L", (self.side, self.side), self.modules).convert("1").save(buffer, "PNG")
        return buffer.getvalue()


def qr_code(address: str, mask: int | None = None) -> Code:
    """The QR code of `address` with error correction M (ISO/IEC 18004). See decision 0055. Unless its `mask` is given (0 to 7, §7.8), it is
    the best of the eight by the points of §7.8.3."""
    import zxingcpp

    chosen = {} if mask is None else {"data_mask": mask}
    made = zxingcpp.create_barcode(address, zxingcpp.BarcodeFormat.QRCode, ec_level="M", **chosen)
    drawn = memoryview(made.to_image(scale=1, add_quiet_zones=False))
    return Code(drawn.shape[1], drawn.tobytes())


def qr_codes(addresses: Sequence[str]) -> list[Code]:
    """The QR codes of addresses that are alike but for an identifier, all with the mask that is best for the first. To try all eight for
    each takes five times as long, and readers read either as well (decision 0070)."""
    if not addresses:
        return []
    best = qr_code(addresses[0])
    mask = next((each for each in range(8) if qr_code(addresses[0], each) == best), None)
    return [qr_code(address, mask) for address in addresses]


def qr_svg(address: str) -> bytes:
    """`qr_code` as SVG, with a quiet zone of four modules."""
    code = qr_code(address)
    drawn, width = [], code.side
    for row in range(width):
        x = 0  # where the pen stands in this row
        for dark in _DARK.finditer(code.modules, row * width, (row + 1) * width):
            start, end = dark.start() - row * width, dark.end() - row * width
            drawn.append(f"m{start - x} 0h{end - start}" if x else f"M{start + _QUIET} {row + _QUIET}.5h{end - start}")
            x = end
    size = width + 2 * _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size * _MODULE}" height="{size * _MODULE}" viewBox="0 0 {size} {size}">'
        f'<path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/><path stroke="#000" d="{"".join(drawn)}"/></svg>'
    ).encode()
