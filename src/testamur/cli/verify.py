"""`testamur verify`: the report about one or several documents."""

from __future__ import annotations

import argparse
import contextlib
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from testamur.cli.common import (
    ExitStatus,
    Formatter,
    UsageError,
    add_language,
    is_address,
    origin_of,
    read_bytes,
    worst,
    write_atomically,
)
from testamur.cli.key.files import load_key
from testamur.cli.verifying import many, receipts, records
from testamur.cli.verifying.documents import name_several, with_bundles, with_content
from testamur.cli.verifying.pool import cores
from testamur.errors import NotAllowed, TestamurError
from testamur.fetch import BundleResolver, HttpResolver
from testamur.formats.elm import SealAuthorities
from testamur.ports import Resolver
from testamur.proofs.did import did_web_url
from testamur.verification import Policy, Report, SystemClock, TrustRegistry, Verdict, Verifier, read_register
from testamur.verification.moments import moment

_DESCRIPTION = """\
Examine credentials and answer six questions about each: is it genuine, still valid, from whom it says,
may they award it, is it about this person, and what did it take.

A document is a file (JSON, signed token, PNG, SVG or PDF with a credential inside), a web address, or - for
standard input. A folder or ZIP archive holds many; so do JSON Lines (.jsonl, one in each line) and tables (.csv, one
address in each row). Keys and status lists are fetched over https, or taken from an offline bundle. An offline
bundle with the credential in it, as holders download it, is a document too: it is examined with what it holds.

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
  testamur verify bundle.zip
  testamur verify old.json --offline kit.zip --as-of collected
  testamur verify badge.json --receipt receipt.json --key key.json
  testamur verify receipt.json --about badge.json
  testamur verify badge.png --log-policy policy.txt --require-level witnessed
"""

_COLLECTED = "collected"

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
    parser.add_argument(
        "--as-of",
        metavar="DATE",
        help="ask about an earlier moment: 2026-03-01, 2026-03-01T10:00:00Z, or “collected” for that of the bundle",
    )
    parser.add_argument(
        "--receipt", metavar="FILE", help="write a signed and dated receipt of this verification (with --key)"
    )
    parser.add_argument("--key", metavar="FILE", help="the key that signs the receipt (see: testamur key new)")
    parser.add_argument("--about", metavar="FILE", help="of a receipt: say whether it is about this very file")
    records.add_options(parser)
    add_network(parser)
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=int,
        default=cores(),
        help="processes for many documents (default: one for each processor)",
    )
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
    _refuse_contradictions(arguments)
    examine = Examiner(arguments)
    about = read_bytes(arguments.about) if arguments.about is not None else None
    several = name_several(arguments.documents)
    statuses: list[ExitStatus] = []
    refused: set[str] = set()
    for number, answer in enumerate(many.answers(arguments, examine, Examiner, with_bundles(arguments.documents))):
        if several and not arguments.json:
            print(("\n" if number else "") + f"== {answer.name}")
        print(answer.text, end="")
        statuses.append(STATUS[answer.verdict])
        if about is not None and answer.report is not None:
            statuses.append(_compared(answer.report, about, arguments.about))
        if arguments.receipt is not None and answer.report is not None and answer.content:
            content = receipts.made(answer.report, answer.content, examine.policy, arguments.key, arguments.language)
            write_atomically(Path(arguments.receipt), content)
        sys.stdout.flush()
        refused |= answer.refused
    if not statuses:  # an empty archive, say: nothing that was looked at is nothing that holds
        raise UsageError(f"there is no document in {', '.join(arguments.documents)}")
    for origin in sorted(refused):
        print(f"To ask this address of your own machine, add:  --allow-origin {origin}", file=sys.stderr)
    return worst(statuses)


class Examiner:
    """Examines one document after the other, as the command line says. Raises UsageError when it is made, for what cannot be asked."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._resolver = resolver_for(arguments)
        self._registry = _registry(arguments.trust, arguments.seal_authorities)
        self._log_proofs = records.proofs_of(arguments)
        self._outside: Resolver | None = None
        self._verifier: Verifier
        self.policy: Policy

    def __call__(self, given: many.Given) -> many.Answer:
        """The answer about one document; the report itself comes along where only one is examined."""
        name, item, bundle = given
        arguments = self._arguments
        self._ask(self._resolver if bundle is None or arguments.offline else bundle)
        if arguments.receipt is not None:
            item = with_content(item, self._resolver)
        report = self._verifier.verify_item(item, self.policy, log_proofs=self._log_proofs)
        text = many.written(name, report, arguments)
        alone = report if arguments.about is not None or arguments.receipt is not None else None
        return many.Answer(name, report.verdict, text, frozenset(_refused_loopback(report)), item.content, alone)

    def _ask(self, outside: Resolver) -> None:
        if outside is self._outside:
            return
        arguments = self._arguments
        self.policy = Policy(
            profile=arguments.profile,
            recipient=arguments.recipient,
            as_of=_moment(arguments.as_of, outside),
            log=records.policy_of(arguments, outside),
        )
        self._verifier, self._outside = Verifier(outside, self._registry), outside


def _refuse_contradictions(arguments: argparse.Namespace) -> None:
    if arguments.documents.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    if arguments.jobs < 1:
        raise UsageError("--jobs is how many processes examine many documents: 1 or more")
    if arguments.recipient is not None and not arguments.recipient.strip():
        raise UsageError("--recipient is empty: an empty identifier would compare nothing and refuse nobody")
    if (arguments.receipt is None) != (arguments.key is None):
        raise UsageError("--receipt names the file to write and --key the key that signs it; give both")
    if arguments.profile == "proof" and (arguments.require_level or arguments.require_logged_lists):
        raise UsageError("the profile “proof” looks at no log; leave it out to require a record")
    if arguments.log_proof and name_several(arguments.documents):
        raise UsageError("a proof from a log is of one document; give one, not several")
    if (arguments.receipt or arguments.about) and name_several(arguments.documents):
        raise UsageError("a receipt is about one document; give one, not several")
    if arguments.receipt is not None:
        load_key(arguments.key)  # before anything is asked: a verification whose receipt cannot be signed is not begun


def _moment(stated: str | None, resolver: Resolver) -> datetime | None:
    """The moment of `--as-of`: a date stands for its end, `collected` for when the oldest part of the bundle was obtained."""
    if stated is None:
        return None
    now = SystemClock().now()
    if stated == _COLLECTED:
        if not isinstance(resolver, BundleResolver) or not resolver.resources:
            raise UsageError("--as-of collected is about a bundle that holds something: give it with --offline")
        return min(resource.fetched_at for resource in resolver.resources)
    found = moment(f"{stated}T23:59:59Z") or moment(stated)
    if found is None:
        raise UsageError(f"--as-of {stated} is no date: write 2026-03-01 or 2026-03-01T10:00:00Z")
    if found.date() > now.date():
        raise UsageError(f"--as-of {stated} is still to come; nobody can say what will hold then")
    return min(found, now)


def _compared(report: Report, content: bytes, name: str) -> ExitStatus:
    """Says whether the verified receipt is about `content`. Only a receipt that is valid itself can say so."""
    match receipts.is_about(report, content):
        case None:
            print(f"{name}: what was verified is no receipt that could be confirmed", file=sys.stderr)
            return ExitStatus.UNDETERMINED
        case False:
            print(f"{name}: the receipt is about another file", file=sys.stderr)
            return ExitStatus.FAILED
        case True:
            print(f"{name}: the receipt is about this file", file=sys.stderr)
            return ExitStatus.DONE


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
