"""What of renewal goes along when an institution leaves: cycles, renewals with what was looked at, and activities."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .models import Activity, Cycle, Renewal

TABLES = (Carried(Cycle), Carried(Renewal), Carried(Activity))
