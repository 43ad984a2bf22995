from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from testamur.errors import InputError, Malformed, NotAllowed, NotFound, Unreachable
from testamur.fetch import BundleResolver, ChainResolver, FixedResolver, RecordingResolver, write_bundle
from testamur.fetch.bundle import FORMAT, MAX_BUNDLE, MAX_RESOURCE
from testamur.ports import Resource

THEN = datetime(2026, 11, 25, 12, tzinfo=UTC)
ONE = Resource("https://uni.example/did.json", b'{"id":"did:web:uni.example"}', "application/did+json", THEN)
TWO = Resource("https://uni.example/status/1", b"list", "application/vc", THEN + timedelta(days=1))


def entry(resource: Resource = ONE, **changes: Any) -> dict[str, Any]:
    digest = hashlib.sha256(resource.content).hexdigest()
    made = {
        "url": resource.url,
        "mediaType": resource.media_type,
        "fetchedAt": "2026-11-25T12:00:00Z",
        "sha256": digest,
        "file": f"resources/{digest}",
    }
    return {**made, **changes}


def archive(entries: Any, files: dict[str, bytes] | None = None, **manifest: Any) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.json", json.dumps({"format": FORMAT, "resources": entries, **manifest}))
        for name, content in (files if files is not None else {entry()["file"]: ONE.content}).items():
            made.writestr(name, content)
    return output.getvalue()


def test_a_bundle_answers_with_the_dates_of_then() -> None:
    bundle = BundleResolver(write_bundle([ONE, TWO]))
    assert bundle.fetch(ONE.url) == ONE
    assert bundle.fetch(TWO.url, accept=("*/*",)) == TWO
    assert set(bundle.resources) == {ONE, TWO}
    with pytest.raises(Unreachable) as refused:
        bundle.fetch("https://uni.example/other")
    assert refused.value.code == "resolution.offline"


def test_a_bundle_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "offline.zip"
    path.write_bytes(write_bundle([ONE]))
    assert BundleResolver(path).fetch(ONE.url) == BundleResolver(str(path)).fetch(ONE.url) == ONE
    with pytest.raises(Malformed) as refused:
        BundleResolver(tmp_path / "absent.zip")
    assert str(tmp_path) not in str(refused.value)


def test_the_same_resources_give_the_same_bytes() -> None:
    seoul = dataclasses.replace(ONE, fetched_at=THEN.astimezone(timezone(timedelta(hours=9))))
    assert write_bundle([TWO, ONE]) == write_bundle([ONE, ONE, TWO]) == write_bundle([seoul, TWO])


def test_a_bundle_in_json() -> None:
    document = {"format": FORMAT, "resources": [entry(content=base64.b64encode(ONE.content).decode())]}
    assert BundleResolver(json.dumps(document).encode()).fetch(ONE.url) == ONE


BROKEN: dict[str, bytes] = {
    "empty": b"",
    "no archive": b"PK\x03\x04 and nothing more",
    "cut": write_bundle([ONE])[:-40],
    "other format": archive([entry()], format="something/2"),
    "no list": archive({"a": 1}),
    "no object": archive(["x"]),
    "no manifest": b"PK\x05\x06" + bytes(18),
    "missing file": archive([entry()], {}),
    "slip": archive([entry(file="../../etc/passwd")], {"../../etc/passwd": ONE.content}),
    "absolute": archive([entry(file="/etc/passwd")], {"/etc/passwd": ONE.content}),
    "twice": archive([entry(), entry()]),
    "no date": archive([entry(fetchedAt="yesterday")]),
    "date without zone": archive([entry(fetchedAt="2026-11-25T12:00:00")]),
    "no address": archive([entry(url="")]),
    "no media type": archive([entry(mediaType=None)]),
    "changed": archive([entry()], {entry()["file"]: ONE.content + b" "}),
    "too large": archive([entry()], {entry()["file"]: bytes(MAX_RESOURCE + 1)}),
    "too many": archive([entry(url=f"https://uni.example/{n}") for n in range(1_001)]),
    "huge": b"PK" + bytes(MAX_BUNDLE),
    "json without content": json.dumps({"format": FORMAT, "resources": [entry()]}).encode(),
    "json with other content": json.dumps({"format": FORMAT, "resources": [entry(content="AAAA")]}).encode(),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_or_hostile_is_refused(name: str) -> None:
    assert BundleResolver(archive([entry()])).fetch(ONE.url) == ONE  # what all of these were made from
    with pytest.raises(InputError) as refused:
        BundleResolver(BROKEN[name])
    assert refused.value.code.startswith(("bundle.", "input."))


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(archive([entry()]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = content.find(signature)
        while position >= 0:
            content[position + offset] |= 1
            position = content.find(signature, position + 4)
    with pytest.raises(Malformed):
        BundleResolver(bytes(content))


def test_what_could_not_be_read_is_not_written() -> None:
    with pytest.raises(InputError):
        write_bundle([dataclasses.replace(ONE, content=bytes(MAX_RESOURCE + 1))])
    with pytest.raises(InputError):
        write_bundle([dataclasses.replace(ONE, url=f"https://uni.example/{n}") for n in range(1_001)])


def test_fixed_answers() -> None:
    fixed = FixedResolver({"https://a.example/": b"{}", "https://b.example/": NotFound("gone"), ONE.url: ONE})
    assert fixed.fetch("https://a.example/").content == b"{}"
    assert fixed.fetch(ONE.url) is ONE
    with pytest.raises(NotFound):
        fixed.fetch("https://b.example/")
    with pytest.raises(Unreachable):
        fixed.fetch("https://c.example/")


def test_a_chain_goes_on_only_where_nobody_could_be_reached() -> None:
    first = FixedResolver({"https://gone.example/": NotFound("gone"), "https://never.example/": NotAllowed("never")})
    second = FixedResolver(
        {"https://gone.example/": b"2", "https://never.example/": b"2", "https://else.example/": b"2"}
    )
    chain = ChainResolver(first, second)
    assert chain.fetch("https://else.example/").content == b"2"
    for address, error in (
        ("https://gone.example/", NotFound),
        ("https://never.example/", NotAllowed),
        ("https://x.example/", Unreachable),
    ):
        with pytest.raises(error):
            chain.fetch(address)
    with pytest.raises(Unreachable):
        ChainResolver().fetch("https://x.example/")


def test_what_was_recorded_makes_a_bundle() -> None:
    recording = RecordingResolver(FixedResolver({ONE.url: ONE, TWO.url: TWO}))
    recording.fetch(ONE.url)
    recording.fetch(TWO.url)
    with pytest.raises(Unreachable):
        recording.fetch("https://x.example/")
    assert set(BundleResolver(write_bundle(recording.recorded)).resources) == {ONE, TWO}


def test_who_answered_is_kept() -> None:
    """Offline, the answer of an open redirect must not look like the answer of the host that was asked."""
    redirected = Resource(ONE.url, ONE.content, ONE.media_type, ONE.fetched_at, "https://evil.example/x")
    found = BundleResolver(write_bundle([redirected])).fetch(ONE.url)
    assert (found.answered_by, found.from_elsewhere) == ("https://evil.example/x", True)
    assert not BundleResolver(write_bundle([ONE])).fetch(ONE.url).from_elsewhere
