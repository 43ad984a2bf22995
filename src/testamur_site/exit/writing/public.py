"""The public part: what anybody was shown at the institution's addresses, as files that any web server can serve at the old ones.

1. Who it is: DID documents and their history, profile, logo. 2. What it offers: pages, achievements, pictures.
3. The credentials that their holders show: page, credential, log proof, images. 4. The status lists, and every version
of them. 5. The log: of each year the checkpoint first, then the tiles of just that size. 6. What verification rests on:
contexts and schemas.

Everything comes through the site's own front door (`visiting`): what a stranger was not shown cannot get in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.utils import translation

from testamur.errors import TestamurError
from testamur.fetch.log_folder import FolderStore
from testamur.log import SignedCheckpoint
from testamur.log.tiles import tiles_of
from testamur.verification.schemas import achievement, credential
from testamur_site.catalogue.api import public_addresses
from testamur_site.foundation.keys.api import archived_keys
from testamur_site.foundation.tenancy.api import Institution, logo
from testamur_site.log.api import receipts_of, shard_for
from testamur_site.status.api import archived_pairs, list_versions
from testamur_site.wallet.api import public_awards, still_public

from .. import rules
from .bags import PAYLOAD, Progress
from .visiting import Visitor
from .workplace import Workplace

SITE = f"public/{PAYLOAD}/site"
_JSON, _ANY = "application/json, application/ld+json, */*", "*/*"
_SWEEP = 200


class PublicPart:
    """Writes the public part of one institution's exit into a workplace."""

    def __init__(self, institution: Institution, place: Workplace, progress: Progress) -> None:
        self._institution, self._place, self._progress = institution, place, progress
        self._visitor = Visitor()
        self._languages = [code for code, _name in settings.LANGUAGES]
        self._pages: set[str] = set()  # of this institution and its programmes: few
        self._styles: set[str] = set()
        self._count = 0

    def write(self) -> None:
        """All of it, in the order of the module's text."""
        programmes = list(public_addresses(self._institution))
        root = f"/institutions/{self._institution.slug}"
        self._pages = {root, "/log/", *(f"/m/{public_id}" for public_id, _ in programmes)}
        self._identity(root)
        for public_id, versions in programmes:
            self._programme(public_id, versions)
        self._page(root)
        self._credentials()
        self._status_lists()
        self._logs()
        self._page("/log/")
        self._foundations()

    def _identity(self, root: str) -> None:
        names = ["did.json", "profile.json"]
        names += ["did.jsonl"] if archived_keys(self._institution)["histories"] else []
        names += ["logo"] if logo(self._institution) is not None else []
        for name in names:
            self._document(f"{root}/{name}", accept=_ANY)
        self._document("/.well-known/did.json")
        self._put_json("keys.json", archived_keys(self._institution))

    def _programme(self, public_id: str, versions: list[tuple[str, bool]]) -> None:
        self._page(f"/m/{public_id}")
        self._document(f"/m/{public_id}/ctdl.jsonld")
        self._document(f"/m/{public_id}/elm.jsonld")
        for version, pictured in versions:
            self._document(f"/achievements/{version}")
            if pictured:
                self._document(f"/achievements/{version}/image.png", accept="image/png")
                self._document(f"/achievements/{version}/image.svg", accept="image/svg+xml")

    def _credentials(self) -> None:
        shown = public_awards(self._institution, self._place.cursor("credentials"))
        for number, (cursor, public_id) in enumerate(shown, 1):
            path = f"/c/{public_id}"
            self._document(f"{path}.json", accept="application/vc")
            self._document(f"{path}.tlog-proof", accept="text/plain")
            self._document(f"{path}.png", accept="image/png")
            self._document(f"{path}.svg", accept="image/svg+xml")
            self._document(f"{path}/badge.png", accept="image/png")
            self._page(path)
            if number % 20 == 0:
                self._place.advance(credentials=cursor)
        self._sweep()

    def _sweep(self) -> None:
        """Take out again what holders have hidden since a run that was cut short wrote it."""
        folder = self._place.root / SITE / "c"
        if not folder.is_dir():
            return
        waiting: list[str] = []
        for path in folder.iterdir():
            if path.suffix == ".json":
                waiting.append(path.stem)
            if len(waiting) == _SWEEP:
                self._hide(waiting)
                waiting = []
        self._hide(waiting)

    def _hide(self, awards: list[str]) -> None:
        for public_id in set(awards) - still_public(self._institution, awards):
            for ending in (".json", ".tlog-proof", ".png", ".svg", ".html", "/badge.png"):
                self._place.remove(f"{SITE}/c/{public_id}{ending}")
            for language in self._languages[1:]:
                self._place.remove(f"{SITE}/c/{public_id}.{language}.html")

    def _status_lists(self) -> None:
        for pair in archived_pairs(self._institution):
            for each in pair["lists"]:  # asked for first: a list that changed is published by being asked for
                self._document(f"/status/{each['public_id']}", accept="application/vc")
                self._document(f"/status/{each['public_id']}.tlog-proof", accept="text/plain")
        for version in list_versions(self._institution):
            digest = hashlib.sha256(version.content).hexdigest()
            name = f"public/{PAYLOAD}/status-lists/{version.public_id}/{version.version:06}-{digest[:16]}.json"
            if not self._place.has(name):
                self._put(name, version.content)

    def _logs(self) -> None:
        for year in log_years():
            store = FolderStore(settings.TESTAMUR_LOG_FOLDER / str(year))
            content = store.read("checkpoint")
            if content is None:
                continue
            size = SignedCheckpoint.from_bytes(content).checkpoint.size
            for tile in tiles_of(size):
                name = f"{SITE}/log/{year}/{tile.path}"
                if not self._place.has(name):
                    self._put(name, _whole(store.read(tile.path), tile.path))
            self._document(f"/log/{year}/vkey", accept="text/plain")
            shard = shard_for(year)
            for anchored, receipts in receipts_of(shard) if shard is not None else ():
                self._put(f"{SITE}/log/{year}/anchors/{anchored}.json", receipts)
            self._put(f"{SITE}/log/{year}/checkpoint", content)

    def _foundations(self) -> None:
        for name, content in foundations():
            self._put(f"public/{PAYLOAD}/{name}", content)

    def _document(self, path: str, *, accept: str = _JSON) -> None:
        """Write what stands at an address; nothing where nothing does."""
        answer = self._visitor.get(path, accept=accept)
        name = f"{SITE}/{rules.document_file(path)}"
        if answer.status == 200:
            self._put(name, answer.content)
        else:
            self._place.remove(name)

    def _page(self, path: str) -> None:
        for language in self._languages:
            answer = self._visitor.get(path, language=language)
            if answer.status != 200 or answer.media_type != "text/html":
                return
            file = rules.page_file(path, "" if language == self._languages[0] else language)
            html = answer.content.decode()
            self._static_files(html)
            page = rules.still(
                html,
                file,
                base_url=settings.TESTAMUR_BASE_URL,
                known=lambda address: self._file_of(address, path),
                above=self._above(path, language),
            )
            self._put(f"{SITE}/{file}", page.encode())

    def _above(self, path: str, language: str) -> str:
        """The line at the head of a page: that it is a copy, of what, and where the other languages are."""
        with translation.override(language):
            others = [
                (code, name, rules.page_file(path, "" if code == self._languages[0] else code).rpartition("/")[2])
                for code, name in settings.LANGUAGES
                if code != language
            ]
            context = {"address": settings.TESTAMUR_BASE_URL + path, "others": others}
            return render_to_string("exit/above.html", context).strip()

    def _file_of(self, address: str, page: str) -> str | None:
        """The file of an address that stands in the mirror. `page` is the one that links to it: of credentials only its own are told."""
        if address.startswith(settings.STATIC_URL):
            return rules.document_file(address)
        if address in self._pages or address == page:
            return rules.page_file(address)
        below = (
            f"/institutions/{self._institution.slug}/",
            "/achievements/",
            "/status/",
            "/log/",
            f"{page}.",
            f"{page}/badge",
        )
        file = rules.document_file(address)
        return (
            file
            if address.startswith(below) and not address.endswith("/") and self._place.has(f"{SITE}/{file}")
            else None
        )

    def _static_files(self, html: str) -> None:
        for match in rules.ADDRESS.finditer(html):
            path = rules.own_path(match["address"], settings.TESTAMUR_BASE_URL) or ""
            if path.startswith(settings.STATIC_URL) and not path.partition("?")[0].endswith(".js"):
                self._static_file(path.partition("?")[0].partition("#")[0].lstrip("/"))

    def _static_file(self, file: str) -> None:
        if file in self._styles:
            return
        self._styles.add(file)
        content = _static_content(file.removeprefix(settings.STATIC_URL.lstrip("/")))
        if content is None:
            return
        self._put(f"{SITE}/{file}", content)
        if file.endswith(".css"):
            for further in rules.files_of_style(content.decode(), file):
                if further.startswith(settings.STATIC_URL.lstrip("/")):
                    self._static_file(further)

    def _put_json(self, name: str, value: Any) -> None:
        self._put(f"public/{PAYLOAD}/{name}", json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")

    def _put(self, name: str, content: bytes) -> None:
        self._place.put(name, content)
        self._count += 1
        self._progress("public", self._count)


def log_years() -> list[int]:
    """The years of which the deployment has a log, the first one first."""
    folder: Path = settings.TESTAMUR_LOG_FOLDER
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdecimal()) if folder.is_dir() else []


def foundations() -> Iterator[tuple[str, bytes]]:
    """What a verification rests on beside the credential: JSON-LD contexts and schemas, by their hashes."""
    contexts = files("testamur.linked_data") / "contexts"
    manifest = json.loads((contexts / "MANIFEST.json").read_bytes())
    for entry in manifest["contexts"]:
        yield f"contexts/{entry['file']}", (contexts / entry["file"]).read_bytes()
    yield "contexts/MANIFEST.json", (contexts / "MANIFEST.json").read_bytes()
    schemas = {" ".join(key): schema for key, schema in achievement.SCHEMAS.items()} | {"credential": credential.SCHEMA}
    named = {}
    for name, schema in schemas.items():
        content = json.dumps(schema, sort_keys=True, indent=1).encode() + b"\n"
        named[name] = hashlib.sha256(content).hexdigest()
        yield f"schemas/{named[name]}.json", content
    yield "schemas/MANIFEST.json", json.dumps(named, sort_keys=True, indent=1).encode() + b"\n"


def _static_content(name: str) -> bytes | None:
    """A static file as it is served, collected or in its place."""
    try:
        if staticfiles_storage.exists(name):
            with staticfiles_storage.open(name) as file:
                return bytes(file.read())
    except (OSError, ValueError):
        return None
    found = finders.find(name)
    return Path(found).read_bytes() if isinstance(found, str) else None


def _whole(content: bytes | None, path: str) -> bytes:
    if content is None:
        raise TestamurError(
            f"The file {path} of the log is missing; put it back from a mirror first.", code="log.missing"
        )
    return content
