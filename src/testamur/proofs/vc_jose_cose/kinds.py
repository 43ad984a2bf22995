"""The kinds of secured documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """How an envelope is written."""

    JWT = "jwt"
    SD_JWT = "sd-jwt"
    COSE = "cose"


@dataclass(frozen=True, slots=True)
class Kind:
    """`media_type` without `application/`, which is also the header's `typ`; `content_type` the header's `cty`. `presentation` is None
    for the older form, which says it by its claim.
    """

    media_type: str
    form: Form
    presentation: bool | None

    @property
    def content_type(self) -> str:
        return "vp" if self.presentation else "vc"


KINDS: Mapping[str, Kind] = {
    kind.media_type: kind
    for kind in (
        Kind("vc+jwt", Form.JWT, False),
        Kind("vp+jwt", Form.JWT, True),
        Kind("vc+sd-jwt", Form.SD_JWT, False),
        Kind("vp+sd-jwt", Form.SD_JWT, True),
        Kind("vc+cose", Form.COSE, False),
        Kind("vp+cose", Form.COSE, True),
        Kind("jwt", Form.JWT, None),
    )
}


def bare(media_type: object) -> str | None:
    """A media type as it stands in `KINDS`: in lower case, without parameters and without `application/`, which headers leave out
    (RFC 7515 §4.1.9)."""
    if not isinstance(media_type, str):
        return None
    return media_type.partition(";")[0].strip().lower().removeprefix("application/")
