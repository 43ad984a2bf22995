"""PINs and passphrases: from a file or from the environment, never from an argument or a URI.

A *source* is `file:/run/secrets/pin`, a path, or `env:NAME`. What is read is put into no error and no log.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from testamur.errors import SignerRefused

_MAX = 4096


def read_secret(source: str, environment: Mapping[str, str], *, what: str) -> str:
    """The secret, without the line's end. `what` names it in words ("PIN"). Raises `SignerRefused` (`signer.no_secret`)."""
    if source.startswith("env:"):
        name = source.removeprefix("env:")
        if not (value := environment.get(name, "")):
            raise _missing(what, f"set the environment variable {name}", source)
        return value
    path = Path(unquote(source.removeprefix("file:").removeprefix("//")) if source.startswith("file:") else source)
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX + 1)
        value = content.decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise _missing(what, f"the file {path} cannot be read as text", source) from None
    if not value or len(content) > _MAX or "\n" in value:
        raise _missing(what, f"the file {path} must hold it in one line", source)
    return value


def _missing(what: str, advice: str, source: str) -> SignerRefused:
    return SignerRefused(
        f"The {what} could not be obtained: {advice}.", code="signer.no_secret", facts={"source": source}
    )
