"""A decision explained: each sentence one that can be read aloud to the person whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from testamur.pathways.engine.decision import AwardDecision, Decision, Missing, Outcome, Refused, State, Status, Used
from testamur.pathways.holdings import Holding
from testamur.pathways.words.templates import Words, plain


def headline(decision: Decision, language: str = "en") -> str:
    """The outcome in one sentence."""
    words = Words(language)
    title = words.text(decision.chosen.title)
    if decision.outcome is Outcome.HOLDS and title:
        return words.say("outcome.holds.award", award=title)
    return words.say(f"outcome.{decision.outcome}")


def names_of(holdings: Iterable[Holding], language: str = "en") -> dict[str, str]:
    """The names of credentials by their ids, for `explain`. A credential of a later version than the first is named with its version, so
    that it can be seen which one was used."""
    words = Words(language)
    return {
        holding.id: words.say("credential.version", name=holding.name, version=holding.version)
        if holding.continues and holding.version
        else holding.name
        for holding in holdings
        if holding.name
    }


def explain(decision: Decision, language: str = "en", names: Mapping[str, str] | None = None) -> dict[str, list[str]]:
    """The sentences of `decision` by what they are about. `names` gives a credential's name by its id, where the id alone would
    say little.

    Keys, in the order of reading: `outcome`, `requirements`, `used`, `refused`, `change`, `unknown`, `further`. A key without
    sentences is absent.
    """
    explanation = _Explanation(decision, Words(language), names or {})
    parts = {
        "outcome": [headline(decision, language), *explanation.outcome()],
        "requirements": list(explanation.requirements()),
        "used": list(explanation.used()),
        "refused": list(explanation.refused()),
        "change": list(explanation.change()),
        "unknown": list(explanation.unknown()),
        "further": list(explanation.further()),
    }
    return {name: sentences for name, sentences in parts.items() if sentences}


class _Explanation:
    def __init__(self, decision: Decision, words: Words, names: Mapping[str, str]) -> None:
        self._decision = decision
        self._chosen: AwardDecision = decision.chosen
        self._words = words
        self._say = words.say
        self._names = names

    def _name(self, credential: str) -> str:
        return plain(self._names.get(credential) or credential)

    def outcome(self) -> Iterator[str]:
        for name in self._chosen.labels:
            yield self._say("label", name=name)
        for name in self._chosen.late:
            yield self._say("late", name=name)
        if not self._chosen.proven:
            yield self._say("outcome.unproven")

    def requirements(self) -> Iterator[str]:
        for status in self._chosen.statuses:
            yield "  " * status.depth + self._status(status)

    def _status(self, status: Status) -> str:
        name = self._words.text(status.title, status.name)
        if status.state is State.SATISFIED and status.counted:
            return self._say("state.satisfied", name=name, counted=self._words.size(status.counted, status.unit))
        if status.state is State.SATISFIED:
            return self._say("state.satisfied.plain", name=name)
        if status.state is State.OPEN:
            missing = [self._missing(lacking, status.name) for lacking in status.missing if lacking.kind != "fact"]
            if missing:
                return self._say("state.open", name=name, missing=self._words.together(missing))
            return self._say("state.open.plain", name=name)
        return self._say(f"state.{status.state}", name=name)

    def _missing(self, lacking: Missing, requirement: str) -> str:
        own = ".own" if lacking.of == requirement and lacking.kind in ("credits", "count") else ""
        if lacking.kind in ("credits", "share"):
            amount = self._words.size(lacking.amount, lacking.unit)
        else:
            amount = self._words.count(lacking.amount)
        return self._say(f"missing.{lacking.kind}{own}", amount=amount, of=lacking.of, number=lacking.amount)

    def used(self) -> Iterator[str]:
        for used in self._chosen.used:
            yield self._used(used)

    def _used(self, used: Used) -> str:
        facts = {"credential": self._name(used.credential), "requirement": self._title(used.requirement)}
        if used.by_hand:
            override = next((one for one in self._chosen.by_hand if one.credential == used.credential), None)
            if override is not None:
                return self._say("used.by_hand", by=override.by, reason=override.reason, **facts)
        amount = self._words.size(used.amount, used.unit)
        if used.amount < used.of:
            return self._say("used.part", amount=amount, whole=self._words.size(used.of, used.unit), **facts)
        return self._say("used", amount=amount, **facts) if used.amount else self._say("used.plain", **facts)

    def _title(self, requirement: str) -> str:
        for status in self._chosen.statuses:
            if status.name == requirement:
                return self._words.text(status.title, requirement)
        return plain(requirement)

    def refused(self) -> Iterator[str]:
        for refused in self._chosen.refused:
            yield self._refused(refused)

    def _refused(self, refused: Refused) -> str:
        key = f"refused.{refused.kind}"
        if self._words.has(f"{key}.{refused.name}"):
            key = f"{key}.{refused.name}"
        detail = self._name(refused.detail) if refused.detail else "–"
        return self._say(key, credential=self._name(refused.credential), name=refused.name, detail=detail)

    def change(self) -> Iterator[str]:
        change = self._chosen.change
        if change is None or self._decision.outcome is not Outcome.DOES_NOT_HOLD:
            return
        add = [
            self._say(
                "change.add.item", missing=self._missing(lacking, requirement), requirement=self._title(requirement)
            )
            for requirement, lacking in change.add
            if lacking.kind != "fact"
        ]
        if add:
            yield self._say("change.add", what=self._words.together(add))
        waive = [
            self._say("change.waive.item", credential=self._name(one), clause=clause) for one, clause in change.waive
        ]
        if waive:
            yield self._say("change.waive", what=self._words.together(waive))

    def unknown(self) -> Iterator[str]:
        for kind, name, of in self._chosen.unknown:
            if kind == "refer":
                yield self._say("unknown.refer", name=name, by=self._say("by", by=of) if of else "")
            elif kind in ("stage", "review"):
                yield self._say(f"unknown.{kind}", name=name, by=of)
            else:
                yield self._say(f"unknown.{kind}", name=name, credential=self._name(of))

    def further(self) -> Iterator[str]:
        decision, chosen = self._decision, self._chosen
        if decision.standing is not None:
            lapse = self._words.text(decision.lapse)
            yield self._say(f"standing.{decision.standing}", until=decision.until or "", lapse=lapse).strip()
        for name, text in decision.consequences:
            yield self._say("consequence", text=self._words.text(text, name))
        for text, amount in decision.reclassified:
            yield self._say("reclassified", amount=self._words.size(amount, chosen.unit), text=self._words.text(text))
        for override in chosen.by_hand:
            yield self._say(
                "override.counted", by=override.by, does=self._say(f"kind.{override.does}"), reason=override.reason
            )
        for override in decision.rejected_overrides:
            yield self._say("override.rejected", does=self._say(f"kind.{override.does}"))
        if decision.appeal_until is not None:
            yield self._say("appeal", until=decision.appeal_until, to=self._words.text(decision.appeal_to))
        if chosen.audit:
            yield self._say("audit", credentials=", ".join(self._name(one) for one in chosen.audit))
        if chosen.debits:
            yield self._say("debits", credentials=", ".join(self._name(one) for one in chosen.debits))
