"""Asking those whom a policy for anchors names which blocks their chains have: nodes (evm) and explorers (Bitcoin, the
interface of Esplora).

What they say is their word; but only about the chain. A header must lead to the hash that it is asked by.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from testamur.errors import Malformed, ResolutionError
from testamur.fetch.evm import Node
from testamur.log.anchors import AnchorPolicy, EvmReceipt, OpenTimestampsReceipt, Receipt
from testamur.log.anchors.evm import block_number
from testamur.ports import Resolver

_HASH = re.compile(r"[0-9a-f]{64}")
_HEADER = re.compile(r"[0-9a-f]{160}")
MOST = 16
"""So many blocks are asked for at most."""


def learn(
    policy: AnchorPolicy, receipts: Iterable[Receipt], resolver: Resolver, *, allowed_origins: Iterable[str] = ()
) -> AnchorPolicy:
    """The policy with the blocks that these receipts end in, as far as the nodes and explorers that it names know them.
    Blocks that the policy states itself are not asked for. Who does not answer is passed over: then the receipt stays
    undecided.
    """
    blocks: dict[tuple[int, int], bytes] = {}
    bitcoin: dict[int, bytes] = {}
    for receipt in receipts:
        if len(blocks) + len(bitcoin) >= MOST:
            break
        if isinstance(receipt, EvmReceipt):
            number = block_number(receipt)
            if number is not None and (receipt.chain, number) not in policy.blocks:
                found = _evm_block(policy, receipt.chain, number, allowed_origins)
                if found is not None:
                    blocks[receipt.chain, number] = found
        elif isinstance(receipt, OpenTimestampsReceipt):
            for height in list(receipt.headers)[:MOST]:
                known = None if height in policy.bitcoin else _bitcoin_block(policy, height, resolver)
                if known is not None:
                    bitcoin[height] = known
    return policy.knowing(blocks=blocks, bitcoin=bitcoin)


def _evm_block(policy: AnchorPolicy, chain: int, number: int, allowed_origins: Iterable[str]) -> bytes | None:
    for url in policy.nodes.get(chain, ()):
        node = Node(url, allowed_origins=allowed_origins)
        try:
            if node.chain() == chain and (found := node.block_hash(number)) is not None:
                return found
        except ResolutionError:
            continue
    return None


def _bitcoin_block(policy: AnchorPolicy, height: int, resolver: Resolver) -> bytes | None:
    for explorer in policy.explorers:
        try:
            return bitcoin_block_hash(explorer, height, resolver)
        except (ResolutionError, Malformed):
            continue
    return None


def bitcoin_block_hash(explorer: str, height: int, resolver: Resolver) -> bytes:
    """The hash of the block at that height, as it is printed. Raises ResolutionError and Malformed."""
    answer = resolver.fetch(f"{explorer}/block-height/{height}", accept=("text/plain",))
    return bytes.fromhex(_text(answer.content, _HASH))


def bitcoin_header(explorer: str, block: bytes, resolver: Resolver) -> bytes:
    """The 80 bytes of the header of the block with that hash. Raises ResolutionError, and Malformed where they do
    not lead to it."""
    answer = resolver.fetch(f"{explorer}/block/{block.hex()}/header", accept=("text/plain",))
    header = bytes.fromhex(_text(answer.content, _HEADER))
    if hashlib.sha256(hashlib.sha256(header).digest()).digest()[::-1] != block:
        raise Malformed("The explorer's header does not lead to the block's hash.", code="anchor.explorer")
    return header


def _text(content: bytes, form: re.Pattern[str]) -> str:
    text = content[:400].decode("ascii", "replace").strip().lower()
    if not form.fullmatch(text):
        raise Malformed("The explorer's answer cannot be read.", code="anchor.explorer")
    return text
