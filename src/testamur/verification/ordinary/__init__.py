"""The ordinary verification: an award as thousands are, whole, in force and from whom it says, of a form that was met before.

A form (`linked_data.forms`) decides nearly everything that a report says. It is worked out once (`course`); so is what the keys, lists and
checkpoints of an issuer decide, for as long as they are the same bytes (`standing`). What is left for each document is done in one go
(`verified`): its hashes and its signature, its dates, its bit, its place in the log.

Three things to remember:

- It says the same as the checks, or nothing (None). Whatever is not as it usually is, one finding that would be another, one address that
  does not answer, leaves the document to the checks, which alone know what to say then. The property tests hold both beside each other.
- Nothing is believed because it was believed before: whose keys, which list, which proof is asked each time, in the same order and as often
  as the checks ask, and nothing is asked for that they would not ask for at this place.
- Kept are places of texts and what belongs to a form, and public documents of issuers. Nothing of the document itself, and no verdict.
"""

from testamur.verification.ordinary.verified import verified

__all__ = ["verified"]
