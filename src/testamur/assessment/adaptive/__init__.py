"""Adaptive tests: each next question is chosen by the answers so far, so that few questions say much.

The model is the two-parameter logistic one of item response theory: somebody of ability θ answers an item of discrimination a and
difficulty b correctly with probability 1 / (1 + exp(-a (θ - b))). θ has mean 0 and standard deviation 1 in the population for which
the items were calibrated; before a calibration the parameters are somebody's guess, and so is every θ.
"""

from testamur.assessment.adaptive.calibration import Calibrated, Response, calibrate
from testamur.assessment.adaptive.estimation import Ability, ability_at, estimate, expected_percent, verdict
from testamur.assessment.adaptive.items import Answer, Item
from testamur.assessment.adaptive.selection import Rules, select, stop

__all__ = [
    "Ability",
    "Answer",
    "Calibrated",
    "Item",
    "Response",
    "Rules",
    "ability_at",
    "calibrate",
    "estimate",
    "expected_percent",
    "select",
    "stop",
    "verdict",
]
