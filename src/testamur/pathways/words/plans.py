"""A plan in words and as JSON: what, when, why, and, where there is none, what would have to be otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from testamur.pathways.dates import Duration
from testamur.pathways.programme import Text
from testamur.pathways.words.templates import Words, plain

if TYPE_CHECKING:
    from testamur.pathways.planning import Difference, Loosening, NoPlan, Offering, Plan, Planned, Question, Step


class PlanWords:
    """The sentences of the answers to one question. Names come from the catalogue and the goal; without one, the identifier is said."""

    def __init__(self, question: Question, language: str = "en") -> None:
        self._words = Words(language)
        self._say = self._words.say
        self._currency = question.catalogue.currency
        self._offerings = {offering.id: offering for offering in question.catalogue.offerings}
        self._skills: dict[str, Text] = dict(question.catalogue.skills)
        programme = getattr(question.goal, "programme", None)
        self._skills |= dict(getattr(question.goal, "names", {}))
        self._titles: dict[str, Text] = {}
        for award in programme.default.awards if programme is not None else ():
            stack = [award.requires]
            while stack:
                requirement = stack.pop()
                self._titles[requirement.name] = requirement.title
                stack.extend(requirement.children)

    # --- an answer --------------------------------------------------------------------------------------------------------------------

    def planned(self, planned: Planned) -> list[list[str]]:
        """The sentences of an answer, in parts: the plan, then each alternative with its heading; or why there is none."""
        if planned.plan is None:
            return [list(self.none(planned.none))] if planned.none is not None else []
        parts = [list(self.plan(planned.plan))]
        for number, other in enumerate(planned.alternatives, 1):
            parts.append([self._say("plan.alternative", number=number), *self.plan(other, alternative=True)])
        return parts

    def plan(self, plan: Plan, *, alternative: bool = False) -> Iterator[str]:
        """The plan: the whole in a sentence, how good it is, each step, and what stands beside it."""
        if plan.steps:
            yield self.headline(plan)
            yield self.quality(plan, alternative=alternative)
            yield from map(self.step, plan.steps)
            yield self._say("plan.weeks", busiest=_short(plan.busiest))
        elif not plan.lacking:
            yield self._say("plan.nothing")
        if plan.lacking:
            yield self._say("plan.lacking", names=", ".join(map(self.skill, plan.lacking)))
            yield from map(self.loosening, plan.loosen)
        if plan.besides:
            yield self._say("plan.besides", names=", ".join(map(self.requirement, plan.besides)))
        if plan.assumed:
            yield self._say("plan.assumed")
        if plan.confirmed == "does not hold":
            yield self._say("plan.not_confirmed")

    def headline(self, plan: Plan) -> str:
        count = self._words.count(len(plan.steps))
        return self._say(
            "plan.headline", count=count, cost=self.money(plan.cost), hours=_short(plan.hours), ends=plan.ends or ""
        )

    def quality(self, plan: Plan, *, alternative: bool = False) -> str:
        """Whether it is proven that nothing is better, or by how much something could be."""
        if plan.proven:
            return self._say("plan.best.alternative" if alternative else f"plan.best.{plan.objective}")
        return self._say(f"plan.gap.{plan.objective}", gap=f"{plan.gap * 100:.1f} %")

    def step(self, step: Step) -> str:
        return self._say(
            "plan.step",
            begins=step.begins,
            ends=step.ends,
            name=self.offering(step.offering),
            cost=self.money(step.offering.cost),
            hours=_short(step.offering.hours),
            serves=self._say("plan.serves.and").join(self.serves(step)),
        )

    def serves(self, step: Step) -> list[str]:
        """Each reason why the step is there."""
        said = []
        for each in step.serves:
            name = {"skill": self.skill, "requirement": self.requirement, "prerequisite": self._by_id}[each.kind](
                each.name
            )
            said.append(self._say(f"plan.serves.{each.kind}", name=name))
        return said

    def none(self, none: NoPlan) -> Iterator[str]:
        """That there is no plan, and what would have to be otherwise."""
        yield self._say("plan.none" if none.proven else "plan.none.unproven")
        yield from map(self.loosening, none.loosen)
        if none.together:
            yield self._say("plan.together")
            yield from map(self.loosening, none.together)
        if none.lacking:
            names = [self.skill(name) if name in self._skills else self.requirement(name) for name in none.lacking]
            yield self._say("plan.none.lacking", names=", ".join(names))

    def loosening(self, loosening: Loosening) -> str:
        name, now, needed = loosening.constraint, loosening.now, loosening.needed
        if name == "budget":
            return self._say("plan.loosen.budget", needed=self.money(needed), more=self.money(needed - now))
        if name == "by":
            days = self._words.duration(Duration(days=(needed - now).days))
            return self._say("plan.loosen.by", needed=needed, days=days)
        if name == "hours_per_week":
            return self._say("plan.loosen.hours_per_week", needed=_short(needed), now=_short(now))
        said = map(self._by_id, needed) if name == "without" else map(plain, needed)
        return self._say(f"plan.loosen.{name}", needed=", ".join(said) or "–")

    def difference(self, difference: Difference) -> list[str]:
        """What changes between two answers."""
        before, after = difference.before.plan, difference.after.plan
        if before is None or after is None:
            key = "neither" if before is after else "only_before" if after is None else "only_after"
            return [self._say(f"whatif.{key}")]
        said = []
        for name, value in (("cost", difference.cost), ("hours", difference.hours), ("days", difference.days)):
            if value:
                written = self._amount(name, abs(value))
                said.append(self._say(f"whatif.{name}.{'more' if value > 0 else 'less'}", amount=written))
        for name, offerings in (("added", difference.added), ("removed", difference.removed)):
            if offerings:
                said.append(self._say(f"whatif.{name}", names=", ".join(map(self.offering, offerings))))
        return said or [self._say("whatif.same")]

    def _amount(self, name: str, value: Any) -> str:
        if name == "cost":
            return self.money(value)
        return _short(value) if name == "hours" else self._words.duration(Duration(days=value))

    # --- names ------------------------------------------------------------------------------------------------------------------------

    def money(self, hundredths: int) -> str:
        """An amount of money with its currency; nothing costs nothing."""
        if not hundredths:
            return self._say("plan.free")
        amount = Decimal(hundredths) / 100
        number = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
        return f"{number} {plain(self._currency)}".strip()

    def offering(self, offering: Offering) -> str:
        return self._words.text(offering.title, offering.gives.name or offering.id)

    def skill(self, skill: str) -> str:
        return self._words.text(self._skills.get(skill, {}), skill)

    def requirement(self, name: str) -> str:
        return self._words.text(self._titles.get(name, {}), name)

    def _by_id(self, identifier: str) -> str:
        found = self._offerings.get(identifier)
        return self.offering(found) if found is not None else plain(identifier)

    # --- values -----------------------------------------------------------------------------------------------------------------------

    def values(self, planned: Planned) -> dict[str, Any]:
        """The answer as JSON values: `plan` and `alternatives` (each with `steps`, `cost` in whole currency, `hours`, `ends`, `weeks`,
        `proven`, `gap` …), or `none` with `loosen`, `together` and `lacking`; and `sentences` in parts."""
        return {
            "plan": self._plan(planned.plan) if planned.plan is not None else None,
            "alternatives": [self._plan(other) for other in planned.alternatives],
            "none": None
            if planned.none is None
            else {
                "proven": planned.none.proven,
                "loosen": list(map(_loosening, planned.none.loosen)),
                "together": list(map(_loosening, planned.none.together)),
                "lacking": list(planned.none.lacking),
            },
            "language": self._words.language,
            "sentences": self.planned(planned),
        }

    def _plan(self, plan: Plan) -> dict[str, Any]:
        return {
            "objective": plan.objective.value,
            "cost": _number(Decimal(plan.cost) / 100),
            "currency": plan.currency,
            "hours": _number(plan.hours),
            "ends": plan.ends.isoformat() if plan.ends else None,
            "proven": plan.proven,
            "gap": round(plan.gap, 4),
            "steps": [
                {
                    "offering": step.offering.id,
                    "name": self.offering(step.offering),
                    "begins": step.begins.isoformat(),
                    "ends": step.ends.isoformat(),
                    "cost": _number(Decimal(step.offering.cost) / 100),
                    "hours": _number(step.offering.hours),
                    "serves": [{"kind": each.kind, "name": each.name} for each in step.serves],
                }
                for step in plan.steps
            ],
            "weeks": [{"begins": week.begins.isoformat(), "hours": _number(week.hours)} for week in plan.weeks],
            "lacking": list(plan.lacking),
            "loosen": list(map(_loosening, plan.loosen)),
            "confirmed": plan.confirmed,
            "besides": list(plan.besides),
            "assumed": list(plan.assumed),
            "examined": plan.examined,
        }


def _loosening(loosening: Loosening) -> Mapping[str, Any]:
    name, now, needed = loosening.constraint, loosening.now, loosening.needed
    if name == "budget":
        now, needed = _number(Decimal(now) / 100), _number(Decimal(needed) / 100)
    elif name == "by":
        now, needed = now.isoformat(), needed.isoformat()
    elif name == "hours_per_week":
        now, needed = _number(now), _number(needed)
    else:
        now, needed = list(now), list(needed)
    return {"constraint": name, "now": now, "needed": needed}


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _short(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize():f}"
