"""Collecting a bundle: verifying documents while there is a network, and keeping what was asked."""

from __future__ import annotations

from collections.abc import Iterable

from testamur.fetch import RecordingResolver, write_bundle
from testamur_site.verification import services as verification
from testamur_site.verification.rules import Input

MAX_DOCUMENTS = 20


def collect(given: Iterable[Input]) -> tuple[bytes, int]:
    """A bundle with the keys and status lists that `given` need, with today's dates, and how many there are."""
    recorder = RecordingResolver(verification.Everywhere())
    for one in given:
        verification.verify_input(one, resolver=recorder)
    return write_bundle(recorder.recorded), len(recorder.recorded)
