"""A programme read aloud: what a registrar would say to a student, one sentence for each rule."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from testamur.pathways.conditions import Approved, Combined, Compare, Condition, Earlier, UsedIn
from testamur.pathways.programme import HUNDREDTHS, Overlap, Portion, Programme, Range, Requirement, Rules
from testamur.pathways.words.templates import Words, plain


def read_aloud(programme: Programme, language: str = "en") -> str:
    """The whole programme as sentences, one a line; requirements inside others are indented.

    Where a number is chosen for each person (`values`), the sentences have the first and the table follows.
    """
    return "\n".join(_Speaker(programme, Words(language)).lines()) + "\n"


def sentences_of(programme: Programme, language: str = "en") -> dict[str, str]:
    """What each requirement asks for, without its title, by its name: the sentences of `read_aloud`, taken apart."""
    speaker = _Speaker(programme, Words(language))
    found: dict[str, str] = {}
    stack = [*programme.default.conditions, *(award.requires for award in programme.default.awards)]
    while stack:
        requirement = stack.pop()
        found[requirement.name] = ", ".join(speaker.parts(requirement))
        stack.extend(requirement.children)
    return found


class _Speaker:
    def __init__(self, programme: Programme, words: Words) -> None:
        self._programme = programme
        self._rules: Rules = programme.default
        self._words = words
        self._say = words.say

    def lines(self) -> Iterator[str]:
        programme, rules, words, say = self._programme, self._rules, self._words, self._say
        yield say("aloud.title", title=words.text(programme.title), id=programme.id, version=programme.version)
        if "description" in programme.notes:
            described = programme.notes["description"]
            yield words.text(described if isinstance(described, dict) else {"en": described})
        yield from self._clauses()
        for requirement in rules.conditions:
            yield from self._requirement(requirement, 0)
        if len(rules.awards) > 1:
            yield say("aloud.awards", number=len(rules.awards))
        for award in rules.awards:
            if len(rules.awards) > 1:
                yield say("aloud.award", name=words.text(award.title, award.name))
            yield from self._requirement(award.requires, 1 if len(rules.awards) > 1 else 0)
            for label in award.labels:
                what = self._portion(label.including, "aloud.enough", award.requires.unit)
                yield "  " + say("aloud.label", name=label.name, what=what)
        yield from self._whole()
        yield from self._values()

    def _clauses(self) -> Iterator[str]:
        clauses, say = self._rules.clauses, self._say
        yield say("aloud.clauses" if clauses else "aloud.clauses.none")
        for clause in clauses:
            name, condition = self._words.text(clause.title, clause.name), self.condition(clause.where)
            if clause.applies_to is None:
                line = say("aloud.clause", name=name, condition=condition)
            else:
                line = say(
                    "aloud.clause.applies", name=name, applies=self.condition(clause.applies_to), condition=condition
                )
            yield "  " + line + (" " + say("aloud.refer") if clause.otherwise == "refer" else "")

    def _requirement(self, requirement: Requirement, depth: int) -> Iterator[str]:
        parts = ", ".join(self.parts(requirement))
        name = self._words.text(requirement.title, requirement.name)
        line = "  " * depth + self._say("aloud.requirement", name=name, parts=parts)
        yield line + (" " + self._say("aloud.refer") if requirement.otherwise == "refer" else "")
        for child in requirement.children:
            yield from self._requirement(child, depth + 1)

    def parts(self, requirement: Requirement) -> Iterator[str]:
        say, words = self._say, self._words
        match requirement.kind:
            case "all":
                yield say("aloud.all")
            case "choose" if requirement.choose_at_most is None:
                yield say("aloud.choose", least=requirement.choose)
            case "choose":
                yield say("aloud.choose.between", least=requirement.choose, most=requirement.choose_at_most)
            case "condition":
                yield self.condition(requirement.condition)
        if requirement.credits is not None:
            yield self._range(requirement.credits, requirement.unit)
        if requirement.count is not None:
            yield self._range(requirement.count, None)
        if requirement.where is not None:
            yield say("aloud.from", condition=self.condition(requirement.where))
        for portion in requirement.including:
            yield self._portion(portion, "aloud.including", requirement.unit)
        for portion in requirement.at_most:
            yield self._portion(portion, "aloud.capped.per" if portion.per else "aloud.capped", requirement.unit)
        for attribute in requirement.same:
            yield say("aloud.same", attribute=self._attribute(attribute, "same"))
        for distinct in requirement.distinct:
            if distinct.at_least:
                yield say(
                    "aloud.distinct.least",
                    number=distinct.at_least,
                    attribute=self._attribute(distinct.of, "different"),
                )
            if distinct.at_most is not None:
                yield say(
                    "aloud.distinct.most", number=distinct.at_most, attribute=self._attribute(distinct.of, "different")
                )
        for mean in requirement.mean:
            yield say("aloud.mean", points=(Decimal(mean.at_least) / HUNDREDTHS).normalize(), scale=mean.scale)
        if requirement.within is not None:
            yield say("aloud.within", period=requirement.within.period)
        for name in requirement.after:
            yield say("aloud.after", name=name)
        if requirement.pool:
            yield say("aloud.shares", pool=requirement.pool)
        if requirement.divisible:
            yield words.say("aloud.divisible")

    def _attribute(self, name: str, how: str = "subject") -> str:
        """The attribute as a word, in the form that stands after “the same” or “different” where the language has one for that."""
        key = next((key for key in (f"{how}.{name}", f"subject.{name}") if self._words.has(key)), "")
        return self._say(key, name=name) if key else plain(name)

    def _range(self, bounds: Range, unit: str | None) -> str:
        def amount(number: int) -> str:
            return self._words.count(number) if unit is None else self._words.amount(number, unit)

        if bounds.low is not None and bounds.low == bounds.high:
            return self._say("aloud.exactly", amount=amount(bounds.low))
        parts = []
        if bounds.low is not None:
            parts.append(self._say("aloud.at_least", amount=amount(bounds.low)))
        if bounds.high is not None:
            parts.append(self._say("aloud.at_most", amount=amount(bounds.high)))
        return ", ".join(parts)

    def _portion(self, portion: Portion, key: str, unit: str) -> str:
        if portion.share is not None:
            amount = self._say("aloud.share", share=portion.share)
        elif portion.credits is not None:
            amount = self._words.amount(portion.credits, unit)
        else:
            amount = self._words.count(portion.count or 0)
        if portion.published_share is not None:
            amount = self._say("aloud.published", amount=amount, share=portion.published_share)
        facts: dict[str, str] = {"amount": amount, "condition": self.condition(portion.where)}
        if portion.per:
            facts["per"] = self._attribute(portion.per)
        return self._say(key, **facts)

    def _whole(self) -> Iterator[str]:
        rules, say, words = self._rules, self._say, self._words
        if _names_achievements({key: value for key, value in self._programme.document.items() if key != "tests"}):
            yield say("aloud.versions.as_named" if rules.as_named else "aloud.versions.later")
        if not rules.repeats:
            yield say("aloud.repeats")
        for name, achievements in rules.equivalent:
            yield say("aloud.equivalent", name=name, achievements=", ".join(sorted(achievements)))
        for substitution in rules.substitutions:
            facts = {"name": substitution.name, "condition": self.condition(substitution.accept)}
            key = "aloud.substitution.approval" if substitution.approval else "aloud.substitution"
            yield say(key, stands_for=substitution.stands_for, approval=substitution.approval, **facts)
        for pool in rules.pools:
            if pool.credits is None:
                yield say("aloud.pool", pool=pool.name, uses=pool.uses)
            else:
                amount = words.amount(pool.credits, self._programme.unit)
                yield say("aloud.pool.capped", pool=pool.name, uses=pool.uses, amount=amount)
        for overlap in rules.overlaps:
            yield from self._overlap(overlap)
        if rules.consume_on_use:
            yield say("aloud.consume")
        if rules.override_roles:
            kinds = ", ".join(say(f"kind.{kind}") for kind in rules.override_kinds)
            yield say("aloud.overrides", roles=list(rules.override_roles), kinds=kinds)
        for statement in rules.claim:
            line = say("aloud.claim", name=statement.name, condition=self.condition(statement.when))
            yield line + (" " + say("aloud.refer") if statement.otherwise == "refer" else "")
        for statement in rules.cancelled_unless:
            yield say("aloud.cancelled", name=statement.name, condition=self.condition(statement.when))
        for statement in rules.consequences:
            yield say(
                "aloud.consequence",
                condition=self.condition(statement.when),
                text=words.text(statement.text, statement.name),
            )
        for stage in rules.stages:
            if stage.review_every is None:
                yield say("aloud.stage", name=stage.name, by=stage.by)
            else:
                yield say("aloud.stage.review", name=stage.name, by=stage.by, period=stage.review_every)
        if rules.validity is not None:
            yield say(
                "aloud.validity", lasts=rules.validity.lasts, start=rules.validity.starts, grace=rules.validity.grace
            )
            if rules.validity.lapse:
                yield words.text(rules.validity.lapse)
        if rules.reevaluation is not None:
            yield say("aloud.reevaluation", grace=rules.reevaluation.grace)
            if rules.reevaluation.text:
                yield words.text(rules.reevaluation.text)
        for entry in rules.withdrawal:
            if entry.where is None:
                yield say("aloud.withdrawal.rest", text=words.text(entry.as_))
            else:
                yield say("aloud.withdrawal", condition=self.condition(entry.where), text=words.text(entry.as_))
        for statement in rules.audit:
            yield say("aloud.audit", name=statement.name, condition=self.condition(statement.when))
        if rules.appeal is not None:
            yield say("aloud.appeal", within=rules.appeal.within, to=words.text(rules.appeal.to))

    def _overlap(self, overlap: Overlap) -> Iterator[str]:
        used = self.condition(overlap.where)
        if overlap.credits is not None:
            amount = self._words.amount(overlap.credits, self._programme.unit)
            yield self._say("aloud.overlap.amount", name=overlap.name, amount=amount, used=used)
        if overlap.count is not None:
            yield self._say(
                "aloud.overlap.amount", name=overlap.name, amount=self._words.count(overlap.count), used=used
            )
        if overlap.times is not None:
            yield self._say("aloud.overlap.times", name=overlap.name, times=overlap.times, used=used)

    def _values(self) -> Iterator[str]:
        for name, alternatives in self._programme.values.items():
            for alternative in alternatives:
                if alternative.when is None:
                    yield self._say("aloud.value.else", name=name, value=alternative.value)
                else:
                    condition = self.condition(alternative.when)
                    yield self._say("aloud.value", name=name, value=alternative.value, condition=condition)

    # --- conditions -------------------------------------------------------------------------------------------------------------------

    def condition(self, condition: Condition | None) -> str:
        """A condition as a clause of a sentence."""
        say = self._say
        match condition:
            case None:
                return say("aloud.anything")
            case Combined(how="all", parts=parts):
                return self._words.together([self._inner(part) for part in parts])
            case Combined(how="any", parts=parts):
                return say("or").join(self._inner(part) for part in parts)
            case Combined(parts=(UsedIn() as used,)):
                return self._used_in(used, "not_used_in")
            case Combined(parts=parts):
                return say("not", condition=self._words.together([self.condition(part) for part in parts]))
            case Earlier(where=where):
                return say("earlier", condition=self.condition(where))
            case Approved(wanted=wanted):
                return say("approved" if wanted else "not_approved")
            case UsedIn():
                return self._used_in(condition)
            case Compare():
                return self._words.together([self._test(condition, how, operand) for how, operand in condition.tests])

    def _inner(self, condition: Condition) -> str:
        spoken = self.condition(condition)
        return (
            self._say("group", condition=spoken)
            if isinstance(condition, Combined) and condition.how != "not"
            else spoken
        )

    def _used_in(self, condition: UsedIn, key: str = "used_in") -> str:
        what = ", ".join(
            f"{self._say(f'subject.{name}', name='')} {self._words.written(values)}" for name, values in condition.tests
        )
        used = self._say(key, what=what) if what else self._say(f"{key}.any")
        if not condition.unless:
            return used
        others = self._say("or").join(self._used_in(other) for other in condition.unless)
        return self._say("used_in.except", used=used, others=others)

    def _test(self, compare: Compare, how: str, operand: object) -> str:
        subject = self._say(f"subject.{compare.subject}", name=compare.name.replace("_", " "))
        if how == "windows" and isinstance(operand, tuple):
            spoken = self._say("or").join(self._say("window", first=first, last=last) for first, last in operand)
            return self._say(how, subject=subject, value=spoken)
        if compare.subject == "attendance" and isinstance(operand, Decimal):
            return self._say(how, subject=subject, value=Fraction(operand))
        return self._say(how, subject=subject, value=operand if operand != frozenset() else "–")


def _names_achievements(value: Any) -> bool:
    if isinstance(value, dict):
        return "achievement" in value or "all_of" in value or any(_names_achievements(each) for each in value.values())
    return isinstance(value, list) and any(_names_achievements(each) for each in value)
