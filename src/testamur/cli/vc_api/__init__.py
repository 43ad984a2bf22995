"""The W3C VC API, served on loopback for conformance suites and for trying things out.

`service` decides by means of `issuer` and `verifier`, `server` speaks HTTP, `command` starts it. A document is examined in the order
of the standards: its form (`testamur.formats.vc_2`), its proofs, its dates, its status.

Three things to remember: the keys are thrown away with the process; nothing is fetched; and the service proves documents, not issuers.
Who must know whose key it is uses `testamur verify`.
"""

from testamur.cli.vc_api.command import register, run

__all__ = ["register", "run"]
