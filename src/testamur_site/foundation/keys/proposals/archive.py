"""What of the four eyes goes along when an institution leaves: who asked for which change of keys, and who agreed."""

from __future__ import annotations

from testamur_site.foundation.tenancy.api import Carried

from .models import KeyProposal

TABLES = (Carried(KeyProposal),)
