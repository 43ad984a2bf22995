"""The offline page in a real Chromium with the network off: installed, judging as the library does, keeping what it was given."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.simulator import NOW, FixedClock, Institution

from testamur.fetch import BundleResolver, write_bundle
from testamur.ports import Resource
from testamur.verification import TrustRegistry, Verifier, sentences
from testamur_site.verification import services
from testamur_site.verification.offline import data

from .offline_cases import Case, cases
from .offline_cases_entitled import entitled_cases, registry

# jsonld.js and our processor read a document in different orders: of two things that are wrong in it, each names another first.
SAME = {"structure.not_linked_data": "structure.term_undefined"}


@pytest.fixture(autouse=True)
def _no_registers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services, "trust_registry", lambda: TrustRegistry([]))
    data.encoded.cache_clear()
    yield
    data.encoded.cache_clear()


@pytest.fixture
def installed(page: Page) -> Page:
    """The page after it said that it is ready, with the network off and loaded anew."""
    page.goto("/verify/offline")
    page.wait_for_selector('[data-offline][data-installed="yes"]')
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector('[data-offline][data-ready="yes"]')
    return page


def resources(institution: Institution) -> list[Resource]:
    return [Resource(url, content, "application/json", NOW) for url, content in institution.published().items()]


def upload(page: Page, part: str, name: str, content: bytes) -> None:
    page.set_input_files(part, {"name": name, "mimeType": "application/octet-stream", "buffer": content})


# --- judging as the library does ------------------------------------------------------------------------------------------------

JUDGE = """async ({cases, now}) => {
  const {verifierWith} = await import("/static/verification/offline/verifier.js");
  const data = await (await fetch("/verify/offline/data.json")).json();
  const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const answers = [];
  for (const {content, resources} of cases) {
    const lookup = async (url) => (url in resources ? {content: bytes(resources[url][0]), fetchedAt: resources[url][1]} : null);
    const {verdict, checks, endorsements} = await verifierWith(data, lookup).verify(bytes(content), now);
    answers.push({verdict, codes: checks.map(({code}) => code), inside: endorsements.map((child) => child.verdict)});
  }
  return answers;
}"""


def judged(page: Page, table: list[Case]) -> list[dict[str, Any]]:
    encoded = [
        {
            "content": base64.b64encode(case.content).decode(),
            "resources": {
                one.url: [base64.b64encode(one.content).decode(), one.fetched_at.isoformat()] for one in case.resources
            },
        }
        for case in table
    ]
    return page.evaluate(JUDGE, {"cases": encoded, "now": int(NOW.timestamp() * 1000)})


def expected(case: Case, registry: TrustRegistry) -> dict[str, Any]:
    report = Verifier(BundleResolver(write_bundle(case.resources)), registry, FixedClock(NOW)).verify(case.content)
    return {
        "verdict": report.verdict.value,
        "codes": [check.code for check in report.checks],
        "inside": [child.verdict.value for child in report.children],
    }


def comparable(answer: dict[str, Any]) -> tuple[str, list[str], list[str]]:
    return answer["verdict"], sorted(SAME.get(code, code) for code in answer["codes"]), answer["inside"]


def test_without_a_network_it_finds_what_the_library_finds(installed: Page) -> None:
    table = list(cases())
    assert len(table) > 600
    compare(installed, table, TrustRegistry([]))


def test_with_registers_too(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "trust_registry", registry)
    data.encoded.cache_clear()
    page.goto("/verify/offline")
    table = list(entitled_cases())
    compare(page, table, registry())


def compare(page: Page, table: list[Case], trust: TrustRegistry) -> None:
    ours = [expected(case, trust) for case in table]
    assert {answer["verdict"] for answer in ours} == {"valid", "invalid", "undetermined"}
    answers = [answer for start in range(0, len(table), 100) for answer in judged(page, table[start : start + 100])]
    different = {
        case.name: (comparable(theirs), comparable(our))
        for case, theirs, our in zip(table, answers, ours, strict=True)
        if comparable(theirs) != comparable(our)
    }
    assert different == {}


def test_a_signature_is_checked_alike_with_and_without_the_browsers_own_cryptography(installed: Page) -> None:
    script = """async ({cases}) => {
      const keys = await import("/static/verification/offline/proofs/keys.js");
      const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
      const answers = [];
      for (const {key, signature, message} of cases) {
        const read = keys.fromMultikey(key);
        answers.push([await keys.verifies(read, bytes(signature), bytes(message)), keys.byNoble(read, bytes(signature), bytes(message))]);
      }
      return answers;
    }"""
    table, truths = [], []
    for algorithm in ("Ed25519", "P-256", "P-384"):
        school = Institution()
        school.use(algorithm, "eddsa-rdfc-2022" if algorithm == "Ed25519" else "ecdsa-rdfc-2019")
        signature = school.key.sign(b"message")
        flipped = bytes([signature[0] ^ 1]) + signature[1:]
        for given, message in (
            (signature, b"message"),
            (flipped, b"message"),
            (signature, b"massage"),
            (signature[:-1], b"message"),
        ):
            encoded = (base64.b64encode(value).decode() for value in (given, message))
            table.append(
                dict(zip(("signature", "message"), encoded, strict=True)) | {"key": school.key.public.multikey}
            )
            truths.append(school.key.public.verify(given, message))
    assert truths.count(True) == 3
    assert installed.evaluate(script, {"cases": table}) == [[truth, truth] for truth in truths]


def test_what_a_browser_does_not_check_is_never_green(installed: Page) -> None:
    school = Institution()
    good = school.issue(name="Mina")
    sealed = {**good, "proof": {**good["proof"], "cryptosuite": "bbs-2023"}}
    table = [
        Case("another suite", json.dumps(sealed).encode(), tuple(resources(school))),
        Case("Open Badges 1", b'{"badge":"https://x.example/b","verify":{}}', ()),
        Case(
            "a presentation",
            b'{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiablePresentation"]}',
            (),
        ),
        Case("a European credential", b'{"type":["VerifiableCredential","EuropeanDigitalCredential"]}', ()),
        Case("a PDF", b"%PDF-1.7\n", ()),
        Case("an archive", b"PK\x03\x04", ()),
    ]
    answers = judged(installed, table)
    assert [answer["verdict"] for answer in answers] == ["undetermined"] * len(table)
    assert "proof.suite_unknown" in answers[0]["codes"]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_says_it_in_the_same_words(installed: Page, language: str) -> None:
    """Every code of a spread of reports: the sentence and the next step, letter for letter."""
    script = """async ({checks, language}) => {
      const {sentence, nextStep} = await import("/static/verification/offline/words.js");
      const data = await (await fetch("/verify/offline/data.json")).json();
      return checks.map((check) => [sentence(check, data.languages[language]), nextStep(check, data.languages[language])]);
    }"""
    checks = {}
    for case in cases():
        report = Verifier(BundleResolver(write_bundle(case.resources)), TrustRegistry([]), FixedClock(NOW)).verify(
            case.content
        )
        for check in report.checks:
            checks.setdefault(check.code, check)
    assert len(checks) > 50
    ours = [[sentences.sentence(check, language), sentences.next_step(check, language)] for check in checks.values()]
    given = [{"code": check.code, "facts": dict(check.facts)} for check in checks.values()]
    assert installed.evaluate(script, {"checks": given, "language": language}) == ours


# --- as a visitor ---------------------------------------------------------------------------------------------------------------


def test_a_visitor_without_a_network(installed: Page) -> None:
    page = installed
    school = Institution()
    credential = json.dumps(school.issue(name="Mina Kim")).encode()
    upload(page, "#offline-files", "badge.json", credential)
    page.get_by_role("button", name="Verify", exact=True).click()
    first = page.locator("[data-verdict]").first
    assert first.get_attribute("data-verdict") == "undetermined"
    assert "not among the material that is at hand offline" in first.inner_text()

    upload(page, "#offline-bundle", "kit.zip", write_bundle(resources(school)))
    page.get_by_text("The bundle was opened: 3 keys and lists are kept here.").wait_for()
    assert "25 November 2026, 10:00 UTC" in page.locator('[data-part="kept"]').inner_text()
    upload(page, "#offline-files", "badge.json", credential)
    page.get_by_role("button", name="Verify", exact=True).click()
    page.locator("[data-verdict]").nth(1).wait_for()
    # The browser's clock is the real one; the list of the bundle may be out of date by it, but the signature is true.
    assert "The signature is true" in page.locator("[data-verdict]").first.inner_text()

    upload(page, "#offline-files", "changed.json", credential.replace(b"Data Literacy", b"Data Mastery"))
    page.get_by_role("button", name="Verify", exact=True).click()
    page.locator('[data-verdict="invalid"]').wait_for()
    assert "Data Mastery" not in page.locator("[data-verdict]").first.locator(".facts").all_inner_texts()

    page.get_by_role("button", name="Delete all keys and lists").click()
    page.get_by_text("All keys and lists were deleted from this browser.").wait_for()
    assert page.locator('[data-part="kept"] li').count() == 0


def test_a_document_cannot_write_into_the_page(installed: Page) -> None:
    page = installed
    hostile = {
        "@context": ["<img src=x onerror=alert(1)>"],
        "type": ["VerifiableCredential", "<b>x</b>"],
        "issuer": "<i>",
        "id": "a:b",
    }
    page.locator("#offline-text").fill(
        json.dumps({**hostile, "@context": ["https://www.w3.org/ns/credentials/v2", hostile["@context"][0]]})
    )
    page.get_by_role("button", name="Verify", exact=True).click()
    result = page.locator("[data-verdict]").first
    assert "<img src=x" in result.inner_text()
    assert result.locator("img, b, i").count() == 0


def test_a_bundle_that_was_changed_is_refused(installed: Page) -> None:
    bundle = bytearray(write_bundle(resources(Institution())))
    upload(installed, "#offline-bundle", "kit.zip", bytes(bundle[:-30]))
    installed.get_by_text("This is no bundle that can be read").wait_for()
    assert installed.locator('[data-part="kept"] li').count() == 0


def test_online_the_platform_collects_a_bundle(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    school = Institution()
    monkeypatch.setattr(services, "Everywhere", lambda: school)
    page.goto("/verify/offline")
    page.wait_for_selector('[data-offline][data-ready="yes"]')
    upload(page, '[data-part="collect"] input[type=file]', "badge.json", json.dumps(school.issue()).encode())
    page.get_by_role("button", name="Collect keys and lists").click()
    page.get_by_text("The bundle was opened").wait_for()
    assert school.did_url in page.locator('[data-part="kept"]').inner_text()


# --- the page itself ------------------------------------------------------------------------------------------------------------


def test_it_is_installable(page: Page) -> None:
    page.goto("/verify/offline")
    page.wait_for_selector('[data-offline][data-installed="yes"]')
    client = page.context.new_cdp_session(page)
    assert client.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],
    )


def test_nothing_but_our_own_origin_is_asked(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/verify/offline")
    page.wait_for_selector('[data-offline][data-installed="yes"]')
    origin = page.url.removesuffix("/verify/offline")
    assert all(url.startswith((origin, "data:", "blob:")) for url in asked)
    assert any(url.endswith("vendor/libraries.js") for url in asked)
    asked.clear()
    page.goto("/verify")
    assert not any("verification/offline" in url for url in asked), "the libraries are loaded by their page alone"


def test_looks(page: Page, look: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything but the weight, which is the libraries': they are loaded once and kept."""
    monkeypatch.setattr("tests.browser.conftest.MAX_WEIGHT", 200 * 1024)
    page.goto("/verify/offline")
    page.wait_for_selector('[data-offline][data-ready="yes"]')
    school = Institution()
    upload(page, "#offline-bundle", "kit.zip", write_bundle(resources(school)))
    page.get_by_text("The bundle was opened").wait_for()
    upload(page, "#offline-files", "badge.json", json.dumps(school.issue(name="Mina Kim")).encode())
    page.get_by_role("button", name="Verify", exact=True).click()
    page.locator("[data-verdict]").first.wait_for()
    look(page, "verify-offline")


def test_in_korean(korean_page: Page) -> None:
    page = korean_page
    page.goto("/verify/offline")
    page.wait_for_selector('[data-offline][data-ready="yes"]')
    page.locator("#offline-text").fill("{}")
    page.get_by_role("button", name="검증", exact=True).click()
    assert "확정할 수 없음" in page.locator("[data-verdict]").first.inner_text()


def test_without_scripts_it_leads_to_the_ordinary_page(page_without_scripts: Page) -> None:
    page = page_without_scripts
    page.goto("/verify/offline")
    assert page.get_by_text("This page needs JavaScript").is_visible()
    assert not page.locator('[data-part="form"]').is_visible()
