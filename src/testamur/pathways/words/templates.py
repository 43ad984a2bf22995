"""How a template becomes a sentence: the language chosen, amounts written, foreign text made harmless."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from testamur.pathways.dates import Duration, Moment
from testamur.pathways.programme import HUNDREDTHS, Text
from testamur.pathways.words import english, korean

_TABLES: Mapping[str, Mapping[str, str]] = {"en": english.TEMPLATES, "ko": korean.TEMPLATES}
LANGUAGES: tuple[str, ...] = tuple(_TABLES)
_LONGEST = 200
_REMOVED = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F),
     *range(0x2066, 0x206A), 0xFEFF], " ",
)  # fmt: skip


class Words:
    """The sentences of one language ("en", "ko"; another one, such as "ko-KR" or "fr", falls back)."""

    def __init__(self, language: str) -> None:
        tag = language.partition("-")[0].partition("_")[0].lower()
        self.language = tag if tag in _TABLES else "en"
        self._table = _TABLES[self.language]

    def say(self, key: str, **facts: Any) -> str:
        """The sentence `key` with `facts` put in."""
        return self._table[key].format(**{name: self.written(value) for name, value in facts.items()})

    def has(self, key: str) -> bool:
        return key in self._table

    def text(self, text: Text, otherwise: str = "") -> str:
        """The author's own text in this language, else in English, else in any, else `otherwise`."""
        return plain(text.get(self.language) or text.get("en") or next(iter(text.values()), otherwise))

    def written(self, value: Any) -> str:
        if isinstance(value, Fraction):
            percent = Decimal(value.numerator) * 100 / Decimal(value.denominator)
            return f"{percent.quantize(Decimal('0.01')).normalize():f} %"
        if isinstance(value, Decimal):
            return f"{value:f}"
        if isinstance(value, date):
            return self.day(value)
        if isinstance(value, Duration):
            return self.duration(value)
        if isinstance(value, Moment):
            return self.moment(value)
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._table["or"].join(sorted(self.written(item) for item in value))
        if isinstance(value, bool):
            return self._table["true" if value else "false"]
        return plain(value)

    def together(self, parts: list[str]) -> str:
        return self._table["and"].join(parts)

    def day(self, day: date) -> str:
        if self.language == "ko":
            return f"{day.year}년 {day.month}월 {day.day}일"
        return f"{day.day} {english.MONTHS[day.month - 1]} {day.year}"

    def duration(self, duration: Duration) -> str:
        years, months = divmod(duration.months, 12)
        parts = [(years, "year"), (months, "month"), (duration.days, "day")]
        return " ".join(
            self._table[unit if number == 1 else f"{unit}s"].format(number=number) for number, unit in parts if number
        ) or self._table["days"].format(number=0)

    def moment(self, moment: Moment) -> str:
        if isinstance(moment.base, date):
            base = self.day(moment.base)
        else:
            base = self._table.get(f"day.{moment.base}") or plain(moment.base).replace("_", " ")
        if moment.moved == Duration():
            return base
        key = "moved.later" if moment.sign > 0 else "moved.earlier"
        return self._table[key].format(base=base, duration=self.duration(moment.moved))

    def amount(self, hundredths: int, unit: str) -> str:
        """An amount of credit with its unit."""
        return self.size(Decimal(hundredths) / HUNDREDTHS, unit)

    def size(self, amount: Decimal, unit: str) -> str:
        number = f"{amount.normalize():f}"
        if unit == "credits":
            return self._table["credit" if number == "1" else "credits"].format(number=number)
        return self._table["credits.unit"].format(number=number, unit=plain(unit))

    def count(self, number: int | Decimal) -> str:
        return self._table["credential" if number == 1 else "credentials"].format(
            number=f"{Decimal(number).normalize():f}"
        )


def plain(value: Any) -> str:
    """`value` as one short line that cannot pretend to be ours."""
    text = " ".join(str(value).translate(_REMOVED).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
