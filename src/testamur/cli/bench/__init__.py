"""`testamur bench`: how many credentials a second one core issues or verifies, beside what nobody can be faster than.

The figures are of CPU time, so that a busy machine does not lower them by much; three measurements alternate in short rounds, so that
whatever else happens happens to all three. The floor is what remains when everything but cryptography costs nothing.
"""

from __future__ import annotations

import argparse
import json
import sys

from testamur import strict_json
from testamur.cli.bench.measure import PATHS, measure_issuing, measure_verifying
from testamur.cli.bench.sample import CREATED, Sample
from testamur.cli.common import ExitStatus, Formatter, UsageError
from testamur.issuing import compose, prepare, sign

_DESCRIPTION = """\
Measure, on one core, how many credentials a second are issued or verified.

  rate    from values to the bytes of a signed credential, or from bytes to what is to be said of them
  floor   the SHA-256 of the canonical form and of the proof options, and one Ed25519 operation
  raw     that Ed25519 operation alone, by the fastest library installed
  ratio   rate / floor, the median of rounds in which both take turns; least and greatest are their extremes

The path "general" is that of any credential: compose, lint, prepare and sign, or the whole report of
"testamur verify" (with schema, status list and dates, the list already fetched). The path "shape" is that of a
cohort: what its credentials have in common is worked out once. It runs as Python or, where the kernels were
compiled, in that form; "form" says which. "sample" prints the credential.

examples:
  testamur bench issue --json
  testamur bench verify --path general --count 500
  testamur bench issue --at-least 0.5      exit status 1 when the ratio is below
  testamur bench sample > sample.json
"""
_MOST = 1_000_000


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "bench",
        help="measure issuing and verifying on this machine",
        description=_DESCRIPTION,
        formatter_class=Formatter,
    )
    parser.add_argument("what", choices=("issue", "verify", "sample"), help="what to measure, or the credential itself")
    parser.add_argument("--path", choices=PATHS, default="shape", help="the way it is done (by default shape)")
    parser.add_argument(
        "--count", type=int, default=2_000, metavar="N", help="credentials to measure with (by default 2000)"
    )
    parser.add_argument(
        "--stored",
        action="store_true",
        help="verify, path shape: from the stored values and signature instead of the bytes",
    )
    parser.add_argument(
        "--at-least", type=float, metavar="RATIO", help="exit status 1 when the ratio to the floor of this run is below"
    )
    parser.add_argument("--json", action="store_true", help="print one line of JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, and print."""
    if not 1 <= arguments.count <= _MOST:
        raise UsageError(f"--count is a number from 1 to {_MOST}")
    if arguments.stored and (arguments.what, arguments.path) != ("verify", "shape"):
        raise UsageError("--stored belongs to: bench verify --path shape")
    sample = Sample.make()
    if arguments.what == "sample":
        print(credential(sample).decode("utf-8"))
        return ExitStatus.DONE
    if arguments.what == "issue":
        figures = measure_issuing(sample, arguments.path, arguments.count)
    else:
        figures = measure_verifying(sample, arguments.path, arguments.count, stored=arguments.stored)
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, words in _WORDS.items():
            value = f"{figures[name]:>12,.2f}" if name == "ratio" else f"{figures[name]:>12,.0f}"
            print(f"{name:6} {value}  {words}")
        print(
            f"       {figures['least']:>12,.2f}  the least, and {figures['greatest']:,.2f} the greatest of its rounds"
        )
        print(f"form   {figures['form']:>12}  of what is done for each award of a cohort")
    if arguments.at_least is not None and figures["ratio"] < arguments.at_least:
        print(f"The ratio is {figures['ratio']:.2f} and not {arguments.at_least:.2f} or more.", file=sys.stderr)
        return ExitStatus.FAILED
    return ExitStatus.DONE


_WORDS = {
    "rate": "credentials per second of one core",
    "floor": "the same if only hashing and one Ed25519 operation cost time",
    "raw": "Ed25519 operations alone",
    "ratio": "rate / floor",
}


def credential(sample: Sample) -> bytes:
    """The credential number 1, issued the long way."""
    document = compose(sample.issuer, sample.achievement, *sample.award(1))
    prepared = prepare(document, sample.key, verification_method=sample.method, created=CREATED)
    return strict_json.dumps(strict_json.loads(sign(prepared, sample.key)))
