"""A log with a checkpoint, and the three kinds of end point as real as they can be here: a node, an authority that
stamps with OpenSSL, and a calendar that attests with the published library of OpenTimestamps."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256
from opentimestamps.core.serialize import BytesSerializationContext
from opentimestamps.core.timestamp import Timestamp
from tests.chains import deployed, running_node
from tests.standing import aside, standing
from tests.unit.log.anchors.test_time_stamping import authority, openssl

from testamur.fetch.evm import Node
from testamur_site.foundation.tenancy.api import Institution
from testamur_site.log import services as log
from testamur_site.log.api import Kind, Record, record

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
Answers = Callable[[str, str, bytes], tuple[int, bytes]]


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """A server that answers with what `answers(method, path, body)` says; its origin."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, content = answers(self.command, self.path, body)
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815 - the names of http.server

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
@aside
def log_folder(settings: Any, tmp_path: Path) -> None:
    settings.TESTAMUR_LOG_FOLDER = tmp_path / "log"


@pytest.fixture
@standing
def checkpoint(institution: Institution) -> bytes:
    """The digest of the log's first checkpoint."""
    record([Record(Kind.ISSUE, "urn:uuid:1", b"{}", "award:1", "award:1")], institution)
    log.sequence(NOW)
    text = (log.folder_of(log.shard_of(2026)).read("checkpoint") or b"").partition(b"\n\n")[0] + b"\n"
    return hashlib.sha256(text).digest()


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str]]:
    with running_node(tmp_path_factory.mktemp("anvil")) as found:
        yield found


@pytest.fixture(scope="session")
def contract(node: tuple[Node, str]) -> bytes:
    return deployed(node[0])


@pytest.fixture(scope="session")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An authority's address, and its root certificate."""
    folder = tmp_path_factory.mktemp("authority")
    authority(folder)

    def answer(_method: str, _path: str, body: bytes) -> tuple[int, bytes]:
        (folder / "query").write_bytes(body)
        reply = ("-queryfile", "query", "-out", "reply")
        openssl(folder, "ts", "-reply", "-config", "ts.cnf", "-section", "default", *reply)
        return 200, (folder / "reply").read_bytes()

    with serving(answer) as origin:
        yield origin, folder / "root.pem"


class Calendar:
    """Promises; and keeps its promises when a block is mined (`mine`). The explorer answers at the same origin."""

    HEIGHT, TIME = 900_000, 1_795_651_200

    def __init__(self) -> None:
        self.promised: dict[bytes, Timestamp] = {}
        self.header = b""
        self.asked: list[str] = []
        self.origin = ""

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        self.asked.append(f"{method} {path}")
        if path == "/digest":
            timestamp = Timestamp(body)
            end = timestamp.ops.add(OpAppend(b"calendar's nonce")).ops.add(OpSHA256())
            end.attestations.add(PendingAttestation("https://elsewhere.example"))
            self.promised[end.msg] = end
            return 200, _bytes(timestamp)
        if path.startswith("/timestamp/"):
            end = self.promised.get(bytes.fromhex(path.rpartition("/")[2]))
            return (200, _bytes(self._kept(end))) if end is not None and self.header else (404, b"")
        if path == f"/block-height/{self.HEIGHT}":
            return 200, self.block.hex().encode()
        if path == f"/block/{self.block.hex()}/header":
            return 200, self.header.hex().encode()
        return 404, b""

    @property
    def block(self) -> bytes:
        return hashlib.sha256(hashlib.sha256(self.header).digest()).digest()[::-1]

    def _kept(self, promise: Timestamp) -> Timestamp:
        answer = Timestamp(promise.msg)
        merkle = answer.ops.add(OpPrepend(b"left")).ops.add(OpSHA256())
        merkle.attestations.add(BitcoinBlockHeaderAttestation(self.HEIGHT))
        return answer

    def mine(self) -> None:
        """A block whose Merkle root is what the newest promise leads to."""
        promise = list(self.promised)[-1]
        root = hashlib.sha256(b"left" + promise).digest()
        self.header = bytes(36) + root + self.TIME.to_bytes(4, "little") + bytes(8)


def _bytes(timestamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    timestamp.serialize(context)
    return bytes(context.getbytes())


@pytest.fixture
def calendar() -> Iterator[Calendar]:
    made = Calendar()
    with serving(made.answer) as origin:
        made.origin = origin
        yield made


@pytest.fixture
def configured(settings: Any, tmp_path: Path) -> Callable[[str, list[str]], Path]:
    """Write the file of TESTAMUR_ANCHORING, and let its origins be asked."""

    def write(text: str, origins: list[str]) -> Path:
        path = tmp_path / "anchoring.toml"
        path.write_text(text)
        settings.TESTAMUR_ANCHORING = path
        settings.TESTAMUR_ALLOWED_ORIGINS = origins
        return path

    return write
