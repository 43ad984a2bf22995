"""Parameters of items from real answers: marginal maximum likelihood by the EM algorithm (Bock and Aitkin 1981), with weak priors on the
parameters (Mislevy 1986), so that an item that everybody answers right does not run away.

Answers of adaptive tests are sparse, and which items somebody was asked depends on their answers only; so what was not asked may be
left out (it is missing at random given the answers). The scale is fixed by the population: θ has mean 0 and standard deviation 1
among those who answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import NamedTuple

from testamur.assessment.adaptive.estimation import log_one_plus_exp
from testamur.assessment.adaptive.items import GREATEST_A, GREATEST_B, LEAST_A, Item, logistic
from testamur.errors import InputError, TooLarge

LEAST_ANSWERS = 200  # of an item, before its parameters count as calibrated
GREATEST_SE_B = 0.35
FLAT = 0.4  # a discrimination below this tells hardly anybody apart
MAX_ANSWERS = 500_000

_NODES = tuple(-4.0 + 8.0 * step / 24 for step in range(25))
_WEIGHTS = tuple(exp(-(node**2) / 2) for node in _NODES)
_LOG_WEIGHTS = tuple(log(weight / sum(_WEIGHTS)) for weight in _WEIGHTS)
_ROUNDS = 60
_STILL = 0.001
_NEWTON = 6
_PRIOR_LOG_A = (0.0, 0.5)
_PRIOR_B = (0.0, 2.0)


class Response(NamedTuple):
    """`person` answered `item`."""

    person: str
    item: str
    correct: bool


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What the answers say of an item. `answers`: how many there were. `item` has its new parameters, or its old ones where there were
    too few answers. Standard errors come from the answers of each person (empirical information of this item's parameters alone), None
    where nothing was estimated. `findings`: `too_few`, `imprecise` (of b), `flat`; without any of the first two it is `calibrated`."""

    item: Item
    answers: int
    se_a: float | None
    se_b: float | None
    findings: tuple[str, ...]

    @property
    def calibrated(self) -> bool:
        return not {"too_few", "imprecise"} & set(self.findings)


def calibrate(
    bank: Iterable[Item], responses: Iterable[Response], *, least_answers: int = LEAST_ANSWERS
) -> list[Calibrated]:
    """Estimate a and b of the items of `bank` that were answered at least `least_answers` times; the others keep what they have, and
    their answers still help to place the persons. In the order of `bank`.

    Raises InputError (`assessment.adaptive.response` for an unknown item or two answers of one person to one item) and TooLarge (over
    500,000 answers). Time: about a second for 10,000 answers to a dozen items.
    """
    items = {item.key: item for item in bank}
    persons = _persons(items, responses)
    answers = dict.fromkeys(items, 0)
    for of_person in persons:
        for key in of_person:
            answers[key] += 1
    free = {key for key, count in answers.items() if count >= least_answers}
    lines = {key: (item.a, -item.a * item.b) for key, item in items.items()}  # slope and intercept of the logit
    for _ in range(_ROUNDS if free else 0):
        before = {key: lines[key] for key in free}
        rights, totals = _expected(persons, lines, free)
        for key in free:
            lines[key] = _improved(lines[key], rights[key], totals[key])
        if all(abs(new - old) < _STILL for key in free for new, old in zip(lines[key], before[key], strict=True)):
            break
    information = _empirical_information(persons, lines, free)
    return [_result(item, lines[key], answers[key], information.get(key)) for key, item in items.items()]


_Line = tuple[float, float]


def _persons(items: Mapping[str, Item], responses: Iterable[Response]) -> list[dict[str, bool]]:
    persons: dict[str, dict[str, bool]] = {}
    for number, (person, key, correct) in enumerate(responses):
        of_person = persons.setdefault(person, {})
        if key not in items or key in of_person:
            raise InputError(
                "An answer is to an item that is not in the bank, or was given twice.",
                code="assessment.adaptive.response",
            )
        if number >= MAX_ANSWERS:
            raise TooLarge(f"At most {MAX_ANSWERS:,} answers are used.", code="assessment.adaptive.too_many")
        of_person[key] = bool(correct)
    return [persons[person] for person in sorted(persons)]


def _curves(lines: Mapping[str, _Line]) -> dict[tuple[str, bool], list[float]]:
    """The logarithm of the probability of each answer at each node."""
    curves = {}
    for key, (slope, intercept) in lines.items():
        values = [slope * node + intercept for node in _NODES]
        curves[key, True] = [-log_one_plus_exp(-value) for value in values]
        curves[key, False] = [-log_one_plus_exp(value) for value in values]
    return curves


def _posterior(of_person: Mapping[str, bool], curves: Mapping[tuple[str, bool], list[float]]) -> list[float]:
    density = list(_LOG_WEIGHTS)
    for answer in of_person.items():
        density = [one + other for one, other in zip(density, curves[answer], strict=True)]
    highest = max(density)
    weights = [exp(value - highest) for value in density]
    total = sum(weights)
    return [weight / total for weight in weights]


def _expected(
    persons: list[dict[str, bool]], lines: Mapping[str, _Line], free: set[str]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """How many at each node are expected to have answered, and correctly."""
    curves = _curves(lines)
    rights = {key: [0.0] * len(_NODES) for key in free}
    totals = {key: [0.0] * len(_NODES) for key in free}
    for of_person in persons:
        posterior = _posterior(of_person, curves)
        for key, correct in of_person.items():
            if key in free:
                totals[key] = [one + other for one, other in zip(totals[key], posterior, strict=True)]
                if correct:
                    rights[key] = [one + other for one, other in zip(rights[key], posterior, strict=True)]
    return rights, totals


def _improved(line: _Line, rights: list[float], totals: list[float]) -> _Line:
    """The slope and intercept of greatest posterior density for these counts: Newton's steps in (a, b), halved where they leave the
    bounds or do not improve."""
    a, b = line[0], -line[1] / line[0]
    here = _density(a, b, rights, totals)
    for _ in range(_NEWTON):
        step = _newton_step(a, b, rights, totals)
        for _ in range(12):
            next_a, next_b = a + step[0], b + step[1]
            inside = LEAST_A <= next_a <= GREATEST_A and abs(next_b) <= GREATEST_B
            if inside and (there := _density(next_a, next_b, rights, totals)) >= here:
                break
            step = (step[0] / 2, step[1] / 2)
        else:
            break
        moved = abs(next_a - a) + abs(next_b - b)
        a, b, here = next_a, next_b, there
        if moved < 1e-5:
            break
    return a, -a * b


def _density(a: float, b: float, rights: list[float], totals: list[float]) -> float:
    density = -((log(a) - _PRIOR_LOG_A[0]) ** 2) / (2 * _PRIOR_LOG_A[1] ** 2)
    density -= (b - _PRIOR_B[0]) ** 2 / (2 * _PRIOR_B[1] ** 2)
    for node, right, total in zip(_NODES, rights, totals, strict=True):
        value = a * (node - b)
        density -= right * log_one_plus_exp(-value) + (total - right) * log_one_plus_exp(value)
    return density


def _newton_step(a: float, b: float, rights: list[float], totals: list[float]) -> tuple[float, float]:
    """By expected information (Fisher's scoring), which is positive definite."""
    log_spread, b_spread = _PRIOR_LOG_A[1] ** 2, _PRIOR_B[1] ** 2
    gradient_a = -(log(a) - _PRIOR_LOG_A[0]) / (a * log_spread)
    gradient_b = -(b - _PRIOR_B[0]) / b_spread
    aa, ab, bb = 1 / (a**2 * log_spread), 0.0, 1 / b_spread
    for node, right, total in zip(_NODES, rights, totals, strict=True):
        chance = logistic(a * (node - b))
        rest, weight = right - total * chance, total * chance * (1 - chance)
        gradient_a += rest * (node - b)
        gradient_b -= rest * a
        aa += weight * (node - b) ** 2
        ab -= weight * a * (node - b)
        bb += weight * a**2
    determinant = aa * bb - ab**2
    return (bb * gradient_a - ab * gradient_b) / determinant, (aa * gradient_b - ab * gradient_a) / determinant


def _empirical_information(
    persons: list[dict[str, bool]], lines: Mapping[str, _Line], free: set[str]
) -> dict[str, tuple[float, float, float]]:
    """(aa, ab, bb): the sum over persons of the products of the slopes of their log-likelihood."""
    curves = _curves(lines)
    sums = dict.fromkeys(free, (0.0, 0.0, 0.0))
    chances = {key: [exp(value) for value in curves[key, True]] for key in free}
    for of_person in persons if free else ():
        posterior = _posterior(of_person, curves)
        for key, correct in of_person.items():
            if key not in free:
                continue
            a, b = lines[key][0], -lines[key][1] / lines[key][0]
            slope_a = slope_b = 0.0
            for node, weight, chance in zip(_NODES, posterior, chances[key], strict=True):
                rest = weight * (correct - chance)
                slope_a += rest * (node - b)
                slope_b -= rest * a
            aa, ab, bb = sums[key]
            sums[key] = (aa + slope_a**2, ab + slope_a * slope_b, bb + slope_b**2)
    return sums


def _result(item: Item, line: _Line, answers: int, information: tuple[float, float, float] | None) -> Calibrated:
    if information is None:
        return Calibrated(item, answers, None, None, ("too_few",))
    a, b = line[0], -line[1] / line[0]
    aa = information[0] + 1 / (a * _PRIOR_LOG_A[1]) ** 2
    ab = information[1]
    bb = information[2] + 1 / _PRIOR_B[1] ** 2
    determinant = aa * bb - ab**2
    se_a, se_b = sqrt(bb / determinant), sqrt(aa / determinant)
    findings = ["imprecise"] if se_b > GREATEST_SE_B else []
    if a < FLAT:
        findings.append("flat")
    return Calibrated(Item(item.key, a, b, item.area), answers, se_a, se_b, tuple(findings))
