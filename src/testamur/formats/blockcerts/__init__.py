"""Blockcerts 1.2, 2.0 and 3.x, read and checked: documents whose hash stands, with many others, in one transaction of a block chain.

Three things are compared, and each can fail alone: the document's own hash with the receipt's target, the way from the target up to the
Merkle root, and the root with what the transaction carries. The first two need nothing but the document. The third needs somebody who
knows the chain; where nobody can be asked, the receipt proves nothing yet, and that is what is said.

Source: the Blockcerts schemas 1.2, 2.0, 2.1 and 3.0 to 3.2, Chainpoint 2, MerkleProof2017, MerkleProof2019. None of this is written by us.
"""

from testamur.formats.blockcerts.addresses import addresses_of
from testamur.formats.blockcerts.anchors import (
    Anchor,
    Transaction,
    spending_address,
    spent_in,
    transaction_address,
    transaction_in,
)
from testamur.formats.blockcerts.canonical import CONTEXTS, local_hash, signed_part
from testamur.formats.blockcerts.edition import (
    CHAINS,
    Tree,
    edition_content,
    edition_hash,
    edition_of,
    issuer_profile,
    tree_of,
)
from testamur.formats.blockcerts.issuer import IssuerKey, issuer_keys, named_key, revocation_addresses
from testamur.formats.blockcerts.plain import hidden_statement
from testamur.formats.blockcerts.receipt import Receipt, receipt_of, root_of
from testamur.formats.blockcerts.versions import CRYPTOSUITE, Version, merkle_proof, version_of
from testamur.formats.blockcerts.view import in_words_of_3, issuer_address

__all__ = [
    "CHAINS",
    "CONTEXTS",
    "CRYPTOSUITE",
    "Anchor",
    "IssuerKey",
    "Receipt",
    "Transaction",
    "Tree",
    "Version",
    "addresses_of",
    "edition_content",
    "edition_hash",
    "edition_of",
    "hidden_statement",
    "in_words_of_3",
    "issuer_address",
    "issuer_keys",
    "issuer_profile",
    "local_hash",
    "merkle_proof",
    "named_key",
    "receipt_of",
    "revocation_addresses",
    "root_of",
    "signed_part",
    "spending_address",
    "spent_in",
    "transaction_address",
    "transaction_in",
    "tree_of",
    "version_of",
]
