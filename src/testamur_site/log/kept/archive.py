"""What of the log's own tables is the institution's, and goes along when it leaves: what it asks of verifiers, and its alarms."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from ..cut_offs.models import KeyCutOff, LogRequirement
from ..monitor.models import Acknowledgement, Alarm

TABLES = (Carried(LogRequirement), Carried(KeyCutOff), Carried(Alarm), Carried(Acknowledgement))
