"""The compiled kernels do with any bytes what the Python ones do, and refuse what these refuse. TESTAMUR_EXAMPLES runs more."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.kernel_forms import FORMS

from testamur.accelerated import compiled
from testamur.issuing import AwardDetails, Recipient
from testamur.issuing.cohort.pattern import stamp
from testamur.linked_data.shapes import Unshaped
from testamur.model.identity import normal_email
from testamur.proofs.keys import PrivateKey, fast_ed25519, fast_p256, p256_kernel

EXAMPLES = int(os.environ.get("TESTAMUR_EXAMPLES", "200"))
KEY = PrivateKey("Ed25519", b"k" * 32)

pieces = st.one_of(st.binary(max_size=6), st.sampled_from([b"", b'"', b"%b", b"%", b"\0", b"\xff" * 300, b'a"b']))
templates = st.lists(st.integers(0, 4), max_size=6).flatmap(
    lambda numbers: st.tuples(st.lists(pieces, min_size=len(numbers) + 1, max_size=len(numbers) + 1), st.just(numbers))
)


def outcome(function: Any) -> Any:
    try:
        return function()
    except (Unshaped, IndexError, TypeError, ValueError) as error:
        return type(error)


@settings(max_examples=EXAMPLES, deadline=None)
@given(templates, st.lists(pieces, max_size=6), pieces, st.integers(0, 40))
def test_texts_are_filled_and_recognised_alike(
    template: tuple[list[bytes], list[int]], filling: list[bytes], other: bytes, cut: int
) -> None:
    made = [form.shapes.Template(*template) for form in FORMS.values()]
    texts = [outcome(lambda each=each: each.fill(filling)) for each in made]
    assert len(set(map(repr, texts))) == 1
    text = texts[0] if isinstance(texts[0], bytes) else b""
    for hostile in (text, text[:cut] + other + text[cut:], text[:cut], text + other, other):
        read = [outcome(lambda each=each, hostile=hostile: each.read(hostile)) for each in made]
        assert read[1:] == read[:-1]
        assert read[0] is Unshaped or made[0].fill(read[0]) == hostile
    for name in ("sha256", "sha384"):
        for form, each in zip(FORMS.values(), made, strict=True):
            digest = outcome(lambda form=form, each=each, name=name: form.shapes.TextHash(each, name).digest(filling))
            assert digest == (hashlib.new(name, text).digest() if isinstance(texts[0], bytes) else texts[0])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_are_hashed_alike(text: bytes) -> None:
    assert {form.shapes.hashed(text) for form in FORMS.values()} == {hashlib.sha256(text).digest()}


@pytest.mark.parametrize("form", FORMS)
def test_what_does_not_fill_a_template_is_refused(form: str) -> None:
    template = FORMS[form].shapes.Template([b"a", b"b"], [0])
    for wrong in (["text"], [None], [7]):
        with pytest.raises(TypeError):
            template.fill(wrong)
    with pytest.raises(IndexError):
        template.fill([])
    never_made = type(template).__new__(type(template))
    for odd in (lambda: never_made.fill([]), lambda: never_made.read(b"")):
        with pytest.raises((TypeError, AttributeError)):
            odd()


addresses = st.text("ab>", max_size=4).map(str.encode)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), addresses, addresses), max_size=4),
    st.lists(addresses, min_size=4, max_size=4),
)
def test_an_order_of_subjects_holds_alike(bounds: list[tuple[int, bytes, bytes]], filling: list[bytes]) -> None:
    subjects = [filling[text] + b">" for text, _, _ in bounds]
    between = all(low < each < high for each, (_, low, high) in zip(subjects, bounds, strict=True))
    expected = between and all(one < other for one, other in pairwise(subjects))
    for form in FORMS.values():
        empty = form.shapes.Template([b""], [])
        assert form.shapes.Layout(empty, None, empty, bounds).holds(filling) is expected


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([b"2026-01-01T00:00:00Z", b"2025-12-31T23:59:59Z", b"7", b"007", b"1" * 17, b"https://a"]),
            st.binary(max_size=21),
        ),
        min_size=4,
        max_size=4,
    ),
    st.tuples(*[st.integers(-1, 3)] * 4).filter(lambda places: places[0] >= 0),
    st.booleans(),
)
def test_what_values_say_is_looked_at_alike(values: list[bytes], places: tuple[int, ...], signed: bool) -> None:
    def looked(form: Any) -> Any:
        said = form.verifying.Places(*places).said(values)
        return said, form.verifying.Examiner(lambda url, index: (url, index), tuple).examine(
            said, signed, b"2026-01-01T00:00:00Z"
        )

    found = [outcome(lambda form=form: looked(form)) for form in FORMS.values()]
    assert found[1:] == found[:-1]
    if isinstance(found[0], tuple):
        begins, ends, _, index = found[0][0]
        assert len(begins) == len(ends or begins) == 20
        in_force = begins <= b"2026-01-01T00:00:00Z" <= (ends or b"9")
        assert found[0][1][:2] == (signed, in_force)
        assert index is None or not signed or str(found[0][1][2][1]).encode() == index


class _Odd(AwardDetails):
    """Another class is asked for its attributes as it answers."""

    def __getattribute__(self, name: str) -> Any:
        return "Another" if name == "name" else super().__getattribute__(name)


@pytest.mark.parametrize("form", FORMS)
def test_attributes_are_those_that_an_object_gives(form: str) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    recipient = Recipient(name="Ana")
    award = AwardDetails(id="https://a.example/1", valid_from=moment, name="One")
    expected = [b"Ana", b"https://a.example/1", b"2026-01-01T00:00:00Z", b"2026-01-01T00:00:00Z"]
    numbers = list(range(5))
    known = FORMS[form].cohort.Form(recipient, award, [1], ["Ana", award.id, "", "", "One"], True, stamp, numbers, len)
    assert known.read(recipient, award) == [*expected, b"One"]
    assert known.read(recipient, _Odd(id=award.id, valid_from=moment)) == [*expected, b"Another"]
    unfinished = AwardDetails.__new__(AwardDetails)
    for odd in (unfinished, None):
        with pytest.raises(AttributeError):
            known.read(recipient, odd)


@pytest.mark.parametrize("form", FORMS)
def test_every_byte_is_judged_alike_wherever_it_stands(form: str) -> None:
    """Sixteen bytes are looked at together, the last of a text twice."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    award = AwardDetails(id="https://a.example/1", valid_from=moment)
    values = ["Ana", award.id, "", ""]
    known = FORMS[form].cohort.Form(Recipient(name="Ana"), award, [], values, True, stamp, [0], len)
    harmful = {0x22, 0x5C, 0x7F, 0xEF, *range(0x20), *range(0xF0, 0x100)}
    for size in (1, 15, 16, 17, 33):
        for at in {0, size // 2, size - 1}:
            for byte in range(256):
                text = bytearray(b"a" * size)
                text[at] = byte
                assert known.plain([b"a", bytes(text)]) is (byte < 0x80 and byte not in harmful)
                if byte < 0x80 and not chr(byte).isspace():  # a name is trimmed
                    read = known.read(Recipient(name=text.decode()), award)
                    assert (None if read is None else read[0]) == (None if byte in harmful else bytes(text))


@pytest.mark.parametrize("form", FORMS)
def test_an_address_is_hashed_as_the_model_hashes_it(form: str) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    award = AwardDetails(id="https://a.example/1", valid_from=moment)
    met = Recipient(name="Ana", email="ana@a.example", salt="12345678")
    values = ["Ana", "hash", "12345678", award.id, "", ""]
    known = FORMS[form].cohort.Form(met, award, [], values, True, stamp, [0], len)
    for email in (
        "Ana@A.Example",
        " ana@a.example\n",
        "\x1fana@a.example",
        "",
        " ",
        "é@É.example",
        "İ@a.example",
        "Z" * 3_000,
        "@[`{",
    ):
        for salt in ("12345678", "1" * 1_100, "éééééééé", "ABCDEFGH"):
            read = known.read(Recipient(name="Ana", email=email, salt=salt), award)
            hashed = hashlib.sha256((normal_email(email) + salt).encode()).hexdigest()
            assert read == ([b"Ana", f"sha256${hashed}".encode(), salt.encode(), *read[3:]] if email and read else None)
            assert email == "" or read is not None


@pytest.mark.parametrize("form", FORMS)
def test_a_place_in_a_list_is_a_number(form: str) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    entry = {
        "id": "https://a.example/s#7",
        "type": "T",
        "statusListIndex": "7",
        "statusListCredential": "https://a.example/s",
    }
    award = AwardDetails(id="https://a.example/1", valid_from=moment, status_entry=entry)
    values = ["Ana", award.id, "", "", *[entry[name] for name in entry if name != "type"]]
    known = FORMS[form].cohort.Form(Recipient(name="Ana"), award, [], values, True, stamp, [0], len)
    good = ("0", "7", "12", "9" * 16)
    for index in (*good, "", "00", "07", "1" * 17, "-1", "٣", "1 ", "²", "1\x00"):
        other = AwardDetails(id=award.id, valid_from=moment, status_entry={**entry, "statusListIndex": index})
        assert (known.read(Recipient(name="Ana"), other) is not None) is (index in good)
    for changed in ({"type": "U"}, {"id": entry["statusListCredential"]}, {"more": "x"}):
        other = AwardDetails(id=award.id, valid_from=moment, status_entry={**entry, **changed})
        assert known.read(Recipient(name="Ana"), other) is None


needs_libsodium = pytest.mark.skipif(not fast_ed25519.AVAILABLE, reason="PyNaCl is not installed (testamur[fast])")


@needs_libsodium
@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.binary(max_size=300), st.just(b"x" * 70_000)), st.integers(0, 700), st.binary(max_size=66)
        ),
        max_size=5,
    )
)
def test_signatures_and_verdicts_are_those_one_by_one(cases: list[tuple[bytes, int, bytes]]) -> None:
    """Signatures whole, with one bit turned, cut or lengthened, and anything at all in their place."""
    texts = [text for text, _, _ in cases]
    expected = [KEY._handle.sign(text) for text in texts]
    assert KEY.sign_many(texts) == list(map(KEY.sign, texts)) == expected
    hostile = []
    for signature, (_, turned, other) in zip(expected, cases, strict=True):
        bits = int.from_bytes(signature, "big") ^ ((1 << turned) if turned < 512 else 0)
        hostile.append(other if turned > 650 else bits.to_bytes(64, "big") + (other if turned > 600 else b""))
    verdicts = KEY.public.verify_many(hostile, texts)
    assert verdicts == [KEY.public.verify(*pair) for pair in zip(hostile, texts, strict=True)]
    assert verdicts == [each == right for each, right in zip(hostile, expected, strict=True)]
    for kernel in kernels():
        assert kernel.sign_many(b"k" * 32 + KEY.public.raw, texts) == expected
        assert [kernel.sign(b"k" * 32 + KEY.public.raw, text) for text in texts] == expected
        assert kernel.certainly_true_many(KEY.public.raw, hostile, texts) == verdicts
        assert [kernel.certainly_true(KEY.public.raw, *pair) for pair in zip(hostile, texts, strict=True)] == verdicts


needs_libcrypto = pytest.mark.skipif(
    not fast_p256.AVAILABLE, reason="the kernels are not compiled, or hashlib has no libcrypto"
)
P256 = PrivateKey("P-256", b"k" * 32)
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@needs_libcrypto
@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.binary(max_size=300),
            st.sampled_from(["", "turned", "cut", "longer", "other", "ends"]),
            st.binary(max_size=66),
        ),
        max_size=5,
    ),
    st.integers(0, 511),
)
def test_verdicts_of_p_256_are_those_one_by_one(cases: list[tuple[bytes, str, bytes]], bit: int) -> None:
    """Also with numbers that no signature has: 0, the order of the group, and beyond."""
    texts = [text for text, _, _ in cases]
    expected = P256.sign_many(texts)
    ends = (0, 1, _ORDER - 1, _ORDER, _ORDER + 1, 2**256 - 1)
    hostile = [
        {
            "": signature,
            "turned": (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(64, "big"),
            "cut": signature[:-1],
            "longer": signature + b"\0",
            "other": other,
            "ends": (ends[bit % 6] << 256 | ends[bit // 6 % 6]).to_bytes(64, "big"),
        }[how]
        for signature, (_, how, other) in zip(expected, cases, strict=True)
    ]
    pairs = list(zip(hostile, texts, strict=True))
    with pytest.MonkeyPatch.context() as without:
        without.setattr(fast_p256, "AVAILABLE", False)
        verdicts = [P256.public.verify(*pair) for pair in pairs]
    assert [P256.public.verify(*pair) for pair in pairs] == P256.public.verify_many(hostile, texts) == verdicts
    assert fast_p256.certainly_true_many(P256.public.raw, hostile, texts) == verdicts
    for alike in (bytes, bytearray, memoryview):
        assert [fast_p256.certainly_true(P256.public.raw, alike(one), alike(text)) for one, text in pairs] == verdicts
    assert verdicts == [
        how == "" or signature == right for (_, how, _), signature, right in zip(cases, hostile, expected, strict=True)
    ]
    key = p256_kernel.held(P256.public.raw)  # in Python it says nothing
    assert not any(p256_kernel.certainly_true_many(key, hostile, texts))
    assert not any(p256_kernel.certainly_true(key, *pair) for pair in pairs)


@needs_libcrypto
def test_with_what_is_no_key_of_p_256_nothing_is_true() -> None:
    for public in (bytes(33), b"\x02" + b"\xff" * 32):
        assert fast_p256.certainly_true_many(public, [P256.sign(b"")], [b""]) == [False]
        assert not fast_p256.certainly_true(public, P256.sign(b""), b"")
    for wrong in ((bytes(32), [bytes(64)], [b""]), (P256.public.raw, [bytes(64)], [])):
        with pytest.raises(ValueError):
            fast_p256.certainly_true_many(*wrong)


@needs_libsodium
def test_what_is_no_key_or_has_no_partner_is_refused() -> None:
    for kernel in kernels():
        with pytest.raises(ValueError):
            kernel.sign_many(b"k" * 63, [b""])
        with pytest.raises(ValueError):
            kernel.sign(b"k" * 63, b"")
        with pytest.raises(ValueError):
            kernel.certainly_true_many(b"k" * 31, [b"s" * 64], [b""])
        with pytest.raises(ValueError):
            kernel.certainly_true(b"k" * 31, b"s" * 64, b"")
        with pytest.raises(ValueError):
            kernel.certainly_true_many(KEY.public.raw, [b"s" * 64], [])
        assert kernel.sign_many(b"k" * 32 + KEY.public.raw, []) == []


@needs_libcrypto
def test_threads_ask_a_key_of_p_256_at_the_same_time() -> None:
    """What is asked with serves one at a time; the others get their own."""
    text = b"x" * 5_000
    right, false = P256.sign(text), P256.sign(b"y")
    with ThreadPoolExecutor(4) as threads:
        verdicts = list(threads.map(lambda at: P256.public.verify(false if at % 3 == 0 else right, text), range(60)))
        many = list(threads.map(lambda _: P256.public.verify_many([right, false] * 4, [text] * 8), range(8)))
    assert verdicts == [at % 3 != 0 for at in range(60)]
    assert many == [[True, False] * 4] * 8


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256", "P-384", "RSA"])
def test_many_with_any_key(algorithm: str) -> None:
    key = PrivateKey.generate(algorithm)
    texts = [b"", b"one", b"one"]
    signatures = key.sign_many(texts)
    assert signatures == list(map(key.sign, texts))
    assert key.public.verify_many(signatures, [b"", b"one", b"two"]) == [True, True, False]
    with pytest.raises(ValueError):
        key.public.verify_many(signatures, texts[:2])


def kernels() -> list[Any]:
    from testamur.proofs.keys import ed25519_kernel

    quick = compiled(ed25519_kernel)
    return [ed25519_kernel] if quick is None else [ed25519_kernel, quick]
