"""The command: where it listens, what it prints, and how it ends."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys

import pytest
from tests.conformance.client import Client

from testamur.cli.common import UsageError
from testamur.cli.vc_api import run
from testamur.cli.vc_api.command import address_of

PROGRAM = (
    "import argparse, sys; from testamur.cli.vc_api import run; sys.exit(run(argparse.Namespace(listen=sys.argv[1])))"
)


@pytest.mark.parametrize(
    "listen",
    ["0.0.0.0:8080", "[::]:8080", "192.168.1.5:8080", "example.com:8080", "127.0.0.1", "127.0.0.1:port", ":8080", "", "a@127.0.0.1:8080",
     "127.0.0.1:99999", "127.0.0.1:8080/path"],
)  # fmt: skip
def test_it_listens_on_loopback_or_not_at_all(listen: str) -> None:
    with pytest.raises(UsageError) as refusal:
        address_of(listen)
    assert "127.0.0.1:" in str(refusal.value)


@pytest.mark.parametrize(
    ("listen", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:80", ("localhost", 80)),
        ("127.1.2.3:1", ("127.1.2.3", 1)),
    ],
)
def test_every_spelling_of_loopback_is_one(listen: str, address: tuple[str, int]) -> None:
    assert address_of(listen) == address


def test_a_port_in_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UsageError) as refusal:
        run(argparse.Namespace(listen=f"127.0.0.1:{taken.getsockname()[1]}"))
    assert "cannot be listened on" in str(refusal.value)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        origin = re.fullmatch(r"vc api: (http://127\.0\.0\.1:\d+)\n", first)
        assert origin is not None
        client = Client(origin[1])
        told = dict(re.findall(r"issuer (\S+): (\S+)\n", "".join(process.stdout.readline() for _ in client.issuers)))
        assert told == client.issuers
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, errors) == (0, "")
