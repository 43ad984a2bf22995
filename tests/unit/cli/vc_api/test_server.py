"""The HTTP side: everything that a caller may do wrong has an answer in JSON, and nothing that it sends is a server error."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance import forge
from tests.conformance.client import Client

from testamur.cli.vc_api.server import Server, is_loopback, is_loopback_host
from testamur.cli.vc_api.service import MAX_BODY, Service


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server("127.0.0.1", 0)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield running
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(server.origin)


def raw(server: Server, *pieces: bytes) -> tuple[int, dict[str, Any]]:
    """What comes back for these bytes: the status and the JSON of the first answer."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def request(*lines: str, body: bytes = b"", host: str = "127.0.0.1") -> bytes:
    return "\r\n".join([lines[0], f"Host: {host}", *lines[1:], "", ""]).encode() + body


VERIFY = "POST /verifiers/credentials/verify HTTP/1.1"
JSON = "Content-Type: application/json"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (request("GET /issuers HTTP/1.1"), 200),
        (request("GET /issuers/ HTTP/1.1"), 200),
        (request("GET /issuers?x=1 HTTP/1.1"), 200),
        (request("GET /issuers HTTP/1.1", host="localhost:1234"), 200),
        (request("GET /issuers HTTP/1.1", host="[::1]:80"), 200),
        (request("GET /issuers HTTP/1.1", host="rebound.example"), 421),
        (request("GET /issuers HTTP/1.1", host="127.0.0.1.rebound.example"), 421),
        (request("GET /issuers HTTP/1.1", host=""), 421),
        (request("GET /issuers HTTP/1.1", host="[::1"), 421),
        (b"GET /issuers HTTP/1.1\r\n\r\n", 421),
        (request("GET / HTTP/1.1"), 404),
        (request("GET /issuers/nobody/credentials/issue HTTP/1.1"), 404),
        (request("GET /status-lists/none HTTP/1.1"), 404),
        (request("GET /../../etc/passwd HTTP/1.1"), 404),
        (request("POST /issuers HTTP/1.1", "Content-Length: 2", JSON, body=b"{}"), 405),
        (request("GET /verifiers/credentials/verify HTTP/1.1"), 405),
        (request("DELETE /issuers HTTP/1.1"), 405),
        (request("OPTIONS /issuers HTTP/1.1"), 405),
        (request("BREW /issuers HTTP/1.1"), 501),
        (request("GET /issuers HTTP/9.9"), 505),
        (b"nonsense\r\n\r\n", 400),
        (request(VERIFY, JSON), 411),
        (request(VERIFY, JSON, "Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 411),
        (request(VERIFY, JSON, "Content-Length: -1"), 400),
        (request(VERIFY, JSON, "Content-Length: ²"), 400),
        (request(VERIFY, JSON, f"Content-Length: {MAX_BODY + 1}"), 413),
        (request(VERIFY, JSON, "Content-Length: " + "9" * 400), 413),
        (request(VERIFY, "Content-Type: text/plain", "Content-Length: 2", body=b"{}"), 415),
        (request(VERIFY, "Content-Type: application/ld+json; charset=utf-8", "Content-Length: 2", body=b"{}"), 400),
        (request(VERIFY, JSON, "Content-Length: 0"), 400),
        (request(VERIFY, JSON, "Content-Length: 5", body=b"\xff{}{}"), 400),
        (request(VERIFY, JSON, "Content-Length: 14", body=b'{"a":1,"a":2} '), 400),
        (request(VERIFY, JSON, "Content-Length: 200", body=b"[" * 200), 400),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (request("GET /issuers HTTP/1.1", *[f"X-{n}: 1" for n in range(200)]), 431),
    ],
)
def test_every_request_has_an_answer_in_json(server: Server, sent: bytes, status: int) -> None:
    found, body = raw(server, sent)
    assert found == status
    assert isinstance(body, dict)
    if status != 200:
        assert body["status"] == status
        assert body["title"]


def test_who_sends_too_much_reads_why_it_is_refused(server: Server) -> None:
    """Cut off while sending, they would see a broken connection and no answer."""
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        connection.sendall(request(VERIFY, JSON, f"Content-Length: {4 * MAX_BODY}"))
        for _ in range(4):
            connection.sendall(bytes(MAX_BODY))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_a_method_that_does_not_fit_is_told_which_does(client: Client, server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        connection.sendall(request("GET /holders/credentials/derive HTTP/1.0"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert b"\r\nAllow: POST\r\n" in answer
    assert client.get("/holders/credentials/derive").codes == ["vc_api.method_wrong"]


def test_one_connection_carries_several_requests(server: Server) -> None:
    one = request("GET /issuers HTTP/1.1")
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=30) as connection:
        connection.sendall(one + one + request("HEAD /issuers HTTP/1.1", "Connection: close"))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.count(b"HTTP/1.1 200 OK") == 3
    assert answer.count(b"eddsa-rdfc-2022") == 2  # the last asked for the head alone


def test_who_stops_in_the_middle_holds_up_nobody(server: Server, client: Client) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.server_port), timeout=30) for _ in range(5)]
    try:
        for connection in slow:
            connection.sendall(request(VERIFY, JSON, "Content-Length: 1000", body=b"{"))
        assert client.get("/issuers").status == 200
    finally:
        for connection in slow:
            connection.close()
    assert client.get("/issuers").status == 200


def test_many_at_once(client: Client) -> None:
    found: list[int] = []

    def work() -> None:
        made = client.issued("eddsa-rdfc-2022", forge.credential())
        found.append(client.verify(made).status)

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 12


def test_stopping_waits_for_nobody_who_only_keeps_a_connection_open() -> None:
    running = Server("localhost", 0)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    with socket.create_connection(("127.0.0.1", running.server_port), timeout=30) as connection:
        connection.sendall(request("GET /issuers HTTP/1.1"))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200 OK")
        running.shutdown()
        thread.join()
        running.server_close()
        while rest := connection.recv(65_536):
            assert b"HTTP/1.1" not in rest  # nothing more is answered; the connection ends


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "LOCALHOST"])
def test_loopback(name: str) -> None:
    assert is_loopback(name)
    assert is_loopback_host(f"[{name}]:80" if ":" in name else f"{name}:80")


@pytest.mark.parametrize(
    "name", ["", "0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example", "0x7f.1", "2130706433"]
)
def test_everything_else_is_not(name: str) -> None:
    assert not is_loopback(name)


# -- whatever is sent

SERVICE = Service("http://127.0.0.1:1")
_KEYS = st.sampled_from(
    ["@context", "id", "type", "issuer", "credentialSubject", "proof", "holder", "verifiableCredential", "credentialStatus", "validFrom",
     "relatedResource", "digestSRI", "name", "@value", "proofValue", "cryptosuite", "created", "verificationMethod", "previousProof",
     "statusListCredential", "options", "checks", "domain", "challenge", "mandatoryPointers", "x", "@graph", "@index", "@nest"]
)  # fmt: skip
_TEXTS = st.sampled_from([*forge.KEYS, forge.V1, forge.V2, "", "VerifiableCredential", "EnvelopedVerifiableCredential", "did:key:z6Mk",
                          "data:application/vc+jwt,e30.e30.", "data:application/vc+cose;base64,0oRD", "urn:a", "\x00", "a.b.c", "e30~e30~",
                          forge.method_of("P-256"), "DataIntegrityProof", "ecdsa-sd-2023", "u2V0A", "2023-01-01T00:00:00Z"])  # fmt: skip
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1, 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=12,
)
_PLACES = st.sampled_from(
    [
        ("/verifiers/credentials/verify", "verifiableCredential"),
        ("/verifiers/presentations/verify", "verifiablePresentation"),
        ("/holders/credentials/derive", "verifiableCredential"),
        *((f"/issuers/{name}/credentials/issue", "credential") for name in SERVICE.issuers),
    ]
)
GOOD = forge.secured(forge.credential(), "eddsa-rdfc-2022", "Ed25519")


@given(place=_PLACES, changes=st.dictionaries(_KEYS, _VALUES, max_size=3), options=_VALUES)
def test_nothing_that_is_sent_is_a_server_error(place: tuple[str, str], changes: dict[str, Any], options: Any) -> None:
    path, member = place
    body = {member: {**GOOD, **changes}, "options": options}
    answer = SERVICE.answer("POST", path, json.dumps(body).encode())
    assert answer.status in (200, 201, 400)
    json.dumps(answer.body)


@given(value=_VALUES, place=_PLACES)
def test_nor_anything_that_is_no_document(value: Any, place: tuple[str, str]) -> None:
    path, member = place
    for body in (value, {member: value}):
        assert SERVICE.answer("POST", path, json.dumps(body).encode()).status == 400
