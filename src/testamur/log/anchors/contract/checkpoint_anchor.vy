# pragma version 0.4.3
# Since when a checkpoint of a log has been known. Nobody owns this contract, nobody can change it, and nothing can be taken back.

event Anchored:
    digest: indexed(bytes32)
    time: uint256

first_seen: public(HashMap[bytes32, uint256])

@external
def anchor(digest: bytes32):
    """Remember when this digest was first brought here. `digest` is the SHA-256 of a checkpoint's text."""
    if self.first_seen[digest] == 0:
        self.first_seen[digest] = block.timestamp
        log Anchored(digest=digest, time=block.timestamp)

@external
@view
def recorded_since(origin: String[200], size: uint256, index: uint256, entry: Bytes[66], path: DynArray[bytes32, 63]) -> uint256:
    """Since when an anchored checkpoint of that log has held `entry` as number `index`; 0 where that is not proven."""
    if index >= size:
        return 0
    # The audit path as in RFC 9162, section 2.1.3.2.
    first: uint256 = index
    last: uint256 = size - 1
    root: bytes32 = sha256(concat(b"\x00", entry))
    for sibling: bytes32 in path:
        if last == 0:
            return 0
        if first % 2 == 1 or first == last:
            root = sha256(concat(b"\x01", sibling, root))
            for _: uint256 in range(64):
                if first % 2 == 1 or first == 0:
                    break
                first = first // 2
                last = last // 2
        else:
            root = sha256(concat(b"\x01", root, sibling))
        first = first // 2
        last = last // 2
    if last != 0:
        return 0
    # The text that was anchored: origin, size and root, a line each (C2SP tlog-checkpoint).
    return self.first_seen[sha256(concat(convert(origin, Bytes[200]), b"\n", convert(uint2str(size), Bytes[78]), b"\n", self._base64(root), b"\n"))]

@internal
@pure
def _base64(digest: bytes32) -> Bytes[44]:
    alphabet: Bytes[64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    number: uint256 = convert(digest, uint256)
    head: uint256 = 0  # the first 32 letters
    tail: uint256 = 0  # the other eleven; the last one holds four bits of the digest and two of padding
    for position: uint256 in range(43):
        six: uint256 = (number << 2) & 63
        if position < 42:
            six = (number >> (250 - 6 * position)) & 63
        letter: uint256 = convert(slice(alphabet, six, 1), uint256)
        if position < 32:
            head = (head << 8) | letter
        else:
            tail = (tail << 8) | letter
    return concat(convert(head, bytes32), slice(convert(tail << 168, bytes32), 0, 11), b"=")
