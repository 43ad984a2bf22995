"""What several markers say together, when some are generous, some are strict and some are careless.

The model is that of Piech, Huang, Chen, Do, Ng and Koller, “Tuned Models of Peer Assessment in MOOCs” (EDM 2013, model PG1):

    a mark  =  true score of the work  +  bias of the marker  +  noise of the marker

True scores, biases and the precision of the noise (1 / variance) are spread normally, normally and by a gamma distribution. How widely is
estimated from the marks themselves, together with a few imagined observations, so that three marks do not pretend to know it.

Estimation alternates two steps until nothing moves:

1. with the precisions given, scores and biases by Gaussian belief propagation on the graph of marks. Its means are exact (the
   system is diagonally dominant, so it converges: Malioutov, Johnson and Willsky, JMLR 7, 2006); its variances are exact on trees and
   good on sparse graphs, and they count what is not known of a marker's bias, which a plain mean's standard error forgets;
2. with scores and biases given, the precision of every marker and the spreads.

Marks of staff on some of the works (`anchors`) fix those scores; only they can show a bias that all markers share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import NamedTuple

from testamur.errors import InputError, TooLarge

MAX_MARKS = 200_000
_IMAGINED = 4.0  # imagined observations behind each spread
# Their standard deviations, as shares of the scale: of true scores, of biases, of noise.
_SCORE_SPREAD, _BIAS_SPREAD, _NOISE = 0.15, 0.06, 0.10
_SHAPE = 3.0  # of the gamma distribution of precisions: how much markers differ
_LEAST_NOISE = 0.01  # of the scale: nobody is taken for perfect
_PASSES = 200
_STILL = 1e-5  # of the scale: smaller moves are none
_KNOWN = 1e12  # the precision, in units of the scale, of what staff said


class PeerMark(NamedTuple):
    """`marker` gave the work of `subject` this `score`."""

    marker: str
    subject: str
    score: float


class Estimate(NamedTuple):
    """A score and its standard error, on the scale of the marks."""

    mean: float
    se: float


class MarkerEstimate(NamedTuple):
    """`bias`: how much higher than the true score this marker marks, on the scale of the marks. `reliability`: the share of the
    variance of one mark of this marker that comes from the works and not from the marker's noise, between 0 and 1."""

    bias: float
    reliability: float


@dataclass(frozen=True, slots=True)
class Combined:
    """What the marks say together: of every work, and of every marker."""

    scores: Mapping[str, Estimate]
    markers: Mapping[str, MarkerEstimate]


def combine(
    marks: Sequence[PeerMark],
    *,
    anchors: Mapping[str, float] | None = None,
    scale: float = 100.0,
    towards_cohort: bool = True,
) -> Combined:
    """Estimate every work's score and every marker's bias and reliability.

    `anchors` are scores of works that staff marked; they are returned as they are, with standard error 0. `scale` is the width of
    the scale (100 for per cent). With `towards_cohort` an uncertain score is drawn towards the mean of the cohort, which makes the error
    least over all; without it a person's score depends on their own marks and their markers alone.

    Raises InputError (`assessment.peers.mark`: a mark that is not finite, a scale that is not positive, or two marks of one marker for one
    work) and TooLarge (more than 200,000 marks).
    """
    anchors = anchors or {}
    if len(marks) > MAX_MARKS:
        raise TooLarge(f"At most {MAX_MARKS:,} marks are combined at once.", code="assessment.peers.too_many")
    if not (isfinite(scale) and scale > 0):
        raise InputError("The scale's width is a positive number.", code="assessment.peers.mark")
    if not all(isfinite(score) for score in (*(mark.score for mark in marks), *anchors.values())):
        raise InputError("A mark is a finite number.", code="assessment.peers.mark")
    if len({(mark.marker, mark.subject) for mark in marks}) != len(marks):
        raise InputError("One marker marked one work twice.", code="assessment.peers.mark")
    return _Model(marks, anchors, float(scale), towards_cohort).estimate()


def needs_staff(score: float, se: float, cut: float, *, z: float = 1.645) -> bool:
    """Whether the pass mark `cut` lies so close to `score` that the marks leave open on which side the work stands: within `z`
    standard errors (1.645: nine tenths of the probability)."""
    return abs(score - cut) < z * se


class _Model:
    """One estimation. Marks are divided by the scale; edges are numbered as the marks are given, sorted."""

    def __init__(
        self, marks: Sequence[PeerMark], anchors: Mapping[str, float], scale: float, towards_cohort: bool
    ) -> None:
        self.scale, self.towards_cohort = scale, towards_cohort
        ordered = sorted(marks)
        self.subjects = sorted({mark.subject for mark in ordered} | set(anchors))
        self.markers = sorted({mark.marker for mark in ordered})
        subject_at = {name: place for place, name in enumerate(self.subjects)}
        marker_at = {name: place for place, name in enumerate(self.markers)}
        self.edges = [(marker_at[mark.marker], subject_at[mark.subject]) for mark in ordered]
        self.values = [float(mark.score) / scale for mark in ordered]
        self.of_subject: list[list[int]] = [[] for _ in self.subjects]
        self.of_marker: list[list[int]] = [[] for _ in self.markers]
        for edge, (marker, subject) in enumerate(self.edges):
            self.of_marker[marker].append(edge)
            self.of_subject[subject].append(edge)
        self.known = {subject_at[name]: float(score) / scale for name, score in anchors.items()}
        self.anchored = any(self.of_subject[subject] for subject in self.known)
        start = [*self.known.values()] if self.anchored else self.values
        self.centre = sum(start) / len(start) if start else 0.0
        self.score_variance, self.bias_variance = _SCORE_SPREAD**2, _BIAS_SPREAD**2
        self.bias_mean = 0.0
        self.noise = _NOISE**2  # of a typical marker
        self.precision = [1 / self.noise for _ in self.markers]
        # Messages along each edge, to the marker's bias and to the work's score: (precision, precision × mean).
        self.to_marker = [(0.0, 0.0)] * len(self.edges)
        self.to_subject = [(0.0, 0.0)] * len(self.edges)
        self.score = [(self.centre, self.score_variance)] * len(self.subjects)
        self.bias = [(0.0, self.bias_variance)] * len(self.markers)

    def estimate(self) -> Combined:
        for _ in range(_PASSES):
            before = [*self.score, *self.bias]
            self._propagate()
            self._weigh_markers()
            self._spread()
            after = [*self.score, *self.bias]
            if all(
                abs(mean - old) < _STILL and abs(sqrt(variance) - sqrt(was)) < _STILL
                for (mean, variance), (old, was) in zip(after, before, strict=True)
            ):
                break
        scores = {
            name: Estimate(self.known[place] * self.scale, 0.0)
            if place in self.known
            else Estimate(self.score[place][0] * self.scale, self._standard_error(place) * self.scale)
            for place, name in enumerate(self.subjects)
        }
        markers = {
            name: MarkerEstimate(
                self.bias[place][0] * self.scale,
                self.score_variance / (self.score_variance + 1 / self.precision[place]),
            )
            for place, name in enumerate(self.markers)
        }
        return Combined(scores, markers)

    def _standard_error(self, subject: int) -> float:
        """The model's, widened where the marks of this work differ more than the model expects (Birge's ratio): a careless marker
        whom a few marks did not give away shows there."""
        mean, variance = self.score[subject]
        marks = self.of_subject[subject]
        if len(marks) > 1:
            squares = sum(
                precision * (weighted / precision - mean) ** 2
                for precision, weighted in (self.to_subject[edge] for edge in marks)
            )
            variance *= max(1.0, squares / (len(marks) - 1))
        return sqrt(variance)

    def _prior(self, subject: int) -> tuple[float, float]:
        """(precision, precision × mean) of a score before any mark."""
        if subject in self.known:
            return _KNOWN, _KNOWN * self.known[subject]
        # Without the cohort a score is known to lie about the scale's width around, and nothing more.
        precision = 1 / self.score_variance if self.towards_cohort else 1.0
        return precision, precision * self.centre

    def _propagate(self) -> None:
        for subject, edges in enumerate(self.of_subject):
            precision, weighted = self._prior(subject)
            for edge in edges:
                precision += self.to_subject[edge][0]
                weighted += self.to_subject[edge][1]
            self.score[subject] = (weighted / precision, 1 / precision)
            for edge in edges:
                self.to_marker[edge] = self._message(edge, precision, weighted, self.to_subject[edge])
        for marker, edges in enumerate(self.of_marker):
            precision = 1 / self.bias_variance
            weighted = precision * self.bias_mean
            for edge in edges:
                precision += self.to_marker[edge][0]
                weighted += self.to_marker[edge][1]
            self.bias[marker] = (weighted / precision, 1 / precision)
            for edge in edges:
                self.to_subject[edge] = self._message(edge, precision, weighted, self.to_marker[edge])

    def _message(
        self, edge: int, precision: float, weighted: float, received: tuple[float, float]
    ) -> tuple[float, float]:
        """What the mark says of one end, given what all other marks say of the other end."""
        rest = max(precision - received[0], 1e-9)
        mean = (weighted - received[1]) / rest
        sent = 1 / (1 / rest + 1 / self.precision[self.edges[edge][0]])
        return sent, sent * (self.values[edge] - mean)

    def _weigh_markers(self) -> None:
        least = _LEAST_NOISE**2
        for marker, edges in enumerate(self.of_marker):
            squares = 0.0
            for edge in edges:
                subject = self.edges[edge][1]
                (score, score_variance), (bias, bias_variance) = self.score[subject], self.bias[marker]
                if subject in self.known:
                    score, score_variance = self.known[subject], 0.0
                # The variance of score + bias after the mark: both, less what the mark itself binds them together.
                squares += (self.values[edge] - score - bias) ** 2 + self._variance_of_sum(
                    score_variance, bias_variance, 1 / self.precision[marker]
                )
            mean = (_SHAPE + len(edges) / 2) / (_SHAPE * self.noise + squares / 2)
            self.precision[marker] = min(mean, 1 / least)

    @staticmethod
    def _variance_of_sum(score: float, bias: float, noise: float) -> float:
        both = score + bias
        return both * noise / (both + noise)

    def _spread(self) -> None:
        """How widely scores, biases and noise are spread, from the present estimates and the imagined observations."""
        free = [subject for subject in range(len(self.subjects)) if self.of_subject[subject]]
        if free:
            values = [(self.known[s], 0.0) if s in self.known else self.score[s] for s in free]
            self.centre = sum(mean for mean, _ in values) / len(values)
            squares = sum((mean - self.centre) ** 2 + variance for mean, variance in values)
            self.score_variance = (squares + _IMAGINED * _SCORE_SPREAD**2) / (len(free) + _IMAGINED)
        if self.markers:
            count = len(self.markers)
            if self.anchored:  # otherwise a bias that all share cannot be told from the scores
                self.bias_mean = sum(mean for mean, _ in self.bias) / (count + _IMAGINED)
            squares = sum((mean - self.bias_mean) ** 2 + variance for mean, variance in self.bias)
            self.bias_variance = (squares + _IMAGINED * _BIAS_SPREAD**2) / (count + _IMAGINED)
            self.noise = (count + _IMAGINED) / (sum(self.precision) + _IMAGINED / _NOISE**2)
