"""The text of a file, read by a process of its own.

What a stranger hands in may be made to exhaust whoever opens it: a PDF that unfolds without end, an archive of zeros. So `readers.py` runs
as a child with bounded memory, processor time and output, without an environment, and may open no file; the parent waits a bounded time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from .rules import MAX_TEXT, ReadState

MAX_BYTES = 25_000_000
MEMORY = 800 * 1024 * 1024
SECONDS = 30

_READERS = Path(__file__).with_name("readers.py")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_OPEN_TEXT = "application/vnd.oasis.opendocument.text"
_PLAIN_NAMES = (".txt", ".md", ".markdown", ".rst", ".tex", ".csv", ".py", ".r", ".sql", ".js", ".java", ".c", ".cpp")


def reader_for(media_type: str, file_name: str) -> str:
    """Which reader reads such a file: pdf, docx, odt, html, plain; "" for none. A page of the web is kept without a media type, so its
    name decides."""
    name = file_name.lower()
    if media_type == "application/pdf":
        return "pdf"
    if media_type == _WORD:
        return "docx"
    if media_type == _OPEN_TEXT:
        return "odt"
    if name.endswith((".html", ".htm")):
        return "html"
    if media_type.startswith("text/") or name.endswith(_PLAIN_NAMES):
        return "plain"
    return ""


def read_file(file: BinaryIO, reader: str) -> tuple[ReadState, str, bool]:
    """(What became of it, the text, whether it was cut). Never raises for what is in the file."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        return ReadState.TOO_LARGE, "", False
    command = [sys.executable, "-E", "-P", str(_READERS), reader, str(MEMORY), str(SECONDS), str(MAX_TEXT)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return ReadState.TOO_LARGE, "", False
    if done.returncode < 0 or done.returncode == 66:  # killed by a limit, or out of memory
        return ReadState.TOO_LARGE, "", False
    if done.returncode:
        return ReadState.DAMAGED, "", False
    answer = json.loads(done.stdout)
    return finished(str(answer["text"]), cut=bool(answer["cut"]))


def finished(text: str, *, cut: bool = False) -> tuple[ReadState, str, bool]:
    """A text as it is kept: without what a database refuses, and cut to what is compared."""
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if not any(letter.isalnum() for letter in clean):
        return ReadState.NO_TEXT, "", False
    return ReadState.READ, clean[:MAX_TEXT], cut or len(clean) > MAX_TEXT
