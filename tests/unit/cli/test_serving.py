"""The server that the witness and the VC API are made of: bounded, quiet, and stopped without cutting off who is served."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler
from urllib.request import urlopen

import pytest

from testamur.cli import serving
from testamur.cli.serving import BoundedConnection, BoundedServer


class _Handler(BoundedConnection, BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.set()
        self.server.go_on.wait(20)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")


class _Server(BoundedServer):
    def __init__(self, host: str = "127.0.0.1") -> None:
        self.asked, self.go_on = threading.Event(), threading.Event()
        super().__init__(host, 0, _Handler)


@pytest.fixture
def server() -> Iterator[_Server]:
    made = _Server()
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.go_on.set()
    made.shutdown()
    made.server_close()
    thread.join()


def get(server: _Server) -> bytes:
    with urlopen(f"http://127.0.0.1:{server.server_port}/", timeout=20) as answer:
        return bytes(answer.read())


def received(caller: socket.socket) -> bytes:
    """The whole answer: its head and its two letters may come one after the other."""
    found = b""
    while not found.endswith(b"ok") and (part := caller.recv(1000)):
        found += part
    return found


def test_it_answers_and_says_nothing_about_it(server: _Server, capfd: pytest.CaptureFixture[str]) -> None:
    server.go_on.set()
    assert get(server) == b"ok"
    assert capfd.readouterr() == ("", "")


def test_whoever_is_served_is_served_to_the_end(server: _Server) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.server_port), timeout=20)) as caller:
        caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert server.asked.wait(20)
        closer = threading.Thread(target=lambda: (server.shutdown(), server.server_close()))
        closer.start()
        server.go_on.set()
        assert received(caller).endswith(b"ok")
        closer.join(20)
        assert not closer.is_alive()


def test_a_connection_that_only_waits_does_not_hold_it_up(server: _Server) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.server_port), timeout=20)):
        server.go_on.set()
        assert get(server) == b"ok"
        closer = threading.Thread(target=lambda: (server.shutdown(), server.server_close()))
        closer.start()
        closer.join(serving.SILENCE)
        assert not closer.is_alive()


def test_too_many_at_once_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MAX_CONNECTIONS", 1)
    monkeypatch.setattr(serving, "SILENCE", 0.05)
    server = _Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with closing(socket.create_connection(("127.0.0.1", server.server_port), timeout=20)) as first:
            first.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert server.asked.wait(20)
            with closing(socket.create_connection(("127.0.0.1", server.server_port), timeout=20)) as second:
                assert second.recv(10) == b"", "closed without an answer"
            server.go_on.set()
            assert received(first).endswith(b"ok")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_caller_who_goes_away_is_no_news(server: _Server, capfd: pytest.CaptureFixture[str]) -> None:
    with closing(socket.create_connection(("127.0.0.1", server.server_port), timeout=20)) as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")  # reset at close
        caller.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert server.asked.wait(20)
    server.go_on.set()
    assert get(server) == b"ok"
    assert capfd.readouterr().err == ""


def test_where_it_cannot_listen_it_says_so(server: _Server) -> None:
    with pytest.raises(OSError, match="in use"):
        BoundedServer("127.0.0.1", server.server_port, _Handler)
