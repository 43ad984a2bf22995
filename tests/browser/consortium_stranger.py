"""What somebody does who has only the files: command lines, without a network.

The bundle answers for keys and status lists, and `--offline` means that nobody else is asked. The single-file verifier is run
by a Python that has nothing installed (`-I -S`: no environment, no site-packages).
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .story import Stage

TESTAMUR = (str(Path(sys.executable).parent / "testamur"),)
BARE_PYTHON = (sys.executable, "-I", "-S")
_LANGUAGE = ("--language", "en")


def verify(stage: Stage) -> None:
    """Signed, and recorded in the public log: said by the command line and by the verifier in one file."""
    files = stage.files
    policy = ("--log-policy", str(files["policy.txt"]), "--require-level", "logged", "--json", *_LANGUAGE)
    shown, bundle = str(files["credential.json"]), str(files["bundle.zip"])
    for command, says in (
        ((*TESTAMUR, "verify", shown, "--offline", bundle, *policy), "testamur verify"),
        (
            (*BARE_PYTHON, str(files["testamur-verify.pyz"]), shown, "--bundle", bundle, *policy),
            "The verifier in one file",
        ),
    ):
        report = _answer(command, 0)
        assert report["verdict"] == "valid", report
        stage.say(f"{says}, offline: {report['verdict']}, level {report['transparency']['level']}.")


def decide_again(stage: Stage) -> None:
    """The same decision comes out of the credential alone; one digit of a credential that counted is changed, and it does not."""
    taken = _decided(stage, stage.files["credential.json"], "bundle.zip", 0)
    genuine = [found for found in taken["findings"] if found["code"] == "part.genuine"]
    assert len(genuine) == 3, taken["findings"]
    stage.say(
        f"A stranger took the decision again from the credential alone, offline: {taken['result']}. "
        f"{taken['decision']['sentences']['outcome'][0]} {len(genuine)} credentials inside it are genuine."
    )
    changed = stage.folder / "changed.json"
    changed.write_bytes(_digit_changed(stage.files["credential.json"].read_bytes()))
    refused = _decided(stage, changed, "bundle.zip", 1)
    sentence = next(found["sentence"] for found in refused["findings"] if found["result"] == "failed")
    stage.say(f"With one digit of it changed it is refused: {sentence}")


def decide_today(stage: Stage) -> None:
    """With a bundle of after the revocation."""
    taken = _decided(stage, stage.files["credential.json"], "bundle-afterwards.zip", 1)
    stage.say(f"Today the stranger reads: {' '.join(taken['today']['sentences'])}")


def _decided(stage: Stage, credential: Path, bundle: str, status: int) -> Any:
    command = (*TESTAMUR, "check", "--credential", str(credential), "--offline", str(stage.files[bundle]))
    return _answer((*command, "--json", *_LANGUAGE), status)


def _answer(command: Sequence[str], status: int) -> Any:
    """What a command prints as JSON. Raises AssertionError where its exit status is another."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == status, f"{command[0]} ended with {ran.returncode}:\n{ran.stdout}\n{ran.stderr}"
    return json.loads(ran.stdout)


def _digit_changed(content: bytes) -> bytes:
    """The credential with one digit of its decision changed: more credits counted than there were."""
    before = json.loads(content)["evidence"][0]["id"]
    kind, _, data = before.partition(",")
    decision = base64.b64decode(data)
    more = re.sub(rb'"counted":(\d)', lambda found: b'"counted":%d' % (int(found[1]) + 1), decision, count=1)
    assert more != decision
    return content.replace(before.encode(), f"{kind},{base64.b64encode(more).decode()}".encode())
