"""The verifier's side of the VC API: what the asker expects, proofs and envelopes, credentials, presentations."""

from testamur.cli.vc_api.verifier.credentials import examine
from testamur.cli.vc_api.verifier.expectations import Expectations, read_options
from testamur.cli.vc_api.verifier.presentations import examine_presentation

__all__ = ["Expectations", "examine", "examine_presentation", "read_options"]
