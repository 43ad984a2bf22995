"""What the commands share: exit statuses, reading what the user names, writing without leaving half a file."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import signal
import sys
import threading
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from socketserver import BaseServer
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from testamur import strict_json
from testamur.errors import InputError
from testamur.verification.sentences import LANGUAGES

MAX_FILE = 12_000_000  # bytes; a baked image may be larger than a credential


class ExitStatus(IntEnum):
    """0 valid or done · 1 invalid or refused · 2 wrong usage · 3 undetermined."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNDETERMINED = 3


class UsageError(Exception):
    """The command was called in a way in which it cannot work. The message says what to do instead."""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with descriptions as they are written; `COLUMNS` does not change where examples break."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=100)


def add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--language",
        choices=LANGUAGES,
        default=default_language(),
        help="language of the sentences (by default that of the environment)",
    )


def default_language() -> str:
    """The language of the environment (LC_ALL, LC_MESSAGES, LANG) if we speak it, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        language = os.environ.get(name, "")[:2].lower()
        if language in LANGUAGES:
            return language
        if language:
            break
    return "en"


def is_address(name: str) -> bool:
    return name.startswith(("https://", "http://"))


def origin_of(address: str) -> str:
    """`scheme://host:port` of a web address that the user typed. Raises UsageError for what is none."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UsageError(f"{address} is not a web address") from None
    if not host or parts.scheme not in ("https", "http"):
        raise UsageError(f"{address} is not a web address; it begins with https:// or http://")
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def read_bytes(name: str, *, limit: int = MAX_FILE) -> bytes:
    """The content of a file, or of standard input for `-`. Raises UsageError if it cannot be read or is far too large."""
    try:
        if name == "-":
            content = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(limit + 1)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}") from None
    if len(content) > limit:
        raise UsageError(f"{name} is larger than {limit // 1_000_000} MB, which is more than is read")
    return content


def read_json(name: str) -> Any:
    """The JSON value in a file. Raises UsageError with the place of a mistake."""
    try:
        return strict_json.loads(read_bytes(name))
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None


def write_atomically(path: Path, content: bytes, *, secret: bool = False) -> None:
    """Write a file wholly or not at all: beside it first, to the disk, then renamed. A secret one is readable by its owner only."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def worst(statuses: Sequence[int]) -> int:
    """One status for several documents: invalid outweighs undetermined, undetermined outweighs valid."""
    for status in (ExitStatus.FAILED, ExitStatus.UNDETERMINED):
        if status in statuses:
            return status
    return ExitStatus.DONE


def stop_when_told(server: BaseServer) -> None:
    """End a server at SIGINT and SIGTERM. `shutdown` waits for the loop to end, so it must not be called from the loop's own thread."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        threading.Thread(target=server.shutdown, daemon=True).start()

    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
