from __future__ import annotations

import hashlib

import pytest

from testamur.model import IdentityObject, hashed_email, identity_matches, new_salt, person_name


def test_an_address_is_found_again_however_it_is_typed() -> None:
    identity = hashed_email(" Minji.Kim@Example.ORG ", "salt-of-the-earth")
    assert identity_matches(identity, "minji.kim@example.org") is True
    assert identity_matches(identity, "MINJI.KIM@EXAMPLE.ORG ") is True
    assert identity_matches(identity, "minsu.kim@example.org") is False


def test_the_salt_matters() -> None:
    assert hashed_email("a@example.org", "one").identity_hash != hashed_email("a@example.org", "two").identity_hash
    assert new_salt() != new_salt()


def test_a_name_is_compared_in_one_unicode_form() -> None:
    identity = person_name("  김민지  ")  # decomposed
    assert identity.identity_hash == "김민지"
    assert identity_matches(identity, "김민지") is True
    assert identity_matches(identity, "김민수") is False


def test_addresses_of_issuers_who_hash_as_typed() -> None:
    digest = hashlib.sha256(b"Ana@Example.orgs4lt").hexdigest()
    identity = IdentityObject(hashed=True, identity_hash=f"sha256${digest}", identity_type="emailAddress", salt="s4lt")
    assert identity_matches(identity, "Ana@Example.org") is True


def test_md5_of_old_badges() -> None:
    digest = hashlib.md5(b"ana@example.orgs4lt", usedforsecurity=False).hexdigest()
    identity = IdentityObject(
        hashed=True, identity_hash=f"md5${digest.upper()}", identity_type="emailAddress", salt="s4lt"
    )
    assert identity_matches(identity, "ana@example.org") is True
    assert identity_matches(identity, "bob@example.org") is False


@pytest.mark.parametrize("identity_hash", ["sha512$00", "00", ""])
def test_an_unknown_algorithm_is_undecided(identity_hash: str) -> None:
    assert identity_matches(IdentityObject(hashed=True, identity_hash=identity_hash, identity_type="name"), "x") is None


def test_an_address_in_the_clear() -> None:
    identity = IdentityObject(hashed=False, identity_hash="A.Exampleton@example.edu", identity_type="emailAddress")
    assert identity_matches(identity, "a.exampleton@EXAMPLE.edu") is True
    assert identity_matches(identity, "b.exampleton@example.edu") is False
