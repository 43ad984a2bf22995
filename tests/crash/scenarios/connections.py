"""A database that is gone in the middle: the server ends the connection, or it is cut between a message and its answer. PostgreSQL only."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from .. import moments
from ..ending import end_with
from ..stage import work
from .bench import Bench, Result, Timed, share

NAMES = ("first", "grown")


def terminated(bench: Bench, points: int, names: tuple[str, ...] = NAMES) -> Result:
    """pg_terminate_backend at a moment of the worker, which lives on."""
    with Timed(Result("connection terminated by the server")) as result:
        for name, wanted in share(points, names).items():
            for number in bench.chosen(bench.moments_of(name), wanted):
                what = bench.begin(name)
                child = bench.stage.run(moments.at_moment(number, _terminate, what))
                result.hit(f"{name} at moment {number}")
                bench.judge(result, f"{name} at moment {number}", child)
    return result


def _terminate() -> None:
    """Ends the connection of this process, from another one."""
    import psycopg

    known = connection.settings_dict
    address = f"host={known['HOST']} port={known['PORT'] or 5432} user={known['USER']} dbname=template1"
    if connection.connection is None:
        return
    pid = connection.connection.info.backend_pid
    with psycopg.connect(address, password=known["PASSWORD"] or None, autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(%s, 1000)", [pid])


def cut(bench: Bench, points: int, names: tuple[str, ...] = NAMES) -> Result:
    """A proxy between worker and server, which at one message closes both sides: half of the times before the message has reached the
    server, half of them after the server has answered and before the worker has the answer: a commit of which the worker never hears."""
    with Timed(Result("connection reset before a message or its answer")) as result:
        for name, wanted in share(points, names).items():
            bench.begin(name)
            proxy = Proxy(bench.stage.folder, None)
            child = bench.stage.run(proxy.through(work))
            total = proxy.close()
            if child.fault:
                raise RuntimeError(child.fault)
            for turn, number in enumerate(bench.chosen(total, wanted)):
                what = bench.begin(name)
                answered = bool(turn % 2)
                proxy = Proxy(bench.stage.folder, number, answered=answered)
                child = bench.stage.run(proxy.through(what))
                where = f"{name} at message {number}, {'after' if answered else 'before'} the answer"
                result.hit(where, proxy.close() >= number)
                bench.judge(result, where, child)
    return result


class Proxy:
    """In a process of its own, on a port of the loopback interface. Counts the messages from the worker, in pieces as they arrive, over all
    connections. What it cuts it resets: the worker gets no end of a stream, but ECONNRESET."""

    def __init__(self, folder: Path, cut_at: int | None, *, answered: bool = False) -> None:
        self._count = folder / "messages"
        listening = socket.create_server(("127.0.0.1", 0), backlog=16)
        self._port: int = listening.getsockname()[1]
        known = connection.settings_dict
        target = f"{known['HOST']}/.s.PGSQL.{known['PORT'] or 5432}"
        us = os.getpid()
        self._pid = os.fork()
        if not self._pid:
            try:
                end_with(us)
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                _forward(listening, target, cut_at, answered, self._count)
            finally:
                os._exit(0)
        listening.close()

    def through(self, what: Callable[[], None]) -> Callable[[], None]:
        """`what`, connected through this proxy."""

        def connected() -> None:
            connection.settings_dict["HOST"] = "127.0.0.1"
            connection.settings_dict["PORT"] = str(self._port)
            what()

        return connected

    def close(self) -> int:
        """How many messages there were."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        return int(self._count.read_text() or 0)


def _forward(listening: socket.socket, target: str, cut_at: int | None, answered: bool, count: Path) -> None:
    choose = selectors.DefaultSelector()
    choose.register(listening, selectors.EVENT_READ)
    others: dict[socket.socket, socket.socket] = {}
    clients: set[socket.socket] = set()
    messages, silent = 0, None

    def close(one: socket.socket) -> None:
        for each in (one, others.pop(one, None)):
            if each is not None:
                others.pop(each, None)
                clients.discard(each)
                choose.unregister(each)
                if each.family == socket.AF_INET:
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                each.close()

    while True:
        for key, _ in choose.select():
            ready = key.fileobj
            assert isinstance(ready, socket.socket)
            if ready is listening:
                client, server = listening.accept()[0], socket.socket(socket.AF_UNIX)
                server.connect(target)
                others |= {client: server, server: client}
                clients.add(client)
                choose.register(client, selectors.EVENT_READ)
                choose.register(server, selectors.EVENT_READ)
                continue
            if ready not in others:
                continue  # closed in this very round
            try:
                content = ready.recv(1 << 16)
            except OSError:
                content = b""
            if not content:
                close(ready)
                continue
            if ready in clients:
                messages += 1
                count.write_text(str(messages))
                if messages == cut_at and not answered:
                    close(ready)
                    continue
                silent = others[ready] if messages == cut_at else silent
            elif ready is silent:
                close(ready)  # the server has done it, and nobody hears of it
                silent = None
                continue
            try:
                others[ready].sendall(content)
            except OSError:
                close(ready)
