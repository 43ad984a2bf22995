"""`did:webvh` 1.0: a `did:web` whose history cannot be rewritten unseen.

Beside the domain the identifier holds the hash of its own first version. At the address stands a log, one line for each
version: each line is hashed together with the one before, and signed with a key that the line before allows. So whoever takes
over the web server alone, or an old key alone, cannot put in another key, and the log proves itself wherever it was obtained.

Here the log is read and verified from its first line, and the document of its last line is used; and it is written (`making`). Not asked:
watchers.
"""

from testamur.proofs.did.webvh.log import History, Version, did_webvh_url, verify_log
from testamur.proofs.did.webvh.making import Line, approve, begin, deactivate, follow, key_hash, witness_file
from testamur.proofs.did.webvh.resolve import resolve_document
from testamur.proofs.did.webvh.witnesses import check_witnesses

__all__ = [
    "History",
    "Line",
    "Version",
    "approve",
    "begin",
    "check_witnesses",
    "deactivate",
    "did_webvh_url",
    "follow",
    "key_hash",
    "resolve_document",
    "verify_log",
    "witness_file",
]
