"""N-Quads: one canonical spelling, and a reader that takes nothing else for a statement."""

from __future__ import annotations

import pytest

from testamur.errors import LinkedDataError, TooLarge
from testamur.linked_data import Quad, parse_nquads, serialise
from testamur.linked_data.nquads import escape, literal


@pytest.mark.parametrize(
    ("character", "written"),
    [
        ("\x00", r"\u0000"),
        ("\x07", r"\u0007"),
        ("\b", r"\b"),
        ("\t", r"\t"),
        ("\n", r"\n"),
        ("\x0b", r"\u000B"),
        ("\f", r"\f"),
        ("\r", r"\r"),
        ("\x1f", r"\u001F"),
        ('"', r"\""),
        ("\\", r"\\"),
        ("\x7f", r"\u007F"),
        ("\ufffe", r"\uFFFE"),
        ("\uffff", r"\uFFFF"),
        # Everything else stands as itself, even what looks as if it should not.
        ("'", "'"),
        ("\x80", "\x80"),
        ("\x85", "\x85"),
        ("\u2028", "\u2028"),
        ("\ufeff", "\ufeff"),
        ("\U0001f600", "\U0001f600"),
        ("\U0010ffff", "\U0010ffff"),
    ],
)
def test_escapes(character: str, written: str) -> None:
    assert escape(f"a{character}b") == f"a{written}b"
    line = f'<https://example.org/s> <https://example.org/p> "a{written}b" .\n'.encode()
    assert serialise(parse_nquads(line)) == line


def test_literals() -> None:
    assert literal("a") == '"a"'
    assert literal("a", language="ko-KR") == '"a"@ko-KR'
    assert literal("1", "https://example.org/t") == '"1"^^<https://example.org/t>'


def test_reading_brings_terms_into_canonical_spelling() -> None:
    text = (
        b"# a comment\n\n"
        b'<https://example.org/\\u00e9>\t<https://example.org/p>"\\u0041\\U0001F600\\\'"^^<http://www.w3.org/2001/XMLSchema#string>.\r\n'
        b"_:a <https://example.org/p> _:b.c <https://example.org/g> . # after\n"
    )
    assert parse_nquads(text) == [
        Quad("<https://example.org/é>", "<https://example.org/p>", '"A😀\'"'),
        Quad("_:a", "<https://example.org/p>", "_:b.c", "<https://example.org/g>"),
    ]


def test_a_line_separator_inside_a_literal_does_not_end_the_statement() -> None:
    (quad,) = parse_nquads('<https://e/s> <https://e/p> "a\u2028b\x85c" .\n'.encode())
    assert quad.object == '"a\u2028b\x85c"'


GOOD = '<https://example.org/s> <https://example.org/p> "o"@en <https://example.org/g> .'


def test_the_statement_that_the_next_test_breaks_is_good() -> None:
    assert len(parse_nquads(GOOD.encode())) == 1


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (" .", " "),
        (" .", " . x"),
        ('"o"@en', '"o'),
        ('"o"@en', '"o"@'),
        ('"o"@en', '"o"@e_n'),
        ('"o"@en', '"o"^^'),
        ('"o"@en', '"o"^^"x"'),
        ('"o"@en', r'"\x"'),
        ('"o"@en', r'"\u12"'),
        ('"o"@en', r'"\uD800"'),
        ('"o"@en', r'"\U00110000"'),
        ('"o"@en', "o"),
        ('"o"@en', "_:"),
        ('"o"@en', "_:-x"),
        ("<https://example.org/s>", '"s"'),
        ("<https://example.org/s>", "<s>"),
        ("<https://example.org/s>", "<https://example.org/a b>"),
        ("<https://example.org/s>", r"<https://example.org/\u0020>"),
        ("<https://example.org/s>", "<https://example.org/s"),
        ("<https://example.org/p>", "_:p"),
        ("<https://example.org/g>", '"g"'),
    ],
)
def test_what_is_not_a_statement_is_refused_with_its_line(good: str, bad: str) -> None:
    with pytest.raises(LinkedDataError) as refusal:
        parse_nquads(f"# first line\n{GOOD.replace(good, bad)}".encode())
    assert (refusal.value.code, refusal.value.facts) == ("linked_data.nquads_syntax", {"line": 2})


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    with pytest.raises(LinkedDataError) as refusal:
        parse_nquads(GOOD.encode().replace(b'"o"', b'"\xff"'))
    assert refusal.value.code == "linked_data.nquads_syntax"


def test_the_number_of_statements_is_bounded() -> None:
    lines = "".join(f'<https://e/s> <https://e/p> "{i}" .\n' for i in range(3)).encode()
    assert len(parse_nquads(lines, max_quads=3)) == 3
    with pytest.raises(TooLarge):
        parse_nquads(lines, max_quads=2)


def test_the_size_is_bounded() -> None:
    with pytest.raises(TooLarge):
        parse_nquads(b"#" * (16 * 1024 * 1024 + 1))
