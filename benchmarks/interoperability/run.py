"""Our credentials in other people's verifiers, and theirs in ours.

    make interoperability          (needs Node 20; installs the pinned npm packages beside this file)

1. `testamur issue` makes credentials; `@digitalbazaar/vc` and `@digitalcredentials/verifier-core` verify them, and refuse changed copies.
2. The same with a credential of a running platform: `run.py --site http://localhost:8000/c/…`, with its DID document and status list.
3. `@digitalbazaar/vc` signs with `eddsa-rdfc-2022` and `ecdsa-rdfc-2019`; `testamur verify` accepts, and refuses changed copies.

4. Blockcerts editions (`editions.py`): the published verifier of Blockcerts accepts them, refuses changed and revoked ones, with a
   node of its own (anvil) behind the explorer's interface; and `@digitalbazaar/vc` accepts the same file.
5. `didwebvh-ts` reads our histories of did:webvh, and we read its own; both refuse changed ones.

Prints one line a case and ends with `N passed, M failed`; the exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import copy
import json
import subprocess
import sys
import tempfile
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import editions
import histories

HERE = Path(__file__).parent
TESTAMUR = [str(Path(sys.executable).with_name("testamur"))]
PEERS = {"digitalbazaar": "@digitalbazaar/vc", "dcc": "@digitalcredentials/verifier-core"}
NAMES = ["Ana Andromeda", "김서연", "محمد العلي", 'Ngọc "Ny" Nguyễn\\', "O’Neill <b>&amp;</b>"]


class Tally:
    """Counts, and says what happened."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def expect(self, what: str, good: bool, detail: object = "") -> None:
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        print(f"{'ok    ' if good else 'FAILED'}  {what}{'' if good else f'   {detail}'}")


def peer(*arguments: str) -> Any:
    done = subprocess.run(["node", HERE / "peer.mjs", *arguments], capture_output=True, text=True, cwd=HERE)
    if done.returncode:
        return {"verified": None, "detail": done.stderr[-400:]}
    return json.loads(done.stdout)


def changed(credential: dict[str, Any]) -> dict[str, Any]:
    """The same credential with one word of the achievement changed."""
    other = copy.deepcopy(credential)
    other["credentialSubject"]["achievement"]["name"] += " (advanced)"
    return other


def peers_verify(tally: Tally, folder: Path, label: str, credential: dict[str, Any], documents: dict[str, Any]) -> None:
    (folder / "documents.json").write_text(json.dumps(documents))
    for good, document in ((True, credential), (False, changed(credential))):
        (folder / "credential.json").write_text(json.dumps(document))
        for which, package in PEERS.items():
            answer = peer("verify", which, str(folder / "credential.json"), str(folder / "documents.json"))
            what = f"{package} {'accepts' if good else 'refuses a changed copy of'} {label}"
            tally.expect(what, answer["verified"] is good, answer["detail"])


def issue_with_us(folder: Path) -> list[dict[str, Any]]:
    """Five credentials by the command line, with a `did:key`."""
    (folder / "issuer.json").write_text(json.dumps({"type": ["Profile"], "name": "Interoperability Institute"}))
    achievement = {
        "id": "urn:uuid:0d0a5c3c-9a0c-4c0e-8a57-0c6ad6c6a4b1",
        "type": ["Achievement"],
        "name": "Data literacy",
        "description": "Reads, questions and presents data.",
        "criteria": {"narrative": "Pass the supervised project.\n\n* with at least 60 points"},
    }
    (folder / "achievement.json").write_text(json.dumps(achievement))
    recipients = [{"name": name, "email": f"person{number}@learners.example"} for number, name in enumerate(NAMES)]
    (folder / "recipients.jsonl").write_text("".join(json.dumps(each) + "\n" for each in recipients))
    subprocess.run([*TESTAMUR, "key", "new", "--out", folder / "key.json"], check=True, capture_output=True)
    arguments = ["--issuer", "issuer.json", "--achievement", "achievement.json", "--recipients", "recipients.jsonl"]
    arguments += ["--key", "key.json", "--out", "issued.jsonl"]
    subprocess.run([*TESTAMUR, "issue", *arguments], check=True, capture_output=True, cwd=folder)
    return [json.loads(line) for line in (folder / "issued.jsonl").read_text().splitlines()]


def we_verify(folder: Path, credential: dict[str, Any]) -> int:
    (folder / "theirs.json").write_text(json.dumps(credential))
    return subprocess.run([*TESTAMUR, "verify", folder / "theirs.json"], capture_output=True).returncode


def fetch(url: str) -> Any:
    request = urllib.request.Request(url, headers={"Accept": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def of_the_site(address: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A published credential of a running platform, with the documents that it names."""
    credential = fetch(address + ".json")
    base = address.rsplit("/c/", 1)[0]
    did = credential["issuer"]["id"]
    path = "/".join(did.split(":")[3:])
    document = fetch(f"{base}/{path}/did.json")
    host = did.split(":")[2].replace("%3A", ":")
    status = credential["credentialStatus"]["statusListCredential"]
    return credential, {did: document, f"https://{host}/{path}/did.json": document, status: fetch(status)}


def edition_by_peers(
    tally: Tally, folder: Path, label: str, edition: dict[str, Any], documents: dict[str, Any]
) -> None:
    """The suite that `@digitalbazaar/vc` knows holds beside the one that it does not know."""
    (folder / "documents.json").write_text(json.dumps(documents))
    for good, document in ((True, edition), (False, changed(edition))):
        (folder / "credential.json").write_text(json.dumps(document))
        answer = peer("verify", "digitalbazaar", str(folder / "credential.json"), str(folder / "documents.json"))
        what = f"{PEERS['digitalbazaar']} {'accepts' if good else 'refuses a changed copy of'} {label}"
        tally.expect(what, answer["verified"] is good, answer["detail"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--site", metavar="ADDRESS", help="a share page of a running platform")
    options = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours = issue_with_us(folder)
        for number, credential in enumerate(ours, 1):
            peers_verify(tally, folder, f"our credential {number}", credential, {})
        if options.site:
            peers_verify(tally, folder, "a credential of the platform", *of_the_site(options.site))
        unsigned = {key: value for key, value in ours[0].items() if key != "proof"}
        (folder / "unsigned.json").write_text(json.dumps(unsigned))
        for suite in ("eddsa-rdfc-2022", "ecdsa-rdfc-2019"):
            theirs = peer("issue", suite, str(folder / "unsigned.json"))
            tally.expect(f"we accept {suite} signed by @digitalbazaar/vc", we_verify(folder, theirs) == 0, theirs)
            tally.expect(f"we refuse a changed copy of it ({suite})", we_verify(folder, changed(theirs)) == 1)
        without = [{name: value for name, value in each.items() if name != "proof"} for each in ours[:3]]
        histories.run(folder, tally.expect)
        editions.run(folder, without, tally.expect, partial(edition_by_peers, tally, folder))
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
