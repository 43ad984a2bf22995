"""What is wrong with a file or a cell: from codes and facts to sentences in the language of the reader. Made late, never stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def _(message: str) -> str:
    """Marks a message for translators. What is here stays pure: the caller translates, late, with its own `gettext`."""
    return message


ENCODINGS = {
    "utf-8": _("Unicode (UTF-8)"),
    "utf-16": _("Unicode (UTF-16)"),
    "cp949": _("Korean (CP949, EUC-KR)"),
    "windows-1252": _("Western European (Windows-1252)"),
    "windows-1256": _("Arabic (Windows-1256)"),
}
"""How letters are encoded, as a reader knows it."""

CELLS = {
    "name.missing": _("The name is missing."),
    "name.too_long": _("The name is longer than %(limit)s characters."),
    "name.direction_marks": _(
        "The name holds invisible marks that change the direction of writing. Type the name again instead of copying it."
    ),
    "name.control_character": _("The name holds an invisible control character (%(code_point)s). Type the name again."),
    "name.damaged": _(
        "The name was damaged when the file was converted (%(code_point)s). Export the list again, best as XLSX or as CSV in UTF-8."
    ),
    "name.formula": _("The name begins like a formula (=, +, - or @)."),
    "name.no_letter": _("The name has no letter in it. Is this the right column?"),
    "email.missing": _("The e-mail address is missing."),
    "email.several": _("There is more than one e-mail address in the cell (%(value)s). Leave one."),
    "email.unreadable": _("“%(value)s” is not an e-mail address."),
    "email.not_deliverable": _(
        "The part before the @ of “%(value)s” holds letters that ordinary mail cannot deliver to. Ask for another address."
    ),
    "email.too_long": _("The e-mail address is too long."),
    "email.twice": _("The same e-mail address stands in row %(row)s already."),
}
"""What is wrong with a name or an address, by the code of `CellRefused`. Every fact that a sentence needs is in the refusal."""

_FILE = {
    "table.empty": _("The file is empty."),
    "table.only_header": _("The file has a heading but no rows below it."),
    "table.too_large": _("The file is larger than %(limit)s MB. Split it, or save it without pictures and formatting."),
    "table.too_many_rows": _("The file has more than %(limit)s rows. Split it into several lists."),
    "table.too_many_columns": _("Row %(row)s has more than %(limit)s columns. Is this a class list?"),
    "table.cell_too_long": _("A cell in row %(row)s is longer than %(limit)s characters."),
    "table.quotes": _(
        "A quotation mark in row %(row)s is not closed or stands in the wrong place. Mend the row, or save the list as XLSX."
    ),
    "table.not_a_table": _("This is not a class list. Save the list as CSV or XLSX and choose that file."),
    "table.not_text": _("This is neither a CSV nor an XLSX file. Save the list as XLSX and choose that file."),
    "encoding.unknown": _(
        "It cannot be told for certain how the letters in this file are encoded, and a guess could spoil names. "
        "Choose the encoding below, or save the list as XLSX."
    ),
    "encoding.does_not_fit": _(
        "The file is not encoded as %(encoding)s. Choose another encoding, or save the list as XLSX."
    ),
    "encoding.utf_32": _("The file is encoded in UTF-32, which no spreadsheet writes. Save it as UTF-8 or as XLSX."),
    "spreadsheet.old_or_locked": _(
        "This workbook has a password or is in the old XLS format. Save it as XLSX without a password."
    ),
    "spreadsheet.broken": _("This workbook cannot be read. Open it, save it again as XLSX, and choose the new file."),
    "spreadsheet.bomb": _("This workbook unpacks to far more than a class list can be. It was not opened."),
}

_UNKNOWN_FILE = _("The file cannot be read.")


def of_file(code: str, facts: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    """Why a whole file was refused (`TableRefused`), in the language of `translate`."""
    return _filled(translate(_FILE.get(code, _UNKNOWN_FILE)), facts)


def of_cell(code: str, facts: Mapping[str, Any], translate: Callable[[str], str]) -> str:
    """What is wrong with a name or an address (`CellRefused`); '' for a code that is none of those."""
    return _filled(translate(CELLS[code]), facts) if code in CELLS else ""


def _filled(sentence: str, facts: Mapping[str, Any]) -> str:
    try:
        return sentence % dict(facts)
    except KeyError:
        # A fact that an older version did not keep must not turn a list into an error page.
        return sentence
