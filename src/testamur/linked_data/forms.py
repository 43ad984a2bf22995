"""A document that is recognised by its bytes: the second of a form is not read as something unknown.

A *form* is what a JSON text is without its texts: every name, bracket, number, truth value, context and type at its place. It is learned
from the second document of a shape that comes, and compiled into byte templates with a hole for each text. A text of that form is then
recognised in one pass, and what stands in its holes gives, without taking anything apart again, the shape that the document has
(`Matched`), its statements' spelling, and its canonical JSON (RFC 8785).

Three things to remember:

- A form says the same as the long way, or nothing (None). What it covers is text that `orjson` takes and would write again as it stands,
  which is what `strict_json.quick` asks of any text; the property tests hold both ways beside each other.
- Nothing of a document is kept but what its skeleton has (names, numbers, truth values, contexts, types) and, of its own proof, the name of
  a known suite and a purpose: words of a vocabulary. Every other text is a hole.
- What is kept is bounded, and forgotten when there is too much of it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import suppress
from operator import itemgetter
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from testamur.linked_data.matched import ESCAPE, Matched, settled_of
from testamur.linked_data.shapes import Shape, Unshaped, with_texts
from testamur.linked_data.shapes.plan import KERNEL
from testamur.linked_data.shapes.skeleton import KERNEL as APART
from testamur.linked_data.shapes.tracing import AddressHoles
from testamur.strict_json import quick

with suppress(ImportError):  # an extra: without it nothing is learned
    import orjson

MAX_LENGTH: Final = 32_000
"""Bytes of a document that is recognised: longer ones are rare, and their forms large."""
MAX_FORMS: Final = 64
_HEAVIEST: Final = 500_000  # bytes of a shape that a form holds: five times those of a usual one
_MOST_ALIKE: Final = 16  # forms that begin alike
_MOST_SHAPES: Final = 4
_BEGINNING: Final = 16  # bytes
_QUOTE: Final = b'"'
_MASK: Final = b"\x01"
_MASKED: Final = ESCAPE + _MASK
_ESCAPED_QUOTE: Final = ESCAPE + _QUOTE
_ESCAPED_BACKSLASH: Final = ESCAPE * 2
# What often stands after a backslash; another backslash, or the end of the text, is none of these.
_OFTEN: Final = frozenset({b"n", b"t", b"r", _MASK})
# JSON and N-Quads spell the same texts alike, but for control characters without a letter of their own (`_OFTEN` leaves them out), the one
# that only N-Quads escape, and what safe mode refuses.
_DELETED: Final = b"\x7f"
_PERHAPS_NO_CHARACTER: Final = b"\xef"
_NO_CHARACTER: Final = b"\xef\xbf"
# Texts with the escapes that `orjson` writes, and no quotation mark that belongs to one. Possessive: no backtracking, whatever comes.
_ESCAPED: Final = re.compile(rb"(?:[^\\]++|\\(?:[\\bfnrt]|u00(?:0[0-7bef]|1[0-9a-f])))*+", re.DOTALL).fullmatch
_PURPOSES: Final = ("assertionMethod", "authentication")

_CONTROLS: Final = bytes(range(0x20))
"""What must be escaped in a text, and stands nowhere between texts in a form."""
_T = TypeVar("_T")
_Pick = Callable[[list[bytes]], Any]


class _Word(str):
    """A text of a proof that belongs to the form."""

    __slots__ = ()


class Form:
    """How texts of one form are read. `standard` is what whoever taught it said that they follow."""

    __slots__ = ("_canonical", "_outside", "_shapes", "_template", "standard")

    def __init__(self, template: Any, outside: list[int], canonical: Any, standard: str) -> None:
        self.standard = standard
        self._template = template
        self._canonical = canonical
        self._outside = outside  # the holes that stand outside the document's own proof, in their order
        self._shapes: list[_Fitting] = []

    def read(self, content: bytes) -> list[bytes] | None:
        """What stands in the holes of a text of this form, each as JSON writes it; None for every other text."""
        try:
            texts: list[bytes] = self._template.read(content)
        except Unshaped:
            return None
        return texts

    def matched(self, texts: list[bytes], alike: bool) -> tuple[Matched, dict[Hashable, Any]] | None:
        """What the document says without its own proof, by one of its shapes; and what was settled for that shape in this form."""
        for each in self._shapes:
            known = each.matched(texts, alike)
            if known is not None:
                return known, each.settled
        return None

    def canonical_json(self, texts: list[bytes]) -> bytes | None:
        """The document with the first of its proofs, in canonical JSON."""
        written: bytes | None = self._canonical.fill(texts) if self._canonical is not None else None
        return written

    def add(self, shape: Shape) -> None:
        """Documents of this form may have this shape."""
        if not any(each.shape is shape for each in self._shapes):
            self._shapes = [_Fitting(shape, self._outside), *self._shapes][:_MOST_SHAPES]


class _Fitting:
    """One shape of a form: which holes are its values, which must say something certain, and which are for addresses."""

    __slots__ = ("_addresses", "_fit", "_fixed", "_same", "_settled", "_values", "settled", "shape")

    def __init__(self, shape: Shape, outside: list[int]) -> None:
        self.shape = shape
        self.settled: dict[Hashable, Any] = {}
        self._settled = settled_of(shape)
        self._values = _picker([outside[number] for number in shape.numbers])
        self._addresses = _picker(
            [outside[number] for number, hole in zip(shape.numbers, shape.holes, strict=True) if hole]
        )
        self._fit = AddressHoles([hole for hole in shape.holes if hole]).all_fit
        self._fixed = [(outside[number], orjson.dumps(text)[1:-1]) for number, text in shape.fixed.items()]
        self._same = [(outside[number], outside[first]) for number, first in shape.same]

    def matched(self, texts: list[bytes], alike: bool) -> Matched | None:
        for number, text in self._fixed:
            if texts[number] != text:
                return None
        for number, first in self._same:
            if texts[number] != texts[first]:
                return None
        if not self._fit(self._addresses(texts)):
            return None
        return Matched.of_written(self.shape, [*self._values(texts)], alike, self._settled)


class Hole(int):
    """The number of a hole, in the place of the text that stands in it."""

    __slots__ = ()


class Recognised:
    """A document that was recognised. `texts` are what stands in the holes of its form, each as JSON writes it."""

    __slots__ = ("_alike", "_content", "_known", "_settled", "_value", "form", "texts")

    def __init__(self, form: Form, texts: list[bytes], content: bytes, alike: bool) -> None:
        """`content` is JSON; `alike` says that N-Quads spell its texts as JSON does."""
        self.form = form
        self.texts = texts
        self._content = content
        self._alike = alike
        self._value: dict[str, Any] | None = None
        self._known: tuple[Matched | None] | None = None
        self._settled: dict[Hashable, Any] = {}

    @property
    def value(self) -> dict[str, Any]:
        """Its JSON value, which is read when somebody asks for it."""
        if self._value is None:
            self._value = orjson.loads(self._content)
        return self._value

    def matched(self) -> Matched | None:
        """What it says without its own proof, by its shape; None where the long way has to find out."""
        if self._known is None:
            found = self.form.matched(self.texts, self._alike)
            if found is None:
                self._known = (None,)
                return None
            known, self._settled = found
            self._known = (known,)
        return self._known[0]

    def settled(self, kind: Hashable, work: Callable[[], _T]) -> _T:
        """As `Matched.settled`, for what its proof's members and the places of its texts decide as well. Only of what was `matched`."""
        try:
            found: _T = self._settled[kind]
        except KeyError:
            found = self._settled[kind] = work()
        return found

    def holes(self) -> dict[str, Any]:
        """A copy of its value with a `Hole` in the place of each text that another document of the form may have otherwise."""
        count = iter(range(len(self.texts)))
        return _marked(self.value, lambda _: Hole(next(count)))[0]

    def canonical_json(self) -> bytes | None:
        """It with the first of its proofs in canonical JSON; None where the long way has to write it."""
        return self.form.canonical_json(self.texts)


class Forms:
    """The forms that were met. Shared by threads: every change is one operation on a dictionary."""

    def __init__(self) -> None:
        self._forms: dict[bytes, tuple[Form, ...]] = {}
        self._count = 0
        self._met: WeakKeyDictionary[Shape, int] = WeakKeyDictionary()

    def recognise(self, content: bytes) -> Recognised | None:
        """The document in `content`, if it is of a known form; None where the long way has to read it."""
        if not self._forms or type(content) is not bytes or len(content) > MAX_LENGTH:
            return None
        usual = APART.is_usual_text(content)
        for form in self._forms.get(content[:_BEGINNING], ()):
            texts = form.read(content)
            if texts is None:
                continue
            alike = _written_alike(content) if usual else _as_written(content, texts)
            if alike is not None:
                return _recognised(form, texts, content, alike, usual=usual)
        masked = _masked(content)
        if masked is not None:
            for form in self._forms.get(content[:_BEGINNING], ()):
                texts = form.read(masked)
                if texts is not None and (alike := _as_written(masked, texts)) is not None:
                    texts = [text.replace(_MASKED, _ESCAPED_QUOTE) for text in texts]
                    return _recognised(form, texts, content, alike)
        return None

    def learn(
        self, content: bytes, document: Mapping[str, Any], known: Matched, standard: str, suites: Collection[str]
    ) -> None:
        """Remember the form of `content`, which was read as `document` and, without its own proof, is `known`; where it has a form.

        `standard` is decided by the form, `suites` are the names of suites that may be part of one. The second document of a shape is
        learned from, since most shapes of strangers are met once, and of those that are not recognised then the fourth, the eighth …: what
        has no form, because a quotation mark stands in each of its texts, say, is not looked at again and again.
        """
        if not quick.AVAILABLE or type(content) is not bytes or len(content) > MAX_LENGTH or type(document) is not dict:
            return
        met = self._met[known.shape] = self._met.get(known.shape, 0) + 1
        if met < 2 or met.bit_count() != 1 or known.shape.weight > _HEAVIEST:
            return
        key = content[:_BEGINNING]
        alike = self._forms.get(key, ())
        for form in alike:
            if form.read(_masked(content) or content) is not None:
                form.add(known.shape)
                return
        made = _form_of(content, document, standard, suites)
        if made is None or made.read(_masked(content) or content) is None:
            return
        made.add(known.shape)
        if self._count >= MAX_FORMS:
            self.forget()
        self._count += 1
        self._forms[key] = (made, *self._forms.get(key, ()))[:_MOST_ALIKE]

    def forget(self) -> None:
        """Forget everything."""
        self._forms = {}
        self._count = 0


def _recognised(
    form: Form, texts: list[bytes], content: bytes, alike: bool, *, usual: bool = False
) -> Recognised | None:
    """What stands between quotation marks has the escapes of JSON; it is JSON unless a byte stands there that must be escaped (none, if it
    is `usual`), or that is none of UTF-8."""
    if not usual and len(content.translate(None, _CONTROLS)) != len(content):
        return None
    try:
        content.isascii() or content.decode()
    except UnicodeDecodeError:
        return None
    return Recognised(form, texts, content, alike)


def _masked(content: bytes) -> bytes | None:
    """`content` with something else for each escaped quotation mark, because a text is read up to the next one. None where there is none,
    and where it would not be certain which are escaped, or that they can be told again: what is put there can stand in no JSON text."""
    if _ESCAPED_QUOTE not in content or _ESCAPED_BACKSLASH in content or _MASK in content:
        return None
    return content.replace(_ESCAPED_QUOTE, _MASKED)


def _as_written(content: bytes, texts: list[bytes]) -> bool | None:
    """Whether every text with escapes is a text, and has those that `orjson` writes: None, if not. True: N-Quads spell all texts in the
    same way; False: perhaps not."""
    alike = _written_alike(content)
    if ESCAPE not in content:
        return alike
    if {part[:1] for part in content.split(ESCAPE)[1:]} <= _OFTEN:
        return alike
    return False if _ESCAPED(_QUOTE.join([text for text in texts if ESCAPE in text])) is not None else None


def _written_alike(content: bytes) -> bool:
    """Whether N-Quads spell texts as they stand in `content`, apart from escapes."""
    return _DELETED not in content and not (_PERHAPS_NO_CHARACTER in content and _NO_CHARACTER in content)


def _form_of(content: bytes, document: dict[str, Any], standard: str, suites: Collection[str]) -> Form | None:
    """The form of `content`, which was read as `document`; None where it has none."""
    proof = document.get("proof")
    proofs: list[Any] = proof if type(proof) is list else [proof]
    if not proofs or not quick.is_plain(document) or not all(_is_usual(each, suites) for each in proofs):
        return None
    nonce = secrets.token_hex(12)
    texts: list[str] = []

    def mark(text: str) -> str:
        texts.append(text)
        return f"{nonce}{len(texts) - 1:05}"

    probe, of_proofs = _marked(document, mark)
    outside = [number for number in range(len(texts)) if number not in of_proofs]
    marked_proofs = probe["proof"] if type(proof) is list else [probe["proof"]]
    written = [orjson.dumps(text)[1:-1] for text in texts]
    try:
        template = _template(orjson.dumps(probe), nonce, len(texts))
        if template.fill(written) != content:  # indented, or written in another way
            return None
        canonical = quick.jcs({**probe, "proof": marked_proofs[0]})
        whole = None if canonical is None else _template(canonical, nonce, len(texts))
        if whole is not None and whole.fill(written) != quick.jcs({**document, "proof": proofs[0]}):
            whole = None
        return Form(template, outside, whole, standard)
    except Unshaped:
        return None


def _marked(document: dict[str, Any], mark: Callable[[str], Any]) -> tuple[dict[str, Any], range]:
    """A copy of `document` with what `mark` makes of each text that is a hole, in their order; and which of them stand in its proofs."""
    count = 0

    def counted(text: str) -> Any:
        nonlocal count
        count += 1
        return mark(text)

    marked: dict[str, Any] = {}
    of_proofs = range(0)
    for name, member in document.items():
        if name == "proof":
            before = count
            proofs = member if type(member) is list else [member]
            made = [_with_words_back(with_texts(_with_words(each), counted), each) for each in proofs]
            marked[name] = made if type(member) is list else made[0]
            of_proofs = range(before, count)
        else:
            marked |= with_texts({name: member}, counted)
    return marked, of_proofs


def _is_usual(proof: Any, suites: Collection[str]) -> bool:
    """Whether it is a proof of texts, with a suite and a purpose that are known words, or without."""
    if type(proof) is not dict or not all(type(text) is str for name, text in proof.items() if name != "@context"):
        return False
    contexts = proof.get("@context", [])
    if type(contexts) is not str and not (type(contexts) is list and all(type(each) is str for each in contexts)):
        return False
    return proof.get("cryptosuite", "") in ("", *suites) and proof.get("proofPurpose", "") in ("", *_PURPOSES)


def _with_words(proof: dict[str, Any]) -> dict[str, Any]:
    """A proof whose texts that belong to the form are not plain texts any more, so that they are not taken out of it."""
    return {name: _Word(text) if name in ("cryptosuite", "proofPurpose") else text for name, text in proof.items()}


def _with_words_back(marked: dict[str, Any], proof: dict[str, Any]) -> dict[str, Any]:
    return {name: proof[name] if type(text) is _Word else text for name, text in marked.items()}


def _template(text: bytes, nonce: str, count: int) -> Any:
    """`text` with holes where the marks stand. Raises `Unshaped` unless each of `count` stands there once."""
    before, *rest = text.split(nonce.encode())
    numbers = [int(part[:5]) for part in rest]
    if not numbers or sorted(numbers) != [*range(count)]:
        raise Unshaped
    return KERNEL.Template([before, *(part[5:] for part in rest)], numbers)


def _picker(numbers: list[int]) -> _Pick:
    """Takes the texts with these numbers out of a list, always as several."""
    if len(numbers) > 1:
        return itemgetter(*numbers)
    return lambda texts: [texts[number] for number in numbers]


FORMS: Final = Forms()
"""What this process has met."""
