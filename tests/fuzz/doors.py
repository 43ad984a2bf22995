"""The three ways by which a stranger's document comes in: the page, the interface for programs, the command line.

Each target answers with a short word; a server error, markup of the document in the page, or an exit status that contradicts the
report is `Broken`. `page` and `api` need Django, set up with a database: tests have one, `python -m tests.fuzz` makes one.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from testamur.cli import main
from testamur.fetch import write_bundle
from testamur.ports import Resource
from tests.fuzz.oracle import Broken
from tests.fuzz.seeds import Seed, Seeds

Target = Callable[[Seed, bytes], str]

ACTIVE = (b"<script>alert", b"<img src=x", b"<svg onload", b'href="javascript:')
"""What the texts of `json_values.MARKUP` would leave in a page that does not escape them."""


@contextlib.contextmanager
def site(seeds: Seeds) -> Iterator[tuple[Target, Target]]:
    """Targets for the page and for the interface; what they ask outside is answered by the seeds' world."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client, override_settings

    from testamur_site.verification import services

    client = Client(raise_request_exception=True)

    def page(_seed: Seed, data: bytes) -> str:
        answer = client.post("/verify", {"file": SimpleUploadedFile("badge", data, "application/octet-stream")})
        if answer.status_code not in (200, 422):
            raise Broken(f"the page answers {answer.status_code}")
        if any(each in answer.content for each in ACTIVE):
            raise Broken("the page shows markup of the document")
        return str(answer.status_code)

    def api(_seed: Seed, data: bytes) -> str:
        answer = client.post("/api/verify", data, content_type="application/octet-stream")
        if answer.status_code not in (200, 400, 413, 422):
            raise Broken(f"the interface answers {answer.status_code}")
        return f"{answer.status_code} {json.loads(answer.content).get('verdict', '')}"

    with (
        override_settings(TESTAMUR_VERIFICATIONS_PER_MINUTE=10**9),
        mock.patch.object(services, "Everywhere", return_value=seeds.resolver),
        mock.patch.object(services, "verifier", return_value=seeds.verifier),
    ):
        yield page, api


@contextlib.contextmanager
def command_line(seeds: Seeds) -> Iterator[Target]:
    """A target for `testamur verify --offline`, with a bundle of everything that stands in the seeds' world."""
    from tests.unit.formats.elm.sealing import NOW

    with TemporaryDirectory() as folder:
        bundle, file = Path(folder, "bundle.zip"), Path(folder, "document")
        bundle.write_bytes(
            write_bundle(Resource(url, page, "application/json", NOW) for url, page in seeds.pages.items())
        )

        def verify(_seed: Seed, data: bytes) -> str:
            file.write_bytes(data)
            said, complaints = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaints):
                status = main(["verify", str(file), "--offline", str(bundle), "--json"])
            if status == 2:
                return "refused"  # an empty file, say: told in a sentence
            verdict = json.loads(said.getvalue())["verdict"]
            if {"valid": 0, "invalid": 1, "undetermined": 3}[verdict] != status:
                raise Broken(f"exit status {status} for a document that is {verdict}")
            return str(verdict)

        yield verify
