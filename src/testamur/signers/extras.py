"""The libraries of the back ends, imported when they are needed: who keeps keys in files installs none of them."""

from __future__ import annotations

import importlib
from typing import Any

from testamur.errors import SignerRefused

_EXTRAS = {"pkcs11": "pkcs11", "boto3": "aws", "botocore": "aws"}


def wanted(package: str, module: str | None = None) -> Any:
    """The package (or a module of it). Raises `SignerRefused` (`signer.not_installed`), which names what to install."""
    try:
        return importlib.import_module(module or package)
    except ImportError:
        extra = _EXTRAS[package]
        raise SignerRefused(
            f'This kind of key needs a library that is not installed: pip install "testamur[{extra}]"',
            code="signer.not_installed",
            facts={"extra": extra},
        ) from None
