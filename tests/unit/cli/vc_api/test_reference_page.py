"""docs/reference/vc-api.md names every suite, every address and every option that the service knows."""

from __future__ import annotations

import re

from tests.shared import ROOT

from testamur.cli.vc_api.issuer import SUITES
from testamur.cli.vc_api.service import Service

PAGE = (ROOT / "docs/reference/vc-api.md").read_text(encoding="utf-8")


def test_every_suite_is_described_and_no_other() -> None:
    table = PAGE.partition("## Issuing")[2].partition("## Verifying")[0]
    named = {
        name for line in re.findall(r"^\| (`[^|]*)\|", table, re.MULTILINE) for name in re.findall(r"`([^`]+)`", line)
    }
    assert named - {"suite"} == set(SUITES)


def test_every_address_that_is_described_exists() -> None:
    service = Service("http://127.0.0.1:1")
    described = re.findall(r"^\| `(GET|POST) (/[^`]*)`", PAGE, re.MULTILINE)
    assert len(described) == 6
    for method, path in described:
        answer = service.answer(method, path.replace("{suite}", "eddsa-rdfc-2022"), b"{}")
        assert answer.status in (200, 400), path


def test_every_option_that_is_described_is_read() -> None:
    for option in ("checks", "expectedProofPurpose", "domain", "challenge", "mandatoryPointers", "selectivePointers"):
        assert option in PAGE
