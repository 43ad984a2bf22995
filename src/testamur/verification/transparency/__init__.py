"""Is it publicly recorded, and since when? The levels *signed, logged, witnessed, anchored* (decision 0041).

A log shows what a signature cannot: that the issuer has not written it later than it says, and has not shown others something else.
`log_policy` says whom the reader believes, `service` what the issuer says of its own log, `evidence` judges one proof, `checks` asks and
decides, `lists` does the same for status lists, `anchors` for what stands behind a checkpoint, and `ladder` says what level was reached.
"""

from testamur.verification.transparency.log_policy import History, Level, LogPolicy

__all__ = ["History", "Level", "LogPolicy"]
