"""W3C Verifiable Credentials Data Model 2.0 (and 1.1): is this document what the standard calls a credential or a presentation?

One function per rule of the standard, each a generator of problems; `check_data_model` and `check_presentation` run them all. The
rules look at the form and the meaning only: no proof is checked, nothing is looked up, no clock is read. So the same rules serve who
issues (nothing that breaks them is signed) and who verifies (nothing that breaks them passes).
"""

from testamur.formats.vc_2.credential import check_data_model, is_version_1_1
from testamur.formats.vc_2.presentation import check_presentation
from testamur.formats.vc_2.problem import (
    CRYPTOGRAPHIC_SECURITY_ERROR,
    MALFORMED_VALUE_ERROR,
    PARSING_ERROR,
    RANGE_ERROR,
    Problem,
)

__all__ = [
    "CRYPTOGRAPHIC_SECURITY_ERROR",
    "MALFORMED_VALUE_ERROR",
    "PARSING_ERROR",
    "RANGE_ERROR",
    "Problem",
    "check_data_model",
    "check_presentation",
    "is_version_1_1",
]
