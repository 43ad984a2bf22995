"""`testamur vc-api`: the command."""

from __future__ import annotations

import argparse
import sys
from urllib.parse import urlsplit

from testamur.cli.common import ExitStatus, Formatter, UsageError, stop_when_told
from testamur.cli.vc_api.server import Server, is_loopback

_DESCRIPTION = """\
Serve the W3C VC API on this machine, with keys that are made now and are gone when the service stops: for
conformance tests, and for trying out other people's wallets and verifiers. There is no authentication, and
so it listens on a loopback address only.

  GET  /issuers                                 the issuers: suite → DID
  POST /issuers/{suite}/credentials/issue
  POST /issuers/{suite}/credentials/status      revoke what was issued with a status entry
  POST /verifiers/credentials/verify
  POST /verifiers/presentations/verify
  POST /holders/credentials/derive              show a part (selective disclosure)

Nothing is fetched: keys are did:key or did:jwk, contexts are the pinned ones or written out in the document.
It ends with Ctrl-C.
"""

_EXAMPLE = """\
example:
  testamur vc-api --listen 127.0.0.1:8080
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "vc-api",
        help="serve the W3C VC API on this machine, for conformance tests",
        description=_DESCRIPTION,
        epilog=_EXAMPLE,
        formatter_class=Formatter,
    )
    parser.add_argument(
        "--listen",
        default="127.0.0.1:8080",
        metavar="ADDRESS:PORT",
        help="a loopback address (127.0.0.1, [::1], localhost) and a port; port 0 takes any free one",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until the process is told to stop (SIGINT, SIGTERM)."""
    host, port = address_of(arguments.listen)
    try:
        server = Server(host, port)
    except OSError as error:
        raise UsageError(f"{arguments.listen} cannot be listened on: {error.strerror}") from None
    stop_when_told(server)
    print(f"vc api: {server.origin}")
    for name, issuer in server.service.issuers.items():
        print(f"issuer {name}: {issuer.did}")
    sys.stdout.flush()
    try:
        server.serve_forever(poll_interval=0.2)
    finally:
        server.server_close()
    return ExitStatus.DONE


def address_of(text: str) -> tuple[str, int]:
    """Host and port of `--listen`. Raises UsageError for another than a loopback address."""
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or parts.netloc != text or "@" in text:
        raise UsageError(f"{text} is not an address and a port, such as 127.0.0.1:8080")
    if not is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines. This service has no authentication; "
            f"let it listen on 127.0.0.1:{port} and forward what must come from outside"
        )
    return host, port
