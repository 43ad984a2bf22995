"""Prepared and signed bytes are stored in pieces and read as a whole, whoever reads them and however."""

from __future__ import annotations

import io
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
from testamur_site.foundation.jobs.api import run_pending
from testamur_site.foundation.keys.api import signing_key
from testamur_site.foundation.tenancy.api import Institution, insert_rows
from testamur_site.issuing import api
from testamur_site.issuing.models import Award, PreparedCredential, SharedText
from testamur_site.issuing.pieces.fields import whole_content, whole_signed
from testamur_site.issuing.pieces.rules import DOCUMENT_AT, PEOPLE, Cutter, Shared, following, framed
from testamur_site.issuing.services.cohort.storing import _cut

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
            rest, place = Shared(b"", text, b"").without(content, at)
            assert rest[:place] + text + rest[place:] == content


@given(
    st.binary(max_size=8),
    st.binary(min_size=1, max_size=6),
    st.lists(st.tuples(st.binary(max_size=6), st.binary(max_size=6)), min_size=1, max_size=6),
    st.binary(max_size=8),
)
def test_what_is_cut_at_both_ends_is_joined_again(
    head: bytes, text: bytes, others: list[tuple[bytes, bytes]], tail: bytes
) -> None:
    contents = [head + before + text + after + tail for before, after in others]
    contents += [text, head + text + tail] if not head else []
    places = [content.index(text) for content in contents]
    shared = framed(contents, text, places)
    assert shared.text.endswith(text)
    for content, at in zip(contents, places, strict=True):
        rest, place = shared.without(content, at - len(shared.text) + len(text))
        assert shared.head + rest[:place] + shared.text + rest[place:] + shared.tail == content


@given(st.lists(st.tuples(st.binary(max_size=4), st.binary(max_size=4), st.binary(max_size=4)), max_size=5))
def test_no_two_shared_texts_have_one_digest(parts: list[tuple[bytes, bytes, bytes]]) -> None:
    texts = {Shared(head, b"{" + text, tail) for head, text, tail in parts}
    assert len({one.digest for one in texts}) == len(texts)


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
    for part in ("text", "head", "tail"):
        with pytest.raises(DatabaseError), transaction.atomic():
            SharedText.objects.update(**{part: b"something else"})


def test_any_bytes_come_back(award: Award) -> None:
    before, shared, after = HOSTILE
    head, tail = before[:9], after[-4:]
    text = SharedText.objects.create(institution=award.institution, digest="other", text=shared, head=head, tail=tail)
    whole = before + shared + after
    PreparedCredential.objects.all().delete()
    names = ("award_id", "content", "shared_id", "shared_at", "signed", "signed_after")
    size = len(before) + 2 - DOCUMENT_AT
    row = (award.pk, before[9:] + after[:-4], text.pk, len(before) - 9, b"\x00\xff' proof", size)
    insert_rows(PreparedCredential, names, [row], institution_id=award.institution_id, digest="d", key_id="k")
    found = PreparedCredential.objects.get()
    assert bytes(found.content) == whole
    assert bytes(found.signed) == whole[DOCUMENT_AT : DOCUMENT_AT + size] + b"\x00\xff' proof"


@pytest.fixture
def cohort(active: Institution, version: AchievementVersion) -> list[Award]:
    """As many awards as it takes to store what they begin and end with once."""
    rows = "".join(f"Ada {number},ada{number}@example.org,2026-03-05\n" for number in range(PEOPLE + 5))
    batch = api.draft_batch(version, io.BytesIO(f"Name,Email,Award date\n{rows}".encode()))
    api.start_batch(batch)
    run_pending()
    return list(Award.objects.filter(batch=batch, state="issued").order_by("pk"))


def test_a_cohort_stores_once_what_all_begin_and_end_with(cohort: list[Award]) -> None:
    assert len(cohort) == PEOPLE + 5
    shared = SharedText.objects.get()
    assert bytes(shared.head).startswith(b'{"document":{"@context":')
    assert bytes(shared.tail).endswith(b'"}}')
    assert b'"proof":' in bytes(shared.tail)
    everything = bytes(shared.head) + bytes(shared.text) + bytes(shared.tail)
    for award in cohort:
        stored, row = raw(award), PreparedCredential.objects.get(award=award)
        assert stored["shared_id"] == shared.pk
        content = bytes(row.content)
        assert len(bytes(stored["content"])) == len(content) - len(everything)
        assert award.recipient_name.encode() in content
        again = sign(restore(content, digest=row.digest), signing_key(award.institution))
        assert again == bytes(row.signed) == api.credential_bytes(award)
    # What is somebody's own is in nothing that outlives it.
    assert not any(word in everything for word in (b"Ada", b"sha256$", b'"identityType"'))


def test_of_one_person_nothing_is_shared_but_the_achievement(
    active: Institution, version: AchievementVersion, cohort: list[Award]
) -> None:
    rows = [PreparedCredential.objects.get(award=award) for award in cohort]
    text = bytes(SharedText.objects.get().text)
    text = text[text.index(b'"achievement":') + len(b'"achievement":') :]

    def made(same: bool) -> list[Any]:
        return [
            SimpleNamespace(
                row=SimpleNamespace(
                    content=bytes(row.content),
                    award=SimpleNamespace(recipient_email="a@example.org" if same else f"a{number}@example.org"),
                ),
                text=text,
            )
            for number, row in enumerate(rows)
        ]

    assert {found.shared for _, found in _cut(made(True)) if found} == {Shared(b"", text, b"")}
    assert all(found.shared.head and found.shared.tail for _, found in _cut(made(False)) if found)


def test_backwards_all_are_made_whole(cohort: list[Award], version: AchievementVersion) -> None:
    """First those that share more than an achievement, then all. Bytes that somebody had forgotten stay forgotten."""
    alone = PreparedCredential.objects.get(award=api.award_one(version, ADA))
    forgotten, *others = (PreparedCredential.objects.get(award=award) for award in cohort)
    PreparedCredential.objects.filter(pk=forgotten.pk).update(content=b"", signed=b"")

    def execute(sql: str, params: object = ()) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    def whole(row: PreparedCredential) -> bool:
        stored = raw(row.award)
        assert bytes(PreparedCredential.objects.get(pk=row.pk).signed) == bytes(row.signed)
        return (bytes(stored["content"]), bytes(stored["signed"]), stored["shared_id"], stored["signed_after"]) == (
            bytes(row.content),
            bytes(row.signed),
            None,
            None,
        )

    editor: Any = SimpleNamespace(connection=connection, execute=execute)
    heads = import_module("testamur_site.issuing.migrations.0010_heads_and_tails")
    heads.make_whole(None, editor)
    assert all(map(whole, others))
    assert not whole(alone)
    assert bytes(SharedText.objects.get().head) == b""
    heads._triggers.unguard(None, editor, heads._pieces.RULES)
    heads._pieces.make_whole(None, editor)
    assert all(map(whole, [*others, alone]))
    assert bytes(PreparedCredential.objects.get(pk=forgotten.pk).content) == b""
    heads.guard(None, editor)


def test_the_expressions_name_the_alias() -> None:
    for vendor in ("sqlite", "postgresql"):
        assert 'T4."content"' in whole_content("T4.", vendor)
        assert 'T4."signed_after"' in whole_signed("T4.", vendor)
