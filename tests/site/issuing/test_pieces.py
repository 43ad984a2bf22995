"""Prepared and signed bytes are stored in pieces and read as a whole, whoever reads them and however."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, NotSupportedError, connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from hypothesis import given
from hypothesis import strategies as st

from testamur.issuing import restore, sign
from testamur_site.catalogue.api import AchievementVersion
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution, insert_rows
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential, SharedText
from testamur_site.issuing.pieces.fields import whole_content, whole_signed
from testamur_site.issuing.pieces.rules import DOCUMENT_AT, Cutter, following

from .conftest import ADA

HOSTILE = (b'{"document":{"a":"\xea\xb9', b"\x00'\"%s\\\xff", b'\x80"},"proof":{}}')
"""Cut within a character, with bytes that mean something to databases."""


@pytest.fixture
def award(active: Institution, version: AchievementVersion) -> Award:
    return api.award_one(version, ADA)


def raw(award: Award) -> dict[str, Any]:
    names = ("content", "shared_id", "shared_at", "signed", "signed_after")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(names)} FROM issuing_preparedcredential WHERE award_id = %s",
            [award.pk],
        )
        return dict(zip(names, cursor.fetchone(), strict=True))


@given(st.binary(max_size=60), st.binary(max_size=40), st.lists(st.binary(max_size=40), max_size=4))
def test_what_is_cut_is_joined_again(text: bytes, before: bytes, others: list[bytes]) -> None:
    cutter = Cutter(text)
    for content in (before + text + before, *others, before, *(one + text for one in others)):
        at = cutter.place_in(content)
        if at is None:
            assert text not in content
        else:
            rest = cutter.without(content, at)
            assert rest[:at] + text + rest[at:] == content


@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60), st.booleans())
def test_signed_bytes_are_joined_again(document: bytes, options: bytes, proof: bytes, same: bool) -> None:
    content = b'{"document":' + document + b'},"proof":{' + options + b"}}"
    signed = (document if same else b"") + proof
    rest, size = following(content, signed)
    assert rest == signed if size is None else content[DOCUMENT_AT : DOCUMENT_AT + size] + rest == signed


def test_an_achievement_is_stored_once(award: Award, version: AchievementVersion) -> None:
    other = api.award_one(version, replace(ADA, email="other@example.org"))
    stored, whole = raw(award), award.prepared
    text = bytes(SharedText.objects.get().text)
    assert stored["shared_id"] == raw(other)["shared_id"] == SharedText.objects.get().pk
    assert len(bytes(stored["content"])) == len(whole.content) - len(text)
    assert len(bytes(stored["signed"])) == len(whole.signed) - stored["signed_after"] < 500
    assert b'"proofValue"' in bytes(stored["signed"])
    again = sign(restore(bytes(whole.content), digest=whole.digest), signing_key(award.institution))
    assert again == bytes(whole.signed)


def test_whoever_reads_has_the_whole(award: Award) -> None:
    row = PreparedCredential.objects.get(award=award)
    content, signed = bytes(row.content), bytes(row.signed)
    restore(content, digest=row.digest)
    of_award = PreparedCredential.objects.filter(award=OuterRef("pk"))
    assert bytes(Award.objects.values_list("prepared__signed", flat=True).get(pk=award.pk)) == signed
    assert bytes(Award.objects.select_related("prepared").get(pk=award.pk).prepared.content) == content
    assert bytes(Award.objects.annotate(of=Subquery(of_award.values("signed"))).get(pk=award.pk).of) == signed
    assert bytes(PreparedCredential.objects.only("content").get().signed) == signed
    assert api.credential_bytes(award) == signed
    assert not PreparedCredential.objects.filter(signed=None).exists()
    with pytest.raises(NotSupportedError):
        list(PreparedCredential.objects.annotate(half=Coalesce("signed", "signed")).values("half"))


def test_whoever_saves_a_model_saves_the_whole(award: Award) -> None:
    row = PreparedCredential.objects.get(award=award)
    content, signed = bytes(row.content), bytes(row.signed)
    PreparedCredential.objects.all().delete()
    row.save(force_insert=True)
    stored = raw(award)
    assert (bytes(stored["content"]), bytes(stored["signed"])) == (content, signed)
    assert (stored["shared_id"], stored["shared_at"], stored["signed_after"]) == (None, None, None)
    row.refresh_from_db()
    assert (bytes(row.content), bytes(row.signed)) == (content, signed)


@pytest.mark.parametrize("column", ["shared_at", "signed_after", "shared_id"])
def test_the_database_refuses_other_pieces(award: Award, column: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE issuing_preparedcredential SET {column} = 1 - {column}")
    with pytest.raises(DatabaseError), transaction.atomic():
        SharedText.objects.update(text=b"something else")


def test_any_bytes_come_back(award: Award) -> None:
    before, shared, after = HOSTILE
    text = SharedText.objects.create(institution=award.institution, digest="other", text=shared)
    whole = before + shared + after
    PreparedCredential.objects.all().delete()
    names = ("award_id", "content", "shared_id", "shared_at", "signed", "signed_after")
    size = len(before) + 2 - DOCUMENT_AT
    row = (award.pk, before + after, text.pk, len(before), b"\x00\xff' proof", size)
    insert_rows(PreparedCredential, names, [row], institution_id=award.institution_id, digest="d", key_id="k")
    found = PreparedCredential.objects.get()
    assert bytes(found.content) == whole
    assert bytes(found.signed) == whole[DOCUMENT_AT : DOCUMENT_AT + size] + b"\x00\xff' proof"


def test_backwards_all_are_made_whole(award: Award) -> None:
    row = award.prepared
    migration = import_module("testamur_site.issuing.migrations.0008_shared_texts")

    def execute(sql: str, params: object = ()) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    editor = SimpleNamespace(connection=connection, execute=execute)
    migration._triggers.unguard(None, editor, migration.RULES)
    migration.make_whole(None, editor)
    migration._triggers.guard(None, editor, migration.RULES)
    stored = raw(award)
    assert (bytes(stored["content"]), bytes(stored["signed"])) == (bytes(row.content), bytes(row.signed))
    assert (stored["shared_id"], stored["signed_after"]) == (None, None)


def test_the_expressions_name_the_alias() -> None:
    for vendor in ("sqlite", "postgresql"):
        assert 'T4."content"' in whole_content("T4.", vendor)
        assert 'T4."signed_after"' in whole_signed("T4.", vendor)
