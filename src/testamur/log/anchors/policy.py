"""Whom one believes about anchors, and the one question: does this receipt show that this digest existed, and since
when?

A policy is a small text, a statement a line, `#` before a remark, certificates as they are (PEM) between the lines:

    # The contract, and blocks of that chain that I know.
    evm 1 contract 0x5fbdb2315678afecb367f032d93f642f64180aa3
    evm 1 block 21500000 0x8c1f…
    evm 1 node https://ethereum-node.example
    # Blocks of Bitcoin, and somebody to ask for others.
    bitcoin block 900000 00000000000000000001…
    bitcoin explorer https://explorer.example/api
    -----BEGIN CERTIFICATE-----
    …

Nodes and explorers are only named here; who may reach out asks them and adds the blocks (`fetch.known_blocks`). Without
anybody who is believed the answer is *could not be decided*, never *passed*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from cryptography import x509

from testamur.errors import Malformed, TooLarge

from . import evm, opentimestamps, time_stamping
from .evm import EvmReceipt
from .receipts import OpenTimestampsReceipt, Receipt
from .result import AnchorResult, failed

MAX_BYTES: Final = 1_000_000
_MAX_LINES: Final = 20_000
_BEGIN: Final = "-----BEGIN CERTIFICATE-----"
_END: Final = "-----END CERTIFICATE-----"
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_HASH: Final = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
_URL: Final = re.compile(r"https?://[!-~]{1,2000}")
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class AnchorPolicy:
    """`contracts` (20 bytes each) and `nodes` by chain id; `blocks` by chain id and number; `bitcoin` block hashes by
    height, as they are printed; `authorities` the certificates time stamps must lead to, and those between."""

    contracts: Mapping[int, frozenset[bytes]] = field(default_factory=dict)
    blocks: Mapping[tuple[int, int], bytes] = field(default_factory=dict)
    nodes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    bitcoin: Mapping[int, bytes] = field(default_factory=dict)
    explorers: tuple[str, ...] = ()
    authorities: tuple[x509.Certificate, ...] = ()

    @classmethod
    def from_text(cls, text: str) -> AnchorPolicy:
        """Raises TooLarge, and Malformed with the number of the line in its facts."""
        if len(text) > MAX_BYTES:
            raise TooLarge("The policy is too large.", code="anchor.policy", facts={"most": MAX_BYTES})
        return _Reading().read(text)

    def knowing(
        self, *, blocks: Mapping[tuple[int, int], bytes] | None = None, bitcoin: Mapping[int, bytes] | None = None
    ) -> AnchorPolicy:
        """The same with further blocks; what the policy itself says stands above what is added."""
        return replace(self, blocks={**(blocks or {}), **self.blocks}, bitcoin={**(bitcoin or {}), **self.bitcoin})


def check(digest: bytes, receipt: Receipt, policy: AnchorPolicy) -> AnchorResult:
    """Whether, and since when, `digest` (`digest_of` a checkpoint, 32 bytes) is anchored by this receipt.

    Passed, with a time: by somebody whom the policy believes. Failed: the receipt is damaged, or is of something else,
    or contradicts what the policy knows. Unknown: it is whole as far as it goes, and nobody whom the policy believes
    vouches for where it ends. Never raises.
    """
    if len(digest) != 32:
        return failed("anchor.other_digest")
    if isinstance(receipt, EvmReceipt):
        return evm.verify(digest, receipt, policy.contracts, lambda chain, number: policy.blocks.get((chain, number)))
    if isinstance(receipt, OpenTimestampsReceipt):
        return opentimestamps.verify(digest, receipt.proof, receipt.headers, policy.bitcoin)
    return time_stamping.verify(digest, receipt.reply, policy.authorities)


class _Reading:
    def __init__(self) -> None:
        self.contracts: dict[int, frozenset[bytes]] = {}
        self.blocks: dict[tuple[int, int], bytes] = {}
        self.nodes: dict[int, tuple[str, ...]] = {}
        self.bitcoin: dict[int, bytes] = {}
        self.explorers: tuple[str, ...] = ()
        self.authorities: list[x509.Certificate] = []

    def read(self, text: str) -> AnchorPolicy:
        lines = text.splitlines()
        if len(lines) > _MAX_LINES:
            raise TooLarge("The policy is too large.", code="anchor.policy", facts={"most": _MAX_LINES})
        certificate: list[str] | None = None
        for number, line in enumerate(lines, start=1):
            line = line.strip()
            if certificate is not None:
                certificate.append(line)
                if line == _END:
                    self._certificate("\n".join(certificate), number)
                    certificate = None
            elif line == _BEGIN:
                certificate = [line]
            elif line and not line.startswith("#"):
                self._statement(line.split(), number)
        if certificate is not None:
            raise _refused(len(lines))
        return AnchorPolicy(
            self.contracts, self.blocks, self.nodes, self.bitcoin, self.explorers, tuple(self.authorities)
        )

    def _certificate(self, pem: str, line: int) -> None:
        try:
            made = x509.load_pem_x509_certificate(pem.encode())
        except ValueError:
            raise _refused(line) from None
        if made not in self.authorities:
            self.authorities.append(made)

    def _statement(self, words: list[str], line: int) -> None:
        match words:
            case ["evm", chain, "contract", address] if _NUMBER.fullmatch(chain) and _ADDRESS.fullmatch(address):
                known = self.contracts.get(int(chain), frozenset())
                self.contracts[int(chain)] = known | {bytes.fromhex(address[2:])}
            case ["evm", chain, "block", number, value] if _both(chain, number) and _HASH.fullmatch(value):
                self._block(self.blocks, (int(chain), int(number)), value, line)
            case ["evm", chain, "node", url] if _NUMBER.fullmatch(chain) and _URL.fullmatch(url):
                self.nodes[int(chain)] = (*self.nodes.get(int(chain), ()), url)
            case ["bitcoin", "block", height, value] if _NUMBER.fullmatch(height) and _HASH.fullmatch(value):
                self._block(self.bitcoin, int(height), value, line)
            case ["bitcoin", "explorer", url] if _URL.fullmatch(url):
                self.explorers = (*self.explorers, url)
            case _:
                raise _refused(line)

    @staticmethod
    def _block(known: dict[_Key, bytes], key: _Key, value: str, line: int) -> None:
        """One number has one block: a policy that names two would believe both."""
        made = bytes.fromhex(value.removeprefix("0x"))
        if known.setdefault(key, made) != made:
            raise _refused(line)


def _both(first: str, second: str) -> bool:
    return _NUMBER.fullmatch(first) is not None and _NUMBER.fullmatch(second) is not None


def _refused(line: int) -> Malformed:
    return Malformed("A line of the policy for anchors cannot be read.", code="anchor.policy", facts={"line": line})
