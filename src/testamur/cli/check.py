"""`testamur check`: does a programme hold, by which use of which credential, and why."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from testamur import strict_json
from testamur.cli.checking.cases import add_case, add_documents, case_of, verified
from testamur.cli.checking.decisions import evidence_of, take_again
from testamur.cli.common import ExitStatus, Formatter, UsageError, add_language, read_bytes, write_atomically
from testamur.cli.verify import add_network

if TYPE_CHECKING:
    from testamur.pathways import Programme

_DESCRIPTION = """\
Decide whether a person's credentials complete a programme: by which use of which credential, what is
open, what is refused by which clause, and the smallest change that would complete it.

Every credential is verified first, as by testamur verify; one that is revoked, expired or false counts
nowhere. What no credential says (a semester registered, a day of application, an approval) is given
as a fact or in a case file. The language is described in docs/reference/requirement-language.md.

A credential that was awarded by such a decision can carry it (--evidence). From that credential alone
anybody takes the decision again (--credential): the rule, the parts, and whether the same comes out.

exit status:
  0  the programme holds, all tests passed, or the same decision came out again
  1  it does not hold, a test failed, the programme has a mistake, or something else came out
  3  it cannot be decided
  2  wrong usage
"""

_EXAMPLES = """\
examples:
  testamur check programme.yaml --tests
  testamur check programme.yaml --credentials badges/*.json --fact semesters_registered=4
  testamur check programme.yaml --credentials a.png b.jwt --case mina.yaml --offline kit.zip --json
  testamur check programme.yaml --read-aloud --language ko
  testamur check programme.yaml --credentials a.json b.json --evidence evidence.json
  testamur check --credential microdegree.json --offline kit.zip
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "check",
        help="decide whether credentials complete a programme, and why",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=Formatter,
    )
    parser.add_argument("programme", metavar="PROGRAMME", nargs="?", help="the programme (YAML or JSON)")
    parser.add_argument("--tests", action="store_true", help="run the tests that the programme carries in itself")
    parser.add_argument("--read-aloud", action="store_true", help="say the programme in sentences and stop")
    parser.add_argument(
        "--credential", metavar="FILE|URL", help="take the decision again that this credential (a microdegree) carries"
    )
    add_documents(parser)
    add_case(parser)
    parser.add_argument(
        "--evidence",
        metavar="FILE",
        help="write the decision there, as evidence for a credential (testamur issue --evidence)",
    )
    parser.add_argument(
        "--by-digest", action="store_true", help="with --evidence: the parts by their hash only, not embedded"
    )
    add_network(parser)
    parser.add_argument("--json", action="store_true", help="one object, as JSON")
    add_language(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Take a decision again, or read the programme, then its tests, its sentences, or the decision on the credentials."""
    decides = bool(arguments.case or arguments.fact or arguments.evidence)
    if arguments.credential:
        if arguments.programme or arguments.tests or arguments.read_aloud or decides:
            raise UsageError("--credential takes a decision again that was made; the rule and the case are in it")
    elif not arguments.programme:
        raise UsageError("name a PROGRAMME, or a credential that carries a decision (--credential)")
    if arguments.tests + arguments.read_aloud + bool(arguments.credentials or decides) > 1:
        raise UsageError("--tests, --read-aloud and a decision are three things; ask for one at a time")
    if arguments.by_digest and not arguments.evidence:
        raise UsageError("--by-digest says how --evidence is written; name a file for it")
    from testamur.pathways import ExtraMissing  # here and below: no other command should wait for this

    try:
        return take_again(arguments) if arguments.credential else _run(arguments)
    except ExtraMissing as error:
        raise UsageError(str(error)) from None


def _run(arguments: argparse.Namespace) -> int:
    from testamur.pathways import NotAProgramme, read_programme

    try:
        rule = read_bytes(arguments.programme)
        programme = read_programme(rule)
    except NotAProgramme as error:
        for mistake in error.mistakes:
            print(f"{arguments.programme}: {mistake.told(arguments.language)}", file=sys.stderr)
        return ExitStatus.FAILED
    if arguments.tests:
        return _tests(programme, as_json=arguments.json)
    if arguments.read_aloud:
        from testamur.pathways.words import read_aloud

        print(read_aloud(programme, arguments.language), end="")
        return ExitStatus.DONE
    return _decision(rule, programme, arguments)


def _tests(programme: Programme, *, as_json: bool) -> int:
    from testamur.pathways import trials

    results = list(trials(programme))
    failed = [trial for trial in results if not trial.passed]
    passed = len(results) - len(failed)
    if as_json:
        tests = [
            {"name": trial.name, "passed": trial.passed, "differences": list(trial.differences)} for trial in results
        ]
        print(
            strict_json.dumps(
                {"programme": programme.id, "passed": passed, "failed": len(failed), "tests": tests}
            ).decode()
        )
    else:
        for trial in failed:
            print(f"FAILED {trial.name}")
            for difference in trial.differences:
                print(f"       {difference}")
        print(f"{passed} passed, {len(failed)} failed")
    return ExitStatus.FAILED if failed else ExitStatus.DONE


def _decision(rule: bytes, programme: Programme, arguments: argparse.Namespace) -> int:
    from testamur.pathways import Outcome, decide
    from testamur.pathways.words import names_of, to_json, to_text

    documents = verified(arguments)
    case = case_of(arguments, programme.unit, documents)
    decision = decide(programme, case)
    names = names_of(case.holdings, arguments.language)
    if arguments.evidence:
        evidence = evidence_of(rule, case, documents, embed=not arguments.by_digest, language=arguments.language)
        write_atomically(Path(arguments.evidence), evidence)
    if arguments.json:
        print(strict_json.dumps(to_json(decision, arguments.language, names)).decode())
    else:
        print(to_text(decision, arguments.language, names), end="")
    return {
        Outcome.HOLDS: ExitStatus.DONE,
        Outcome.DOES_NOT_HOLD: ExitStatus.FAILED,
        Outcome.UNDECIDED: ExitStatus.UNDETERMINED,
    }[decision.outcome]
