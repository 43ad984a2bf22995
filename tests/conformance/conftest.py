"""A real service on a free port of loopback for all tests of this folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.conformance.client import Client

from testamur.cli.vc_api.server import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server("127.0.0.1", 0)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture(scope="session")
def client(server: Server) -> Client:
    return Client(server.origin)
