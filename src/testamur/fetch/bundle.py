"""Offline: what was fetched once, kept with its dates, answers again without a network.

A bundle is a ZIP archive with `manifest.json` and one file per resource, or one JSON document that holds both:

    {"format": "testamur-bundle/1", "resources": [{"url", "mediaType", "fetchedAt", "sha256", "file" or "content" (base64), "answeredBy"?}]}

The dates matter: a status list of last year says what held last year. Nothing is ever unpacked to disk, names in the archive are only keys,
and every size is bounded before it is believed. A changed byte is found by its digest; that is against accidents: whoever can write the
bundle writes the digests too, and what it holds is proven by the signatures inside.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from testamur import strict_json
from testamur.errors import Malformed, TestamurError, TooLarge, Unreachable
from testamur.ports import Resource

FORMAT: Final = "testamur-bundle/1"
MAX_RESOURCES: Final = 1_000
MAX_RESOURCE: Final = 4_000_000
MAX_BUNDLE: Final = 32_000_000

_MANIFEST: Final = "manifest.json"
_NAME: Final = re.compile(r"resources/[0-9a-f]{64}")
_LISTS: Final = ("BitstringStatusListCredential", "StatusList2021Credential")
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
)  # what opening a damaged archive raises
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same bundle for the same resources, whenever it is written


class BundleResolver:
    """Answers from a bundle (implements `ports.Resolver`). `source` is a path or the bytes of a bundle.

    Raises `Malformed` (`bundle.malformed`, `bundle.digest`) or `TooLarge` (`bundle.too_large`) when it is opened, never later.
    """

    def __init__(self, source: Path | str | bytes) -> None:
        content = source if isinstance(source, bytes) else _read_file(Path(source))
        if len(content) > MAX_BUNDLE:
            raise _too_large()
        self._resources = {
            resource.url: resource for resource in (_zip(content) if content[:2] == b"PK" else _json(content))
        }

    @property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(self._resources.values())

    @property
    def credentials(self) -> tuple[Resource, ...]:
        """What in the bundle is a credential to be examined by itself: not one of the status lists that the others rest on."""
        return tuple(resource for resource in self._resources.values() if _is_credential(resource.content))

    def holds(self, url: str) -> bool:
        """Whether `url` is answered from here (implements `ports.Holding`)."""
        return url in self._resources

    def fetch(self, url: str, *, accept: Sequence[str] = ("application/json",)) -> Resource:
        """The resource as it was fetched then, with that date. Raises `Unreachable` (`resolution.offline`) when it is not in the bundle."""
        del accept  # a bundle holds one form of each resource
        try:
            return self._resources[url]
        except KeyError:
            raise Unreachable(
                "This address is not in the offline bundle", code="resolution.offline", facts={"url": url}
            ) from None


def bundle_in(content: bytes) -> BundleResolver | None:
    """The bundle in the archive `content`; None where that is something else, such as an archive of credentials.

    Raises as `BundleResolver` does for what says that it is a bundle and cannot be read as one.
    """
    return BundleResolver(content) if content[:2] == b"PK" and _says_bundle(content) else None


def write_bundle(resources: Iterable[Resource]) -> bytes:
    """The ZIP bundle of `resources`, the later one for an address given twice. The same resources give the same bytes.

    Raises `TooLarge` beyond the limits with which a bundle is read.
    """
    chosen = {resource.url: resource for resource in resources}
    if len(chosen) > MAX_RESOURCES or any(len(resource.content) > MAX_RESOURCE for resource in chosen.values()):
        raise _too_large()
    if sum(len(resource.content) for resource in chosen.values()) > MAX_BUNDLE:
        raise _too_large()
    entries, files = [], {}
    for url in sorted(chosen):
        resource = chosen[url]
        digest = hashlib.sha256(resource.content).hexdigest()
        files[f"resources/{digest}"] = resource.content
        entries.append(
            {
                "url": url,
                "mediaType": resource.media_type,
                "fetchedAt": resource.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "sha256": digest,
                "file": f"resources/{digest}",
                **({"answeredBy": resource.answered_by} if resource.answered_by is not None else {}),
            }
        )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        manifest = strict_json.dumps({"format": FORMAT, "resources": entries})
        for name, content in ((_MANIFEST, manifest), *sorted(files.items())):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return output.getvalue()


def _says_bundle(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            manifest = strict_json.loads(_member(archive, _MANIFEST, [strict_json.MAX_BYTES]))
    except (*_UNREADABLE, TestamurError):
        return False
    return isinstance(manifest, dict) and manifest.get("format") == FORMAT


def _is_credential(content: bytes) -> bool:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return False
    types = value.get("type", []) if isinstance(value, dict) else []
    types = [types] if isinstance(types, str) else types
    return isinstance(types, list) and "VerifiableCredential" in types and not any(name in types for name in _LISTS)


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BUNDLE + 1)
    except OSError as error:
        raise Malformed(f"The bundle {path.name} cannot be read: {error.strerror}", code="bundle.malformed") from None


def _zip(content: bytes) -> list[Resource]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if len(names) > MAX_RESOURCES + 1:
                raise _too_large()
            if len(set(names)) != len(names):
                raise _malformed("a name stands twice in it")
            budget = [MAX_BUNDLE]
            manifest = _member(archive, _MANIFEST, budget)
            return [_resource(entry, _member(archive, _file(entry), budget)) for entry in _entries(manifest)]
    except _UNREADABLE:
        raise _malformed("the archive is damaged or of a kind that is not read") from None


def _member(archive: zipfile.ZipFile, name: str, budget: list[int]) -> bytes:
    """One file of the archive, unpacked in memory within the limits, whatever size the archive claims."""
    if name not in archive.namelist():
        raise _malformed(f"{name} is missing")
    with archive.open(name) as file:
        content = file.read(min(MAX_RESOURCE, budget[0]) + 1)
    budget[0] -= len(content)
    if len(content) > MAX_RESOURCE or budget[0] < 0:
        raise _too_large()
    return content


def _json(content: bytes) -> list[Resource]:
    resources = []
    for entry in _entries(content, max_bytes=MAX_BUNDLE):
        encoded = entry.get("content")
        try:
            decoded = base64.b64decode(encoded if isinstance(encoded, str) else "?", validate=True)
        except (binascii.Error, ValueError):
            raise _malformed("a content is not base64") from None
        if len(decoded) > MAX_RESOURCE:
            raise _too_large()
        resources.append(_resource(entry, decoded))
    return resources


def _entries(manifest: bytes, *, max_bytes: int = strict_json.MAX_BYTES) -> list[dict[str, Any]]:
    document = strict_json.loads(manifest, max_bytes=max_bytes)
    listed = document.get("resources") if isinstance(document, dict) else None
    if not isinstance(document, dict) or document.get("format") != FORMAT or not isinstance(listed, list):
        raise _malformed(f"it is not of the format {FORMAT}")
    if len(listed) > MAX_RESOURCES:
        raise _too_large()
    if not all(isinstance(entry, dict) for entry in listed):
        raise _malformed("an entry is no object")
    if len({str(entry.get("url")) for entry in listed}) != len(listed):
        raise _malformed("an address stands twice in it")
    return listed


def _file(entry: dict[str, Any]) -> str:
    name = entry.get("file")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _malformed("a file has a name that bundles do not have")
    return name


def _resource(entry: dict[str, Any], content: bytes) -> Resource:
    url, media_type, digest = entry.get("url"), entry.get("mediaType"), entry.get("sha256")
    if not isinstance(url, str) or not url or not isinstance(media_type, str):
        raise _malformed("an entry has no address or media type")
    if hashlib.sha256(content).hexdigest() != digest:
        raise Malformed(
            "A resource of this bundle was changed after it was written", code="bundle.digest", facts={"url": url}
        )
    try:
        fetched_at = datetime.strptime(str(entry.get("fetchedAt")), "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise _malformed("an entry has no date with its time zone") from None
    answered_by = entry.get("answeredBy")
    if answered_by is not None and not isinstance(answered_by, str):
        raise _malformed("an entry names no address that answered")
    return Resource(url, content, media_type, fetched_at, answered_by)


def _malformed(why: str) -> Malformed:
    return Malformed(f"This is no offline bundle that can be read: {why}", code="bundle.malformed")


def _too_large() -> TooLarge:
    return TooLarge(
        "This offline bundle is larger than bundles may be", code="bundle.too_large", facts={"limit": MAX_BUNDLE}
    )
