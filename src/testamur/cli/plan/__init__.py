"""`testamur plan`: the cheapest, fastest or lightest way to a goal through a catalogue."""

from __future__ import annotations

import argparse
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from testamur import strict_json
from testamur.cli.checking.cases import Verified, add_case, add_documents, case_of, day_of, verified
from testamur.cli.common import ExitStatus, Formatter, UsageError, add_language, read_bytes
from testamur.cli.verify import add_network
from testamur.errors import InputError

if TYPE_CHECKING:
    from testamur.pathways.planning import Constraints, Planned, Question

_MAX_CATALOGUE = 40_000_000  # bytes
_OBJECTIVES = ("cheapest", "fastest", "lightest")

_DESCRIPTION = """\
What to do next: which micro-credentials of a catalogue to earn, and when, so that a goal is reached. The
goal is a programme of the requirement language (a microdegree, advanced standing) or a list of skills (an
occupation). Each step says what it is there for. The answer is proven to be the best, or says by how much
it could be better. Where no plan keeps to everything that was asked, it says what to loosen, and by how much.

exit status:
  0  there is a plan that reaches the goal
  1  there is none, or something of the goal is not in the catalogue
  2  wrong usage
  3  none was found in time, and that there is none is not proven
"""

_EXAMPLES = """\
examples:
  testamur plan microdegree.yaml --catalogue catalogue.yaml --credentials badges/*.json
  testamur plan data-analyst.yaml --catalogue catalogue.json --budget 900 --hours-per-week 8 --by 2027-12-31
  testamur plan data-analyst.yaml --catalogue catalogue.json --objective fastest --alternatives 2 --json
  testamur plan data-analyst.yaml --catalogue catalogue.json --budget 900 --what-if budget=1200
"""


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "plan",
        help="find the way to a goal through a catalogue",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=Formatter,
    )
    parser.add_argument("goal", metavar="GOAL", help="a programme, or a goal of skills (YAML or JSON)")
    parser.add_argument("--catalogue", required=True, metavar="FILE", help="what could be earned (YAML or JSON)")
    parser.add_argument(
        "--award", default="", metavar="NAME", help="which award of the programme, by default the highest"
    )
    parser.add_argument("--objective", choices=_OBJECTIVES, default="cheapest", help="what is made smallest first")
    parser.add_argument("--budget", metavar="AMOUNT", help="the most it may cost, in the catalogue's currency")
    parser.add_argument("--hours-per-week", metavar="HOURS", help="the most hours in any week")
    parser.add_argument("--begin", metavar="DATE", help="the first day on which something may begin; by default today")
    parser.add_argument("--by", metavar="DATE", help="the last day on which everything is ended")
    parser.add_argument("--in-language", nargs="+", default=[], metavar="TAG", help="languages of instruction (en, ko)")
    parser.add_argument("--mode", nargs="+", default=[], metavar="MODE", help="forms of participation (online, onsite)")
    parser.add_argument("--without", nargs="+", default=[], metavar="ID", help="offerings that are not to be proposed")
    parser.add_argument(
        "--alternatives", type=int, default=0, metavar="N", help="further plans that really differ (at most 5)"
    )
    parser.add_argument(
        "--what-if",
        metavar="NAME=VALUE",
        help="also answer with one constraint otherwise (budget, hours-per-week, begin, by)",
    )
    add_documents(parser)
    add_case(parser)
    add_network(parser)
    parser.add_argument("--json", action="store_true", help="one object, as JSON")
    add_language(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the question, answer it, and say the answer."""
    from testamur.pathways import ExtraMissing

    try:
        return _run(arguments)
    except ExtraMissing as error:
        raise UsageError(str(error)) from None


def _run(arguments: argparse.Namespace) -> int:
    from testamur.pathways.planning import plan, what_if
    from testamur.pathways.words.plans import PlanWords

    if not 0 <= arguments.alternatives <= 5:
        raise UsageError("--alternatives is a number from 0 to 5")
    question = _question(arguments, verified(arguments))
    other = _otherwise(question, arguments.what_if) if arguments.what_if else None
    try:
        planned = plan(question, alternatives=arguments.alternatives)
        difference = what_if(question, other, before=planned) if other is not None else None
    except InputError as error:
        raise UsageError(str(error)) from None
    words = PlanWords(question, arguments.language)
    if arguments.json:
        values = words.values(planned)
        if difference is not None:
            values["whatIf"] = {**words.values(difference.after), "difference": words.difference(difference)}
        print(strict_json.dumps(values).decode())
    else:
        parts = ["\n".join(part) for part in words.planned(planned)]
        if difference is not None:
            parts.append("\n".join([f"{arguments.what_if}:", *words.difference(difference)]))
        print("\n\n".join(parts))
    return _status(planned)


def _status(planned: Planned) -> int:
    if planned.plan is None:
        return ExitStatus.FAILED if planned.none is None or planned.none.proven else ExitStatus.UNDETERMINED
    complete = not planned.plan.lacking and planned.plan.confirmed != "does not hold"
    return ExitStatus.DONE if complete else ExitStatus.FAILED


def _question(arguments: argparse.Namespace, documents: Verified) -> Question:
    from testamur.pathways import NotAProgramme
    from testamur.pathways.planning import Constraints, Objective, ProgrammeGoal, Question, read_catalogue, read_goal

    goal = _read(arguments.goal, lambda text: read_goal(text, arguments.award))
    catalogue = _read(arguments.catalogue, read_catalogue, limit=_MAX_CATALOGUE)
    unit = goal.programme.unit if isinstance(goal, ProgrammeGoal) else "credits"
    case = case_of(arguments, unit, documents)
    try:
        constraints = Constraints(
            begin=day_of(arguments, "begin"),
            by=day_of(arguments, "by") if arguments.by else None,
            budget=_hundredths(arguments.budget, "budget"),
            hours_per_week=_decimal(arguments.hours_per_week, "hours-per-week"),
            languages=frozenset(arguments.in_language),
            modes=frozenset(arguments.mode),
            without=frozenset(arguments.without),
        )
        return Question(goal, catalogue, case, constraints, Objective(arguments.objective))
    except (InputError, NotAProgramme) as error:
        raise UsageError(str(error)) from None


def _read(name: str, reader: Any, *, limit: int = 1_000_000) -> Any:
    from testamur.pathways import NotAProgramme

    try:
        return reader(read_bytes(name, limit=limit))
    except NotAProgramme as error:
        raise UsageError("\n".join(f"{name}: {mistake}" for mistake in error.mistakes)) from None
    except InputError as error:
        raise UsageError(f"{name}: {error}") from None


def _otherwise(question: Question, given: str) -> Constraints:
    """The constraints with the one that `--what-if NAME=VALUE` names; without a value it is dropped."""
    from testamur.pathways.dates import day

    name, equals, value = given.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or name not in ("budget", "hours_per_week", "begin", "by"):
        raise UsageError(
            "--what-if: write budget=, hours-per-week=, begin= or by= with a value, or with none to drop it"
        )
    if not value and name == "begin":
        raise UsageError("--what-if begin= needs a day")
    try:
        changed: Any = None
        if value and name in ("begin", "by"):
            changed = day(value)
        elif value:
            changed = _hundredths(value, "what-if") if name == "budget" else _decimal(value, "what-if")
        changes: dict[str, Any] = {name: changed}
        return replace(question.constraints, **changes)
    except (ValueError, InputError) as error:
        raise UsageError(f"--what-if: {error}") from None


def _decimal(given: str | None, option: str) -> Decimal | None:
    if given is None:
        return None
    try:
        number = Decimal(given)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 10_000_000:
        raise UsageError(f"--{option}: {given} is no number that can be meant here")
    return number


def _hundredths(given: str | None, option: str) -> int | None:
    number = _decimal(given, option)
    return None if number is None else int(number * 100)
