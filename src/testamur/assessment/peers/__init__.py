"""Peers: who assesses whom, what their marks say together, and where a member of staff must look.

Peers alone certify nobody. `allocate` spreads the work, `combine` weighs the marks by how far the markers agree with each other
(and with marks of staff, where there are some), `needs_staff` names the cases that the marks leave open.
"""

from testamur.assessment.peers.allocation import allocate, mutual_pairs
from testamur.assessment.peers.combination import Combined, Estimate, MarkerEstimate, PeerMark, combine, needs_staff

__all__ = [
    "Combined",
    "Estimate",
    "MarkerEstimate",
    "PeerMark",
    "allocate",
    "combine",
    "mutual_pairs",
    "needs_staff",
]
