"""The issuer's and the holder's side of the VC API: keys and suites, issuing, deriving, and the status lists that are hosted."""

from testamur.cli.vc_api.issuer.deriving import derive
from testamur.cli.vc_api.issuer.issuing import issue
from testamur.cli.vc_api.issuer.status_lists import StatusList
from testamur.cli.vc_api.issuer.suites import SUITES, Issuer, new_issuers

__all__ = ["SUITES", "Issuer", "StatusList", "derive", "issue", "new_issuers"]
