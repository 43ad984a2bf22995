"""What of the marking goes along when an institution leaves: marks, results, and how they came about."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried, nobodys_digest

from .integrity.models import CopyFinding
from .models import CalibrationSample, Mark, TaskMarking, TaskResult, Validator

TABLES = (
    Carried(
        Validator,
        without={"token_digest": "opens the page of a validator, which is another one at the new place"},
        fresh={"token_digest": nobodys_digest},
    ),
    Carried(TaskMarking),
    Carried(TaskResult),
    Carried(Mark),
    Carried(CalibrationSample),
    Carried(CopyFinding),
)
