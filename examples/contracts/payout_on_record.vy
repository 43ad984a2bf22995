# pragma version 0.4.3
# An example: a contract that acts on a credential by itself. Somebody promises money for a credential that both sides know (a refund of the
# fee, say), and names its entry in the log. As soon as a checkpoint that holds the entry is anchored, anybody may prove it here, and the money goes
# to the learner; nobody decides. If it is not recorded in time, the money goes back. The contract learns 66 bytes of hashes, and of nobody's name.

interface CheckpointAnchor:
    def recorded_since(origin: String[200], size: uint256, index: uint256, entry: Bytes[66], path: DynArray[bytes32, 63]) -> uint256: view

event Settled:
    since: uint256

GRACE: constant(uint256) = 30 * 24 * 3600  # so long after the end may it still be proven that it was recorded before

anchor: public(CheckpointAnchor)
origin: public(String[200])
entry: public(Bytes[66])
payer: public(address)
learner: public(address)
end: public(uint256)

@deploy
@payable
def __init__(anchor: address, origin: String[200], entry: Bytes[66], learner: address, end: uint256):
    assert len(entry) == 66
    self.anchor = CheckpointAnchor(anchor)
    self.origin = origin
    self.entry = entry
    self.payer = msg.sender
    self.learner = learner
    self.end = end

@external
def settle(size: uint256, index: uint256, path: DynArray[bytes32, 63]):
    """Pay, where the entry was recorded in time. `size` is that of an anchored checkpoint, `index` and `path` are those of a tlog-proof."""
    since: uint256 = staticcall self.anchor.recorded_since(self.origin, size, index, self.entry, path)
    assert since != 0, "not recorded"
    assert since <= self.end, "recorded too late"
    log Settled(since=since)
    send(self.learner, self.balance)

@external
def take_back():
    """After the end and the grace: nothing was proven in time."""
    assert block.timestamp > self.end + GRACE, "not yet"
    send(self.payer, self.balance)
