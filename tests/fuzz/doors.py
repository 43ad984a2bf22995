"""The three ways by which a stranger's document comes in: the page, the interface for programs, the command line.

Each target answers with a short word; a server error, markup of the document in the page, an exit status that contradicts the report,
or `valid` for what means something else is `Broken`. `page` and `api` need Django, set up with a database: tests have one,
`python -m tests.fuzz` makes one.
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
from tests.fuzz.oracle import Broken, Oracle
from tests.fuzz.seeds import Seed

Target = Callable[[Seed, bytes], str]

ACTIVE = (b"<script>alert", b"<img src=x", b"<svg onload", b'href="javascript:')
"""What the texts of `json_values.MARKUP` would leave in a page that does not escape them."""


@contextlib.contextmanager
def site(oracle: Oracle) -> Iterator[tuple[Target, Target]]:
    """Targets for the page and for the interface; what they ask outside is answered by the seeds' world."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client, override_settings

    from testamur_site.verification import services

    client = Client(raise_request_exception=True)

    seeds = oracle.seeds

    def page(seed: Seed, data: bytes) -> str:
        answer = client.post("/verify", {"file": SimpleUploadedFile("badge", data, "application/octet-stream")})
        if answer.status_code not in (200, 422):
            raise Broken(f"the page answers {answer.status_code}")
        if any(each in answer.content for each in ACTIVE):
            raise Broken("the page shows markup of the document")
        verdict = answer.context["report"]["verdict"] if answer.status_code == 200 else ""
        return f"{answer.status_code} {oracle.accept(seed, data, verdict)}"

    def api(seed: Seed, data: bytes) -> str:
        answer = client.post("/api/verify", data, content_type="application/octet-stream")
        if answer.status_code not in (200, 400, 413, 422):
            raise Broken(f"the interface answers {answer.status_code}")
        verdict = json.loads(answer.content).get("verdict", "")
        return f"{answer.status_code} {oracle.accept(seed, data, verdict)}"

    with (
        override_settings(TESTAMUR_VERIFICATIONS_PER_MINUTE=10**9),
        mock.patch.object(services, "Everywhere", return_value=seeds.resolver),
        mock.patch.object(services, "verifier", return_value=seeds.verifier),
    ):
        yield page, api


@contextlib.contextmanager
def command_line(oracle: Oracle) -> Iterator[Target]:
    """A target for `testamur verify --offline`, with a bundle of everything that stands in the seeds' world."""
    from tests.unit.formats.elm.sealing import NOW

    with TemporaryDirectory() as folder:
        seeds = oracle.seeds
        bundle, file = Path(folder, "bundle.zip"), Path(folder, "document")
        bundle.write_bytes(
            write_bundle(Resource(url, page, "application/json", NOW) for url, page in seeds.pages.items())
        )

        def verify(seed: Seed, data: bytes) -> str:
            file.write_bytes(data)
            said, complaints = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complaints):
                status = main(["verify", str(file), "--offline", str(bundle), "--json"])
            if status == 2:
                return "refused"  # an empty file, say: told in a sentence
            # One report a line, several of an archive. Only a line feed ends a line: a report may hold what Unicode calls a line separator.
            verdicts = [json.loads(line)["verdict"] for line in said.getvalue().split("\n") if line]
            verdict = next(each for each in ("invalid", "undetermined", "valid") if each in verdicts)
            if {"valid": 0, "invalid": 1, "undetermined": 3}[verdict] != status:
                raise Broken(f"exit status {status} for a document that is {verdict}")
            return verdict if seed.by_register else str(oracle.accept(seed, data, verdict))

        yield verify
