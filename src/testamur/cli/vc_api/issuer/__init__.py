"""The issuer's and the holder's side of the VC API: keys and suites, issuing, deriving, and the status lists that are hosted."""

from testamur.cli.vc_api.issuer.deriving import derive
from testamur.cli.vc_api.issuer.issuing import issue
from testamur.cli.vc_api.issuer.status_lists import TIME_TO_LIVE, StatusList
from testamur.cli.vc_api.issuer.suites import SUITES, Issuer, new_issuers

__all__ = ["SUITES", "TIME_TO_LIVE", "Issuer", "StatusList", "derive", "issue", "new_issuers"]
