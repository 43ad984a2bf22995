"""The signing process: `testamur site sign`.

Runs apart from web server and worker, best as a user of its own, and is the only one that can read the key-encryption key and the PIN of
the device. It listens on a Unix socket (mode 0600; with TESTAMUR_SIGNING_GROUP 0660 for that group) and answers a few connections at a
time; each has a time limit, so nobody can keep the others waiting for long.

SIGTERM ends it between two requests. Killed in the middle of one, it has handed out nothing that is not on record.
"""

from __future__ import annotations

import contextlib
import fcntl
import grp
import logging
import os
import signal
import socket
import stat
import struct
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import close_old_connections, connections

from .client import receive
from .desk import Desk
from .record import Record, RecordBroken
from .requests import MAX_MESSAGE

AT_ONCE = 4
MESSAGE_SECONDS = 10.0
_BACKLOG = 64

logger = logging.getLogger(__name__)


def serve() -> int:
    """Serve until asked to stop. 0 stopped as asked, 1 something is missing."""
    path = settings.TESTAMUR_SIGNING_SOCKET
    if path is None:
        print("Set TESTAMUR_SIGNING_SOCKET to the path of the socket, here and for the platform.", file=sys.stderr)
        return 1
    try:
        with _alone(path), _listening(path) as listener:
            _serve(listener, path)
    except (RecordBroken, OSError) as error:
        print(f"The signing process did not start: {error}", file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One signing process for a socket: two would keep two records. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise OSError(f"another one is running already at {path}") from None
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _listening(path: Path) -> Iterator[socket.socket]:
    group = _group(settings.TESTAMUR_SIGNING_GROUP)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()  # of a process that was killed: nobody else holds the lock
        listener.bind(str(path))
        path.chmod(0o600)
        if group is not None:
            os.chown(path, -1, group)
            path.chmod(0o660)
        listener.listen(_BACKLOG)
        yield listener
    finally:
        listener.close()
        path.unlink(missing_ok=True)


def _group(name: str) -> int | None:
    """The number of the group of TESTAMUR_SIGNING_GROUP. Raises OSError."""
    if not name:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise OSError(f"there is no group {name} (TESTAMUR_SIGNING_GROUP)") from None


def _serve(listener: socket.socket, path: Path) -> None:
    desk = Desk(Record(settings.TESTAMUR_SIGNING_RECORD))
    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    listener.settimeout(0.5)
    threads = [threading.Thread(target=_answer_all, args=(listener, desk, stopping)) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    print(f"signing: {path}", flush=True)
    for thread in threads:
        thread.join()


def _answer_all(listener: socket.socket, desk: Desk, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            connection, _ = listener.accept()
        except TimeoutError:
            continue
        except OSError:
            break
        with connection:
            try:
                close_old_connections()
                _answer_one(connection, desk)
            except OSError as error:
                logger.warning("a request was not answered: %s", type(error).__name__)
            except Exception:
                # A fault of the program: this request stays without an answer, the next one is not hindered.
                logger.exception("a request could not be answered")
    connections.close_all()


def _answer_one(connection: socket.socket, desk: Desk) -> None:
    answer = desk.answer(receive(connection, MAX_MESSAGE, MESSAGE_SECONDS))
    connection.settimeout(MESSAGE_SECONDS)
    connection.sendall(struct.pack(">I", len(answer)) + answer)
