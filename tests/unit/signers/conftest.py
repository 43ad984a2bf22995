"""A real PKCS #11 token in a folder of its own: SoftHSM 2, which `tools/ensure-debian-packages softhsm` installs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from testamur.signers import pkcs11_token

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
PIN = "4711-for-the-tests"


@dataclass
class Token:
    """A token of SoftHSM. `environment` is what opens it."""

    label: str
    folder: Path
    module: str
    environment: dict[str, str] = field(default_factory=dict)

    def uri(self, name: str) -> str:
        return f"pkcs11:token={self.label};object={name}"


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Token]]:
    """`softhsm(label)`: a new token. One configuration for the run, because the library reads it once in a process."""
    module = next((one for one in MODULES if Path(one).exists()), None)
    tool = shutil.which("softhsm2-util")
    if module is None or tool is None:
        pytest.skip("SoftHSM 2 is not installed: sh tools/ensure-debian-packages softhsm")
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(configuration))

    def make(label: str) -> Token:
        subprocess.run(
            [tool, "--init-token", "--free", "--label", label, "--so-pin", "security-officer", "--pin", PIN],
            check=True,
            capture_output=True,
        )
        pin = folder / f"{label}.pin"
        pin.write_text(f"{PIN}\n")
        environment = {"TESTAMUR_PKCS11_MODULE": module, "TESTAMUR_PKCS11_PIN_SOURCE": f"file:{pin}"}
        return Token(label, folder, module, environment)

    yield make
    for token in pkcs11_token._tokens.values():
        token.close()
    pkcs11_token._tokens.clear()
    patch.undo()


@pytest.fixture(scope="module")
def token(softhsm: Callable[[str], Token], request: pytest.FixtureRequest) -> Token:
    return softhsm(f"Testamur-{request.module.__name__.rpartition('.')[2]}")
