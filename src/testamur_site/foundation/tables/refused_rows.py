"""The two files that go back to the person: the template to fill in, and the refused rows to mend and send again.

Written so that a spreadsheet shows every script (UTF-8 with a byte order mark) and executes nothing: a cell that begins
like a formula gets an apostrophe in front (OWASP ASVS 5.0 §1.2.10). Reading takes that apostrophe off again, so that a
file can go back and forth unchanged.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file of `header` and `rows`: UTF-8 with byte order mark, commas, CRLF (RFC 4180), formula-safe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([protect(cell) for cell in header])
    for row in rows:
        writer.writerow([protect(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def protect(cell: str) -> str:
    """`cell` with an apostrophe in front where a spreadsheet would take it for a formula."""
    return "'" + cell if cell.lstrip("'").startswith(_DANGEROUS) else cell


def unprotect(cell: str) -> str:
    """The inverse of `protect`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_DANGEROUS) else cell
