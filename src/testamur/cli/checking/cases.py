"""A person's case, out of what was verified, what a file says and what was typed."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from testamur import formats
from testamur.cli.common import UsageError, read_bytes
from testamur.cli.verify import resolver_for
from testamur.cli.verifying.documents import documents, with_content
from testamur.errors import InputError, TestamurError
from testamur.ports import Resolver
from testamur.verification import Policy, Report, TrustRegistry, Verifier, register_from_json
from testamur.verification.sentences import sentence

if TYPE_CHECKING:
    from testamur.pathways import Case, Holding
    from testamur.pathways.decisions import Part


@dataclass(slots=True)
class Verified:
    """The documents that were named: what they bring, by identifier, and each with its bytes, so that they can be parts of a decision."""

    holdings: dict[str, Holding] = field(default_factory=dict)
    contents: list[tuple[bytes, tuple[Holding, ...]]] = field(default_factory=list)

    def parts(self, *, embed: bool) -> list[Part]:
        """The parts: the bytes of each credential itself, without the picture or page around it. Of a credential that stands in several
        documents the first that brought it is the part."""
        from testamur.pathways.decisions import part_of

        found, taken = [], set()
        for content, brought in self.contents:
            own = [holding for holding in brought if holding.id not in taken]
            taken |= {holding.id for holding in own}
            if own:
                read = formats.read(content)
                media_type = "application/json" if read.token is None else "application/jwt"
                found.append(part_of(read.raw, own, media_type=media_type, embed=embed))
        return found


def add_documents(parser: argparse.ArgumentParser) -> None:
    """The options that say which credentials, and how they are verified."""
    parser.add_argument(
        "--credentials", nargs="+", default=[], metavar="FILE|URL", help="the person's credentials, in any format"
    )
    parser.add_argument("--recipient", metavar="ID", help="identifier of the person whom the credentials must be about")
    parser.add_argument(
        "--trust", metavar="FILE", action="append", default=[], help="a register of institutions (JSON)"
    )
    parser.add_argument("--offline", metavar="BUNDLE", help="ask nobody; take keys and lists from this bundle")


def add_case(parser: argparse.ArgumentParser) -> None:
    """The options that say what no credential says."""
    parser.add_argument(
        "--case", metavar="FILE", help="facts, approvals, overrides and records of this person (YAML or JSON)"
    )
    parser.add_argument(
        "--fact", metavar="NAME=VALUE", action="append", default=[], help="one fact; may be given several times"
    )
    parser.add_argument("--on", metavar="DATE", help="the day of the decision (2026-03-01); by default today")


def day_of(arguments: argparse.Namespace, option: str = "on") -> date:
    """The day that `--on` (or another `option`) gives, by default today. Raises UsageError."""
    from testamur.pathways.dates import day

    given = getattr(arguments, option)
    try:
        return day(given) if given else datetime.now(UTC).date()
    except ValueError as error:
        raise UsageError(f"--{option.replace('_', '-')}: {error}") from None


def case_of(arguments: argparse.Namespace, unit: str, verified: Verified) -> Case:
    """The case: what the file and the facts say, with the holdings of the documents that were verified."""
    from testamur.pathways import Case, NotAProgramme, only_stated, read_case, supplemented

    on = day_of(arguments)
    stated = Case(on=on)
    if arguments.case:
        try:
            stated = read_case(read_bytes(arguments.case), unit=unit, on=on)
        except NotAProgramme as error:
            raise UsageError(f"{arguments.case}: {error}") from None
    held = {holding.id: only_stated(holding) for holding in stated.holdings}
    for holding in verified.holdings.values():
        held[holding.id] = supplemented(holding, held[holding.id]) if holding.id in held else holding
    return Case(
        on=on if arguments.on else stated.on,
        holdings=tuple(held.values()),
        facts={**stated.facts, **dict(_fact(given) for given in arguments.fact)},
        approvals=stated.approvals,
        overrides=stated.overrides,
    )


def verifier_for(arguments: argparse.Namespace) -> tuple[Verifier, Resolver]:
    """The verifier that the options ask for, and what it asks. `arguments.documents` are the addresses that were typed."""
    resolver = resolver_for(arguments)
    return Verifier(resolver, _registry(arguments.trust)), resolver


def verified(arguments: argparse.Namespace) -> Verified:
    """The holdings of all documents. The same credential in two files is one. Raises UsageError."""
    from testamur.pathways import holdings_from_report

    if arguments.credentials.count("-") > 1:
        raise UsageError("standard input (-) can be read only once")
    if arguments.recipient is not None and not arguments.recipient.strip():
        raise UsageError("--recipient is empty: an empty identifier would compare nothing and refuse nobody")
    found = Verified()
    if not arguments.credentials:
        return found
    arguments.documents = arguments.credentials
    verifier, resolver = verifier_for(arguments)
    policy = Policy(recipient=arguments.recipient)
    for name, named in documents(arguments.credentials):
        item = with_content(named, resolver)  # what stands at an address is the document
        report = verifier.verify_item(item, policy)
        refuse_absent(name, report, arguments.language)
        holdings = holdings_from_report(report, name)
        if item.content:
            found.contents.append((item.content, holdings))
        for holding in holdings:
            known = found.holdings.get(holding.id)
            if known is None or (known.valid is not True and holding.valid is True):
                found.holdings[holding.id] = holding
    return found


def refuse_absent(name: str, report: Report, language: str) -> None:
    """Raises UsageError for a document that could not be obtained."""
    if [check.code for check in report.checks] == ["structure.not_obtained"]:
        raise UsageError(f"{name} cannot be obtained: {sentence(report.checks[0], language)}")


def _registry(files: list[str]) -> TrustRegistry:
    registers = []
    for name in files:
        try:
            registers.append(register_from_json(read_bytes(name), relied_on=True))
        except TestamurError as error:
            raise UsageError(f"{name}: {error}") from None
    return TrustRegistry(registers)


def _fact(given: str) -> tuple[str, Any]:
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
