"""What of the tests goes along when an institution leaves: banks with their items, and every sitting with its answers."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .models import Asked, Calibration, ExtraTime, Item, ItemBank, Sitting

TABLES = (
    Carried(ItemBank),
    Carried(Item),
    Carried(Sitting),
    Carried(ExtraTime),
    Carried(Asked),
    Carried(Calibration),
)
