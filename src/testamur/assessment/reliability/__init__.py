"""How far marks can be relied on: agreement of assessors, their severity, and criteria that tell nobody apart.

Every figure comes with an interval, or with None where the marks cannot say: no variation, too few, assessors who share no work.
"""

from testamur.assessment.reliability.alpha import METRICS, Rating, krippendorff_alpha
from testamur.assessment.reliability.discrimination import CriterionReport, discrimination
from testamur.assessment.reliability.interval import Gate, Interval, gate
from testamur.assessment.reliability.kappa import weighted_kappa
from testamur.assessment.reliability.severity import Severity, severity

__all__ = [
    "METRICS",
    "CriterionReport",
    "Gate",
    "Interval",
    "Rating",
    "Severity",
    "discrimination",
    "gate",
    "krippendorff_alpha",
    "severity",
    "weighted_kappa",
]
