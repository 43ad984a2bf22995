"""A mail server in a process of its own that takes everything, and notes what it took: to whom, and the subject."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import socket
from collections import Counter
from pathlib import Path

from .ending import end_with


class MailServer:
    """On a free port of the loopback interface. `taken` counts mails by "recipient subject"."""

    def __init__(self, notes: Path) -> None:
        self._notes = notes
        listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = listening.getsockname()[1]
        us = os.getpid()
        self._pid = os.fork()
        if not self._pid:
            try:
                end_with(us)
                _let_go_of_everything_but(listening.fileno())
                _serve(listening, notes, os.getppid())
            finally:
                os._exit(0)
        listening.close()

    def taken(self) -> Counter[str]:
        if not self._notes.exists():
            return Counter()
        return Counter(self._notes.read_text("utf-8").splitlines())

    def remember(self, taken: Counter[str]) -> None:
        """Let it have taken these and no others."""
        self._notes.write_text("".join(f"{one}\n" for one in taken.elements()), "utf-8")

    def stop(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    @property
    def settings(self) -> dict[str, object]:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": "",
            "EMAIL_HOST_PASSWORD": "",
            "EMAIL_USE_TLS": False,
            "EMAIL_USE_SSL": False,
            "TESTAMUR_MAIL_SERVER": True,
        }


def _let_go_of_everything_but(kept: int) -> None:
    """What the parent had open, a lock or the end of a pipe among them, must not stay open because of us."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for each in (0, 1, 2):
        os.dup2(nowhere, each)
    os.closerange(3, kept)
    os.closerange(kept + 1, 4096)


def _serve(listening: socket.socket, notes: Path, parent: int) -> None:
    """One after the other: whoever sends is one worker, or waits. Ends with whoever wanted it."""
    listening.settimeout(2)
    while os.getppid() == parent:
        try:
            connection, _ = listening.accept()
        except TimeoutError:
            continue
        try:
            with connection:
                connection.settimeout(5)
                _talk(connection, notes)
        except OSError:
            continue  # who spoke with us was killed


def _talk(connection: socket.socket, notes: Path) -> None:
    with connection.makefile("rwb", buffering=0) as line:
        line.write(b"220 here\r\n")
        while said := line.readline():
            word = said[:4].upper()
            if word == b"DATA":
                line.write(b"354 go on\r\n")
                content = b""
                while not content.endswith(b"\r\n.\r\n") and content != b".\r\n":
                    if not (more := line.readline()):
                        return
                    content += more
                mail = email.message_from_bytes(content, policy=email.policy.default)
                with notes.open("a", encoding="utf-8") as file:
                    file.write(" ".join(f"{mail['To']} {mail['Subject']}".split()) + "\n")
                line.write(b"250 taken\r\n")
            elif word == b"QUIT":
                line.write(b"221 bye\r\n")
                return
            else:
                line.write(b"250 yes\r\n")
