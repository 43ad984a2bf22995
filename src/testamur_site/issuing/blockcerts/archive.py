"""What of Blockcerts editions goes along when an institution leaves: those that are finished, byte for byte."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .models import Edition, EditionRequest

TABLES = (
    Carried(
        EditionRequest,
        without={"transaction": "a row of the deployment that paid; the edition holds the proof, with its transaction"},
        only={"state": EditionRequest.State.FINISHED},
    ),
    Carried(Edition, only={"finished__isnull": False}),
)
