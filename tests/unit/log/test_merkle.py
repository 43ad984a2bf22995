"""Proofs are checked by code that shares nothing with the code that makes them, against the definition of RFC 6962
word by word."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.log.worlds import entry

from testamur.log.merkle import (
    EMPTY_ROOT,
    Leaves,
    Place,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

# RFC 6962 as implemented by Certificate Transparency: the inputs and roots of its published test vectors.
INPUTS = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def root_by_definition(hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, as it is written there."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    left, right = root_by_definition(hashes[:split]), root_by_definition(hashes[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size: int) -> None:
    assert tree_root(size, Leaves([leaf_hash(each) for each in INPUTS])).hex() == ROOTS[size - 1]


def test_the_empty_tree() -> None:
    assert tree_root(0, Leaves()) == EMPTY_ROOT == hashlib.sha256(b"").digest()


HASHES = [leaf_hash(entry(number)) for number in range(70)]
TREE = Leaves(HASHES)


@pytest.mark.parametrize("size", range(1, 70))
def test_every_leaf_of_small_trees_is_proven_and_no_other(size: int) -> None:
    root = root_by_definition(HASHES[:size])
    assert tree_root(size, TREE) == root
    for index in range(size):
        proof = inclusion_proof(size, index, TREE)
        assert verify_inclusion(HASHES[index], index, size, proof, root)
        assert not verify_inclusion(HASHES[(index + 1) % 70], index, size, proof, root)
        assert not verify_inclusion(HASHES[index], index, size, [*proof, root], root)
        if proof:
            assert not verify_inclusion(HASHES[index], index, size, proof[:-1], root)
            assert not verify_inclusion(HASHES[index], index ^ 1, size, proof, root)


@pytest.mark.parametrize("new", range(1, 70))
def test_every_beginning_of_small_trees_is_proven_and_no_other(new: int) -> None:
    roots = [root_by_definition(HASHES[:size]) for size in range(new + 1)]
    for old in range(new + 1):
        proof = consistency_proof(old, new, TREE)
        assert verify_consistency(old, new, roots[old], roots[new], proof)
        if 0 < old < new:
            assert not verify_consistency(old, new, roots[old - 1], roots[new], proof)
            assert not verify_consistency(old, new, roots[old], roots[new - 1], proof)
            assert not verify_consistency(old, new, roots[old], roots[new], [*proof, roots[0]])
            assert not verify_consistency(old, new, roots[old], roots[new], proof[:-1])


@given(st.integers(1, 5000), st.data())
def test_a_flipped_bit_anywhere_is_found(size: int, data: st.DataObject) -> None:
    draw = random.Random(size)
    tree = Leaves([draw.randbytes(32) for _ in range(size)])
    root = tree_root(size, tree)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(size, index, tree)
    leaf = tree.hashes([Place(0, index)])[0]
    parts = [leaf, root, *proof]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    changed = bytearray(parts[which])
    changed[bit // 8] ^= 1 << bit % 8
    parts[which] = bytes(changed)
    assert verify_inclusion(leaf, index, size, proof, root)
    assert not verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@pytest.mark.parametrize(("size", "index"), [(0, 0), (3, 3), (3, -1)])
def test_no_proof_of_what_is_not_there(size: int, index: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(size, index, TREE)


def test_hostile_proofs_never_raise() -> None:
    root = tree_root(5, TREE)
    for proof in ([b""], [b"x" * 31], [root] * 64, []):
        assert not verify_inclusion(HASHES[0], 0, 5, proof, root)
        assert not verify_consistency(2, 5, tree_root(2, TREE), root, proof)
    assert not verify_inclusion(HASHES[0], 9, 5, [], root)
    assert not verify_consistency(6, 5, root, root, [])
    assert not verify_consistency(0, 5, root, root, [])
