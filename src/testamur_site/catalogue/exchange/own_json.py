"""Our own JSON form of a description: what `export` writes and `import` reads, without loss and without the picture's bytes."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import Any

from testamur import strict_json
from testamur.errors import InputError

from ..description import codec
from ..description.checks import faults
from ..description.elements import Description
from ..description.tasks import with_keys
from .elm import Imported, NotImportable, read_elm

FORMAT = "https://testamur.org/ns/micro-credential-description"
FORMAT_VERSION = 1
MAX_BYTES = 4_000_000


def write(description: Description, *, png: bytes | None = None, svg: bytes | None = None) -> bytes:
    """A file that `read` gives back: the description, and the picture when there is one."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "formatVersion": FORMAT_VERSION,
        "description": codec.to_json(description),
    }
    if png is not None:
        document["image"] = {"png": base64.b64encode(png).decode()}
        if svg is not None:
            document["image"]["svg"] = base64.b64encode(svg).decode()
    return strict_json.dumps(document)


def read(data: bytes) -> tuple[Imported, bytes | None]:
    """A description out of our own form or a European Digital Credential, and the bytes of a picture that came with it.

    The picture is not trusted: whoever stores it sends it through `clean_upload` first. Raises NotImportable.
    """
    try:
        document = strict_json.loads(data, max_bytes=MAX_BYTES)
    except InputError as error:
        raise NotImportable("too_large" if error.code == "input.too_large" else "not_json", str(error)) from error
    if not isinstance(document, dict):
        raise NotImportable("no_achievement")
    if document.get("format") != FORMAT:
        found = read_elm(data)
        return replace(found, description=with_keys(found.description)), None
    if document.get("formatVersion") != FORMAT_VERSION:
        raise NotImportable("unknown_format")
    try:
        description = codec.description_from_json(document.get("description"))
    except codec.DescriptionError as error:
        raise NotImportable(error.code, error.path) from error
    if found := faults(description):
        raise NotImportable(found[0].code, f"{found[0].path}: {found[0].value}")
    return Imported(with_keys(description), ()), _picture(document)


def _picture(document: dict[str, Any]) -> bytes | None:
    image = document.get("image")
    encoded = image.get("png") if isinstance(image, dict) else None
    if not isinstance(encoded, str):
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None
