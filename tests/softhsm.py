"""A real PKCS #11 token in a folder of its own: SoftHSM 2, which `tools/ensure-debian-packages softhsm` installs."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pytest

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
PIN = "4711-for-the-tests"


@dataclass(frozen=True)
class Token:
    """A token. `environment` is what opens it."""

    label: str
    module: str
    environment: dict[str, str]

    def uri(self, name: str) -> str:
        return f"pkcs11:token={self.label};object={name}"


def new_token(label: str) -> Token:
    """A new, empty token. Skips the test where there is no SoftHSM."""
    module, tool, folder = _installed()
    subprocess.run(
        [tool, "--init-token", "--free", "--label", label, "--so-pin", "security-officer", "--pin", PIN],
        check=True,
        capture_output=True,
    )
    pin = folder / f"{label}.pin"
    pin.write_text(f"{PIN}\n")
    return Token(label, module, {"TESTAMUR_PKCS11_MODULE": module, "TESTAMUR_PKCS11_PIN_SOURCE": f"file:{pin}"})


@lru_cache
def _installed() -> tuple[str, str, Path]:
    """One configuration for the run: the library reads it once in a process."""
    module = next((one for one in MODULES if Path(one).exists()), None)
    tool = shutil.which("softhsm2-util")
    if module is None or tool is None:
        pytest.skip("SoftHSM 2 is not installed: sh tools/ensure-debian-packages softhsm")
    folder = Path(tempfile.mkdtemp(prefix="testamur-softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    return module, tool, folder
