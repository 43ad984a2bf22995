"""`testamur check`: does a programme hold, by which use of which credential, and why."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from testamur import strict_json
from testamur.cli.common import ExitStatus, Formatter, UsageError, add_language, read_bytes
from testamur.cli.verify import add_network, resolver_for
from testamur.cli.verifying.documents import documents
from testamur.errors import InputError, TestamurError
from testamur.verification import Policy, TrustRegistry, Verifier, register_from_json
from testamur.verification.sentences import sentence

if TYPE_CHECKING:
    from testamur.pathways import Case, Holding, Programme

_DESCRIPTION = """\
Decide whether a person's credentials complete a programme: by which use of which credential, what is
open, what is refused by which clause, and the smallest change that would complete it.

Every credential is verified first, as by testamur verify; one that is revoked, expired or false counts
nowhere. What no credential says (a semester registered, a day of application, an approval) is given
as a fact or in a case file. The language is described in docs/reference/requirement-language.md.

exit status:
  0  the programme holds, or all tests passed
  1  it does not hold, a test failed, or the programme has a mistake
  3  it cannot be decided
  2  wrong usage
"""

_EXAMPLES = """\
examples:
  testamur check programme.yaml --tests
  testamur check programme.yaml --credentials badges/*.json --fact semesters_registered=4
  testamur check programme.yaml --credentials a.png b.jwt --case mina.yaml --offline kit.zip --json
  testamur check programme.yaml --read-aloud --language ko
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
    parser.add_argument("programme", metavar="PROGRAMME", help="the programme (YAML or JSON)")
    parser.add_argument(
        "--credentials", nargs="+", default=[], metavar="FILE|URL", help="the person's credentials, in any format"
    )
    parser.add_argument("--tests", action="store_true", help="run the tests that the programme carries in itself")
    parser.add_argument("--read-aloud", action="store_true", help="say the programme in sentences and stop")
    parser.add_argument(
        "--case", metavar="FILE", help="facts, approvals, overrides and records of this person (YAML or JSON)"
    )
    parser.add_argument(
        "--fact", metavar="NAME=VALUE", action="append", default=[], help="one fact; may be given several times"
    )
    parser.add_argument("--on", metavar="DATE", help="the day of the decision (2026-03-01); by default today")
    parser.add_argument("--recipient", metavar="ID", help="identifier of the person whom the credentials must be about")
    parser.add_argument(
        "--trust", metavar="FILE", action="append", default=[], help="a register of institutions (JSON)"
    )
    parser.add_argument("--offline", metavar="BUNDLE", help="ask nobody; take keys and lists from this bundle")
    add_network(parser)
    parser.add_argument("--json", action="store_true", help="one object, as JSON")
    add_language(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the programme, then its tests, its sentences, or the decision on the credentials."""
    if arguments.tests + arguments.read_aloud + bool(arguments.credentials or arguments.case or arguments.fact) > 1:
        raise UsageError("--tests, --read-aloud and a decision are three things; ask for one at a time")
    from testamur.pathways import ExtraMissing  # here and below: no other command should wait for this

    try:
        return _run(arguments)
    except ExtraMissing as error:
        raise UsageError(str(error)) from None


def _run(arguments: argparse.Namespace) -> int:
    from testamur.pathways import NotAProgramme, read_programme

    try:
        programme = read_programme(read_bytes(arguments.programme))
    except NotAProgramme as error:
        for mistake in error.mistakes:
            print(f"{arguments.programme}: {mistake}", file=sys.stderr)
        return ExitStatus.FAILED
    if arguments.tests:
        return _tests(programme, as_json=arguments.json)
    if arguments.read_aloud:
        from testamur.pathways.words import read_aloud

        print(read_aloud(programme, arguments.language), end="")
        return ExitStatus.DONE
    return _decision(programme, arguments)


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


def _decision(programme: Programme, arguments: argparse.Namespace) -> int:
    from testamur.pathways import Outcome, decide
    from testamur.pathways.words import to_json, to_text

    case = _case(programme, arguments)
    decision = decide(programme, case)
    names = {holding.id: holding.name for holding in case.holdings if holding.name}
    if arguments.json:
        print(strict_json.dumps(to_json(decision, arguments.language, names)).decode())
    else:
        print(to_text(decision, arguments.language, names), end="")
    return {
        Outcome.HOLDS: ExitStatus.DONE,
        Outcome.DOES_NOT_HOLD: ExitStatus.FAILED,
        Outcome.UNDECIDED: ExitStatus.UNDETERMINED,
    }[decision.outcome]


def _case(programme: Programme, arguments: argparse.Namespace) -> Case:
    """The case: what the file and the facts say, with the holdings of the documents that were verified."""
    from testamur.pathways import Case, NotAProgramme, only_stated, read_case, supplemented
    from testamur.pathways.dates import day

    try:
        on = day(arguments.on) if arguments.on else datetime.now(UTC).date()
    except ValueError as error:
        raise UsageError(f"--on: {error}") from None
    stated = Case(on=on)
    if arguments.case:
        try:
            stated = read_case(read_bytes(arguments.case), unit=programme.unit, on=on)
        except NotAProgramme as error:
            raise UsageError(f"{arguments.case}: {error}") from None
    held = {holding.id: only_stated(holding) for holding in stated.holdings}
    for holding in _verified(arguments):
        held[holding.id] = supplemented(holding, held[holding.id]) if holding.id in held else holding
    return Case(
        on=on if arguments.on else stated.on,
        holdings=tuple(held.values()),
        facts={**stated.facts, **dict(_fact(given) for given in arguments.fact)},
        approvals=stated.approvals,
        overrides=stated.overrides,
    )


def _verified(arguments: argparse.Namespace) -> list[Holding]:
    """The holdings of all documents. The same credential in two files is one."""
    from testamur.pathways import holdings_from_report

    if arguments.credentials.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    if arguments.recipient is not None and not arguments.recipient.strip():
        raise UsageError("--recipient is empty: an empty identifier would compare nothing and refuse nobody")
    if not arguments.credentials:
        return []
    arguments.documents = arguments.credentials
    resolver = resolver_for(arguments)
    verifier = Verifier(resolver, _registry(arguments.trust))
    policy = Policy(recipient=arguments.recipient)
    held: dict[str, Holding] = {}
    for name, item in documents(arguments.credentials):
        report = verifier.verify_item(item, policy)
        if [check.code for check in report.checks] == ["structure.not_obtained"]:
            raise UsageError(f"{name} cannot be obtained: {sentence(report.checks[0], arguments.language)}")
        for holding in holdings_from_report(report, name):
            known = held.get(holding.id)
            if known is None or (known.valid is not True and holding.valid is True):
                held[holding.id] = holding
    return list(held.values())


def _registry(files: list[str]) -> TrustRegistry:
    registers = []
    for name in files:
        try:
            registers.append(register_from_json(read_bytes(name), relied_on=True))
        except TestamurError as error:
            raise UsageError(f"{name}: {error}") from None
    return TrustRegistry(registers)


def _fact(given: str) -> tuple[str, str | int | Decimal | bool | date]:
    """`name=value`: a number where it is one, true or false, else a text (days are texts that rules read as days)."""
    from testamur.pathways import NotAProgramme
    from testamur.pathways.reading import read_values

    name, equals, text = given.partition("=")
    if not equals or not name.strip():
        raise UsageError(f"--fact {given}: write NAME=VALUE, for example semesters_registered=4")
    try:
        value, _ = read_values(text)
    except (NotAProgramme, InputError):
        value = text
    return name.strip(), value if isinstance(value, (str, int, Decimal, bool)) else text
