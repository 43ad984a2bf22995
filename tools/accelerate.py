"""Compiles the kernels of a cohort for this Python, if it can: with Cython, a C compiler and Python's headers.

    .venv/bin/python tools/accelerate.py            compile what changed
    .venv/bin/python tools/accelerate.py --remove   take the compiled forms away
    .venv/bin/python tools/accelerate.py --require  compile, and fail where that cannot be done

Without them everything runs as before, in Python; so this says what it did and succeeds either way. What it makes lies beside the source
and is not used any more once that is edited (`testamur.accelerated`).
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from testamur.accelerated import NATIVE, SUFFIX, fingerprint

SOURCE = Path(__file__).resolve().parent.parent / "src"
KERNELS = (
    "testamur/linked_data/shapes/kernel.py",
    "testamur/issuing/cohort/kernel.py",
    "testamur/issuing/cohort/digits.py",
    "testamur/issuing/cohort/token_kernel.py",
    "testamur/issuing/cohort/verifying_kernel.py",
    "testamur/linked_data/apart.py",
    "testamur/strict_json/plain.py",
    "testamur/verification/presenters/subject.py",
    "testamur/proofs/base58.py",
    "testamur/proofs/base64url.py",
    "testamur/proofs/vc_jose_cose/form_kernel.py",
    "testamur/proofs/keys/ed25519_kernel.py",
    "testamur/proofs/keys/p256_kernel.py",
)
OPTIONS = ("-3", "-X", "annotation_typing=False", "-X", "embedsignature=False")
_LEGIBLE = "-DCYTHON_COMPRESS_STRINGS=0"  # the fingerprint is looked for in the file
_PURE = "COMPILED: bool = False"
# What stands in C there, and in Python here: the kernel's `.pxd` takes the same names from `native.pxd`, or has them itself.
_IN_PYTHON = re.compile(
    r"^from testamur\.[a-z0-9_.]+\.native(?:_[a-z0-9]+)? import (?:\([^)]*\)|[^(\n]*)\n", re.MULTILINE
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--remove", action="store_true", help="take the compiled forms away")
    parser.add_argument("--require", action="store_true", help="fail where it cannot compile")
    options = parser.parse_args()
    stale = []
    for name in KERNELS:
        source = SOURCE / name
        target = source.with_name(source.stem + SUFFIX + sysconfig.get_config_var("EXT_SUFFIX"))
        if options.remove:
            target.unlink(missing_ok=True)
        elif not (target.exists() and fingerprint(source).encode() in target.read_bytes()):
            stale.append((name, source, target))
    failed = False
    with ThreadPoolExecutor(os.cpu_count()) as compilers:  # each waits for a process of its own
        for (name, *_), problem in zip(stale, compilers.map(lambda kernel: build(*kernel[1:]), stale), strict=True):
            print(f"{name} runs as Python: {problem}" if problem else f"{name} is compiled", flush=True)
            failed = failed or problem is not None
    return 1 if failed and options.require else 0


def build(source: Path, target: Path) -> str | None:
    """Compile one kernel. What went wrong in a few words, or None. The target changes only when everything went well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = folder / (source.stem + SUFFIX + ".py")
        text = source.read_text()
        if text.count(_PURE) != 1:
            return "its source does not say which form it is"
        text = (
            _IN_PYTHON.sub("", text).replace(_PURE, "COMPILED = True") + f'\n\nFINGERPRINT = "{fingerprint(source)}"\n'
        )
        copy.write_text(text)
        copy.with_suffix(".pxd").write_text(source.with_suffix(".pxd").read_text())
        (folder / NATIVE.name).write_text(NATIVE.read_text())
        built = folder / target.name
        include = sysconfig.get_paths()["include"]
        steps = (
            ("Cython", [sys.executable, "-m", "cython", *OPTIONS, copy.name, "-o", "kernel.c"]),
            (
                "the C compiler",
                [*shlex.split(sysconfig.get_config_var("LDSHARED") or "cc -shared"), "-O3", "-fPIC", "-w", _LEGIBLE, f"-I{include}",
                 "kernel.c", "-o", str(built)],
            ),
        )  # fmt: skip
        for what, command in steps:
            try:
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603 - our own words
            except (OSError, subprocess.TimeoutExpired) as error:
                return f"{what} is not there ({type(error).__name__})"
            if done.returncode:
                last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
                return f"{what} says: {last}"
        beside = target.with_name(f".{os.getpid()}-{target.name}")
        beside.write_bytes(built.read_bytes())
        beside.replace(target)
    return None


if __name__ == "__main__":
    raise SystemExit(main())
