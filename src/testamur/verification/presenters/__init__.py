"""How a report is shown: as JSON for programs, as text for a terminal; and the reading of a document that both show.

The third presenter of a report are the pages of the site.
"""

from testamur.verification.presenters.how_earned import chain, told
from testamur.verification.presenters.quick import reading
from testamur.verification.presenters.reports import to_json, to_text
from testamur.verification.presenters.written import json_bytes, members

__all__ = ["chain", "json_bytes", "members", "reading", "to_json", "to_text", "told"]
