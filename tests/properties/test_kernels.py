"""The compiled kernels do with any bytes what the Python ones do, and refuse what these refuse. TESTAMUR_EXAMPLES runs more."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.kernel_forms import FORMS

from testamur.linked_data.shapes import Unshaped
from testamur.linked_data.shapes.accelerated import compiled
from testamur.proofs.keys import PrivateKey, fast_ed25519

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
    expected = [KEY._handle.sign(text) for text in texts]  # type: ignore[union-attr, call-arg]
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
        assert kernel.certainly_true_many(KEY.public.raw, hostile, texts) == verdicts


@needs_libsodium
def test_what_is_no_key_or_has_no_partner_is_refused() -> None:
    for kernel in kernels():
        with pytest.raises(ValueError):
            kernel.sign_many(b"k" * 63, [b""])
        with pytest.raises(ValueError):
            kernel.certainly_true_many(b"k" * 31, [b"s" * 64], [b""])
        with pytest.raises(ValueError):
            kernel.certainly_true_many(KEY.public.raw, [b"s" * 64], [])
        assert kernel.sign_many(b"k" * 32 + KEY.public.raw, []) == []


@pytest.mark.parametrize("algorithm", ["Ed25519", "P-256", "RSA"])
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
