"""The reading of a document (`subject`) in its quickest form: as it stands, or compiled from the same source (`tools/accelerate.py`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from testamur.accelerated import quickest
from testamur.verification.presenters import subject

KERNEL: Final[Any] = quickest(subject)

reading: Final[Callable[[Mapping[str, Any]], dict[str, Any]]] = KERNEL.reading
how_much: Final[Callable[[Mapping[str, Any]], tuple[int, int, int, bool]]] = KERNEL.how_much
has_criteria: Final[Callable[[Mapping[str, Any]], bool]] = KERNEL.has_criteria
