"""An institution in memory: keys, DID document, status lists, achievements, and the credentials it issues.

It implements `ports.Resolver`, so a test hands it to the verifier in place of the network and changes the world in one line:

    university = Institution()
    badge = university.issue(name="Mina Kim", email="mina@example.edu")
    university.revoke(badge)
    university.unreachable.add(university.revocation_url)

It can be written to a folder (`dump`) to be looked at.
"""

from tests.simulator.clock import FixedClock
from tests.simulator.institution import NOW, Institution
from tests.simulator.world import World

__all__ = ["NOW", "FixedClock", "Institution", "World"]
