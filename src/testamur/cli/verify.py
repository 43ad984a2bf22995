"""`testamur verify`: the report about one or several documents."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

from testamur import strict_json
from testamur.cli.common import (
    ExitStatus,
    Formatter,
    UsageError,
    add_language,
    is_address,
    origin_of,
    read_bytes,
    worst,
)
from testamur.errors import InputError, NotAllowed, ResolutionError, TestamurError
from testamur.fetch import BundleResolver, HttpResolver
from testamur.formats import archive
from testamur.formats.elm import SealAuthorities
from testamur.ports import Resolver
from testamur.proofs.did import did_web_url
from testamur.verification import Policy, Report, SystemClock, TrustRegistry, Verdict, Verifier, read_register
from testamur.verification.codes import found
from testamur.verification.obtain import obtain
from testamur.verification.presenters import to_json, to_text

_DESCRIPTION = """\
Examine credentials and answer six questions about each: is it genuine, still valid, from whom it says,
may they award it, is it about this person, and what did it take.

A document is a file (JSON, signed token, PNG, SVG or PDF with a credential inside), a web address, or - for
standard input; a file whose name ends with .jsonl holds one in each line, one that ends with .zip many files.
Keys and status lists are fetched over https, or taken from an offline bundle.

exit status:
  0  all are valid
  1  at least one is invalid
  3  none is invalid, but at least one could not be determined
  2  wrong usage
"""

_EXAMPLES = """\
examples:
  testamur verify badge.png
  testamur verify badge.json --recipient mina@example.edu
  testamur verify https://university.example/c/abc --language ko
  testamur verify issued/*.json --offline kit.zip --json
"""

LINES = ".jsonl"
ARCHIVE = ".zip"
MAX_LINES_FILE = 500_000_000  # bytes

_LOOPBACK = ("localhost", "127.0.0.1", "::1")

STATUS = {
    Verdict.VALID: ExitStatus.DONE,
    Verdict.INVALID: ExitStatus.FAILED,
    Verdict.UNDETERMINED: ExitStatus.UNDETERMINED,
}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "verify",
        help="examine credentials and say what holds",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=Formatter,
    )
    parser.add_argument("documents", nargs="+", metavar="FILE|URL|-", help="what to verify")
    parser.add_argument(
        "--offline", metavar="BUNDLE", help="ask nobody; take keys and lists from this bundle (see: testamur bundle)"
    )
    parser.add_argument(
        "--profile",
        choices=("badge", "proof"),
        default="badge",
        help="badge (default) asks all six questions, proof only whether the signature is true",
    )
    parser.add_argument(
        "--recipient",
        metavar="ID",
        help="identifier of the person it should be about: e-mail address, DID, student number …",
    )
    parser.add_argument(
        "--trust",
        metavar="FILE",
        action="append",
        default=[],
        help="a register of institutions that you rely on (JSON, or entity statements); may be given several times",
    )
    parser.add_argument(
        "--seal-authorities",
        metavar="FILE",
        help="certificates (PEM) of the authorities that you rely on for seals of European credentials",
    )
    add_network(parser)
    parser.add_argument("--json", action="store_true", help="one report a line, as JSON")
    add_language(parser)
    parser.set_defaults(run=run)


def add_network(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-origin",
        metavar="ORIGIN",
        action="append",
        default=[],
        help="also ask this origin although it is not public or not https, e.g. http://localhost:8000; "
        "the origin of an address typed as a document is allowed by itself",
    )


def run(arguments: argparse.Namespace) -> int:
    """Verify each document and print its report."""
    if arguments.documents.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    resolver = resolver_for(arguments)
    verifier = Verifier(resolver, _registry(arguments.trust, arguments.seal_authorities))
    if arguments.recipient is not None and not arguments.recipient.strip():
        raise UsageError("--recipient is empty: an empty identifier would compare nothing and refuse nobody")
    policy = Policy(profile=arguments.profile, recipient=arguments.recipient)
    statuses = []
    refused: set[str] = set()
    several = len(arguments.documents) > 1 or arguments.documents[0].endswith((LINES, ARCHIVE))
    for number, (name, content) in enumerate(documents(arguments.documents)):
        report = _report(name, content, verifier, resolver, policy)
        statuses.append(STATUS[report.verdict])
        if arguments.json:
            line = {"document": name, **to_json(report, arguments.language)}
            print(strict_json.dumps(line).decode())
        else:
            if several:
                print(("\n" if number else "") + f"== {name}")
            print(to_text(report, arguments.language), end="")
        sys.stdout.flush()
        refused |= _refused_loopback(report)
    for origin in sorted(refused):
        print(f"To ask this address of your own machine, add:  --allow-origin {origin}", file=sys.stderr)
    return worst(statuses)


def resolver_for(arguments: argparse.Namespace) -> Resolver:
    """The outside for this run: the bundle alone, or the network with the origins that the user named or typed."""
    if getattr(arguments, "offline", None):
        try:
            return BundleResolver(read_bytes(arguments.offline))
        except TestamurError as error:
            raise UsageError(f"{arguments.offline}: {error}") from None
    origins = [origin_of(origin) for origin in arguments.allow_origin]
    origins += [origin_of(name) for name in arguments.documents if is_address(name)]
    try:
        return HttpResolver(allowed_origins=origins)
    except NotAllowed as error:
        raise UsageError(str(error)) from None


def documents(names: list[str]) -> Iterator[tuple[str, bytes | None]]:
    """Each document that the user names, with its content where it is a file. A file of lines or an archive holds many."""
    for name in names:
        if is_address(name):
            yield name, None
        elif name.endswith(LINES):
            for number, line in enumerate(read_bytes(name, limit=MAX_LINES_FILE).split(b"\n"), 1):
                if line.strip():
                    yield f"{name}:{number}", line
        elif name.endswith(ARCHIVE):
            yield from _archived(name)
        else:
            yield name, read_bytes(name)


def _archived(name: str) -> Iterator[tuple[str, bytes]]:
    """The files in an archive. One that cannot be unpacked is examined as an empty document, and why is said beside it."""
    try:
        for entry in archive.entries(read_bytes(name, limit=archive.MAX_ARCHIVE)):
            if entry.error is not None:
                print(f"{name}:{entry.position} {entry.name}: {entry.error}", file=sys.stderr)
            yield f"{name}:{entry.position} {entry.name}", entry.content or b""
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None


def _report(name: str, content: bytes | None, verifier: Verifier, resolver: Resolver, policy: Policy) -> Report:
    if content is not None:
        return verifier.verify(content, policy)
    try:
        content = obtain(name, resolver)
    except ResolutionError as error:
        check = found("structure.not_obtained", address=name, reason=error.code)
        return Report(checks=(check,), verified_at=SystemClock().now())
    return verifier.verify(content, policy)


def _registry(files: list[str], authorities: str | None) -> TrustRegistry:
    registers = []
    for name in files:
        try:
            registers.append(read_register(read_bytes(name), name=name, relied_on=True))
        except TestamurError as error:
            raise UsageError(f"{name}: {error}") from None
    if authorities is None:
        return TrustRegistry(registers)
    try:
        return TrustRegistry(registers, seal_authorities=SealAuthorities.from_pem(read_bytes(authorities)))
    except TestamurError as error:
        raise UsageError(f"{authorities}: {error}") from None


def _refused_loopback(report: Report) -> set[str]:
    """The origins on this very machine that the safety rules kept us from asking: what a developer forgot to allow."""
    addresses = []
    for check in report.checks:
        facts = check.facts
        if check.code == "status.not_allowed":
            addresses.append(facts["list"])
        elif check.code == "proof.key_not_allowed":
            addresses.append(facts["method"])
        elif check.code == "issuer.not_asked":
            addresses.append(facts["issuer"])
        elif check.code == "structure.not_obtained":
            addresses.append(facts["address"])
    origins = set()
    for address in addresses:
        with contextlib.suppress(TestamurError, UsageError):
            origins.add(
                origin_of(did_web_url(address.partition("#")[0]) if address.startswith("did:web:") else address)
            )
    return {origin for origin in origins if urlsplit(origin).hostname in _LOOPBACK}
