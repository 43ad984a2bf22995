"""`testamur bundle`: collect what a later verification without a network needs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from testamur import formats
from testamur.cli.common import ExitStatus, Formatter, add_language, write_atomically
from testamur.cli.verify import add_network, resolver_for
from testamur.cli.verifying import records
from testamur.cli.verifying.documents import documents, with_content
from testamur.errors import InputError
from testamur.fetch import RecordingResolver, write_bundle
from testamur.verification import Outcome, Verifier
from testamur.verification.moments import iso
from testamur.verification.opening import credential as credential_in
from testamur.verification.sentences import sentence

_DESCRIPTION = """\
Verify credentials now and keep the keys and status lists that were needed, with their dates, in one file;
with them, where there are any, the proofs from transparency logs and the receipts of their anchors. Then
they can be verified later without a network:

  testamur bundle issued/*.json --out kit.zip
  testamur verify issued/*.json --offline kit.zip

A bundle proves nothing by itself: everything in it is verified again by its own signatures. A withdrawal
after the bundle was made cannot be seen offline. While the lists in it are fresh they answer for today;
later the report says what held on their day and leaves open what happened since. Who asks about that day
gets an answer however old the bundle is:

  testamur verify issued/*.json --offline kit.zip --as-of collected

Of a microdegree the keys and lists of the credentials that it carries are kept too:

  testamur check --credential microdegree.json --offline kit.zip
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "bundle", help="collect what offline verification needs", description=_DESCRIPTION, formatter_class=Formatter
    )
    parser.add_argument(
        "documents", nargs="+", metavar="FILE|URL|-", help="the credentials that will be verified later"
    )
    parser.add_argument("--out", required=True, metavar="BUNDLE", help="the bundle to write (ZIP)")
    add_network(parser)
    add_language(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify, record, write. Ends with 3 if something that is needed could not be obtained; the rest is written all the same."""
    recorder = RecordingResolver(resolver_for(arguments))
    verifier = Verifier(recorder)
    missing = 0
    for name, item in documents(arguments.documents):
        item = with_content(item, recorder)
        for report in (verifier.verify_item(item), *(verifier.verify(part) for part in _parts(name, item.content))):
            records.collect(report, recorder)
            for check in report.checks:
                if check.outcome is Outcome.UNKNOWN and check.code.endswith(_NOT_OBTAINED):
                    print(f"{name}: {sentence(check, arguments.language)}", file=sys.stderr)
                    missing += check.required
    write_atomically(Path(arguments.out), write_bundle(recorder.recorded))
    for resource in recorder.recorded:
        print(f"{iso(resource.fetched_at)}  {resource.url}")
    print(f"{len(recorder.recorded)} resources in {arguments.out}")
    return ExitStatus.UNDETERMINED if missing else ExitStatus.DONE


def _parts(name: str, content: bytes) -> tuple[bytes, ...]:
    """The credentials that a microdegree carries in itself: `testamur check --credential` verifies them too."""
    try:
        document = credential_in(formats.read(content)) or {}
    except InputError:
        return ()
    evidence = document.get("evidence")
    pieces = [piece.get("id") for piece in evidence if isinstance(piece, dict)] if isinstance(evidence, list) else []
    if not any(isinstance(address, str) and address.startswith("data:") for address in pieces):
        return ()
    from testamur.pathways import ExtraMissing  # here: no other credential should wait for this
    from testamur.pathways.decisions import embedded_parts

    try:
        return embedded_parts(document)
    except ExtraMissing as error:
        print(f"{name}: {error}", file=sys.stderr)
        return ()


_NOT_OBTAINED = (
    ".not_obtained",
    "_unreachable",
    ".unreachable",
    ".not_allowed",
    "_not_allowed",
    ".not_found",
    "_offline",
    "_unavailable",
)
