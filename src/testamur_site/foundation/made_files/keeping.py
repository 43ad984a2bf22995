"""A bounded cache of files on the disk of this host, sealed.

1. The place of a file is a hash of the secret and its name; the key of its seal is another (HMAC-SHA256, with a word for each use).
2. It is written beside its place and moved there, so that a reader finds all of it or nothing. 3. What cannot be opened is removed and
made again. 4. After some writings the folder is looked through: what was not asked for in a week goes, then the least recent, until
it is within its bound.

Every fault of the disk is answered by making the file: nobody waits for, or fails with, a cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

logger = logging.getLogger(__name__)

UNUSED = timedelta(days=7)
_NONCE = 12
_LOOK_EVERY = 200
"""So many writings of this process from one look through the folder to the next."""
_DOWN_TO = 0.8
"""A folder that is too large is made this much smaller than its bound, so that not every writing has to make room."""
_TOUCHED_EVERY = 3600.0  # seconds: how exactly it is known when a file was asked for last

_writings = 0
_looking = threading.Lock()


def kept(secret: bytes, name: str, make: Callable[[], bytes]) -> bytes:
    """What `make` makes, or made before under the same `secret` and `name`.

    `secret` is whatever the file shows that is not public for ever, at least 16 bytes nobody can guess: who has it could make the file.
    `name` holds everything else that the file depends on.
    """
    most = settings.TESTAMUR_MADE_FILES_MEBIBYTES * 1024 * 1024
    if most <= 0:
        return make()
    place = _folder(secret) / _derived(secret, "place", name).hex()[:32]
    seal, bound = AESGCM(_derived(secret, "seal", name)), place.name.encode()
    try:
        sealed = place.read_bytes()
        content = seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
    except FileNotFoundError:
        pass
    except (OSError, InvalidTag, ValueError) as error:
        logger.warning("a kept file cannot be read and is made again: %s", type(error).__name__)
        with contextlib.suppress(OSError):
            place.unlink(missing_ok=True)
    else:
        with contextlib.suppress(OSError):
            if time.time() - place.stat().st_mtime > _TOUCHED_EVERY:
                os.utime(place)
        return content
    content = make()
    if len(content) <= most // 10:
        nonce = secrets.token_bytes(_NONCE)
        _write(place, nonce + seal.encrypt(nonce, content, bound))
        _look_now_and_then(most)
    return content


def forget(secret: bytes) -> None:
    """Remove from this host all that was kept under `secret`."""
    shutil.rmtree(_folder(secret), ignore_errors=True)


def _folder(secret: bytes) -> Path:
    named = _derived(secret, "folder", "").hex()
    root: Path = settings.TESTAMUR_MADE_FILES
    return root / named[:2] / named[2:34]


def _derived(secret: bytes, use: str, name: str) -> bytes:
    return hmac.new(secret, f"testamur made file {use}\x00{name}".encode(), hashlib.sha256).digest()


def _write(place: Path, content: bytes) -> None:
    aside = place.with_name(f".{secrets.token_hex(8)}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        aside.replace(place)
    except OSError as error:
        logger.warning("a made file cannot be kept: %s", type(error).__name__)
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _look_now_and_then(most: int) -> None:
    global _writings
    _writings += 1
    if _writings % _LOOK_EVERY == 1 and _looking.acquire(blocking=False):
        try:
            make_room(most)
        except OSError as error:
            logger.warning("the folder of made files cannot be looked through: %s", type(error).__name__)
        finally:
            _looking.release()


def make_room(most: int) -> int:
    """Remove what was not asked for in a week, and, where more than `most` bytes are left, the least recent; how many files went."""
    root: Path = settings.TESTAMUR_MADE_FILES
    found: list[tuple[float, int, str]] = []
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - a million of them, perhaps
            with contextlib.suppress(OSError):
                about = os.stat(path)  # noqa: PTH116
                found.append((about.st_mtime, about.st_size, path))
    found.sort()
    size = sum(one[1] for one in found)
    goal, oldest = int(most * _DOWN_TO) if size > most else most, time.time() - UNUSED.total_seconds()
    gone = 0
    for used, length, path in found:
        if used >= oldest and size <= goal:
            break
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108
            gone += 1
        size -= length
        with contextlib.suppress(OSError):
            os.rmdir(os.path.dirname(path))  # noqa: PTH106, PTH120 - only where nothing is left in it
    return gone
