"""Finding, reading and comparing message catalogs. English is the source language; Korean must be complete.

Every folder of the site with an `apps.py`, and `config`, has its own catalog `locale/ko/LC_MESSAGES/django.po`, which holds exactly
the strings of its own Python files and templates.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SITE = Path(__file__).parents[2]
LANGUAGES = ("ko",)
# Babel's own keywords, and Django's lazy ones. `_` is whatever the file imported under that name: gettext in all of ours.
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: Testamur\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(
    rf"(?<!\w)(?P<name>gettext|ngettext|pgettext|npgettext|_)\(\s*(?P<args>{_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL
)
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|(?<!\{)\{(\w*)\}(?!\})")


@dataclass(frozen=True, slots=True)
class Part:
    """A folder with strings of its own."""

    name: str
    folder: Path

    def catalog_path(self, language: str) -> Path:
        return self.folder / "locale" / language / "LC_MESSAGES" / "django.po"


@dataclass(frozen=True, slots=True)
class Extracted:
    """A string as it stands in a file: (singular, plural or "") and the context."""

    singular: str
    plural: str
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str, str | None]:
        return self.singular, self.context


def parts(site: Path = SITE) -> list[Part]:
    """All folders with strings, in alphabetical order."""
    folders = [site / "config", *(path.parent for path in site.rglob("apps.py"))]
    return [Part(folder.relative_to(site).as_posix(), folder) for folder in sorted(folders) if folder.is_dir()]


def strings_of(part: Part) -> list[Extracted]:
    """Every translatable string of the part's Python files and templates, each once per place."""
    nested = [other.folder for other in parts(part.folder.parent) if other.folder != part.folder]
    found: list[Extracted] = []
    for path in sorted(part.folder.rglob("*")):
        if any(inner in path.parents for inner in nested if part.folder in inner.parents) or "migrations" in path.parts:
            continue
        place = path.relative_to(part.folder).as_posix()
        if path.suffix == ".py":
            found += _python_strings(path.read_bytes(), place)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            found += _template_strings(path.read_text(encoding="utf-8"), place)
    return found


def _python_strings(source: bytes, place: str) -> Iterator[Extracted]:
    for line, texts, _comments, context in extract("python", BytesIO(source), KEYWORDS):  # type: ignore[arg-type]
        singular, plural = texts if isinstance(texts, tuple) else (texts, "")
        if singular:
            yield Extracted(singular, plural, context, f"{place}:{line}")


def _template_strings(source: str, place: str) -> Iterator[Extracted]:
    # Django writes a template's strings as Python calls, everything else blanked; what it writes is not always valid Python.
    for call in _CALL.finditer(templatize(source)):
        arguments = [ast.literal_eval(text) for text in re.findall(_STRING, call["args"], re.DOTALL)]
        context = arguments.pop(0) if call["name"] in {"pgettext", "npgettext"} else None
        plural = arguments[1] if call["name"] in {"ngettext", "npgettext"} else ""
        if arguments[0]:
            yield Extracted(arguments[0], plural, context, place)


def read(path: Path, language: str) -> Catalog:
    """The catalog at `path`, empty where there is none."""
    if not path.exists():
        return Catalog(locale=language, domain="django", project="Testamur", charset="utf-8", fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=language, domain="django", abort_invalid=True)


def write(path: Path, catalog: Catalog, language: str) -> None:
    """Write the catalog sorted, without line numbers and dates: the file changes only when a string does."""
    buffer = BytesIO()
    write_po(buffer, catalog, width=0, sort_output=True, omit_header=True, ignore_obsolete=True, no_location=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(HEADER.format(language=language, plurals=catalog.plural_forms).encode() + buffer.getvalue())


def update(part: Part, language: str) -> int:
    """Bring the part's catalog up to date: new strings come untranslated, vanished ones go. How many are untranslated."""
    strings = strings_of(part)
    path = part.catalog_path(language)
    if not strings and not path.exists():
        return 0
    old = read(path, language)
    new = Catalog(locale=language, domain="django", project="Testamur", charset="utf-8", fuzzy=False)
    for string in strings:
        key = (string.singular, string.plural) if string.plural else string.singular
        known = old.get(string.singular, string.context)
        translation = known.string if known and bool(known.pluralizable) == bool(string.plural) else None
        # Places without line numbers: a moved line must not change the catalog.
        new.add(key, translation, [(string.place.partition(":")[0], None)], context=string.context)  # type: ignore[list-item]
    write(path, new, language)
    return sum(1 for message in new if message.id and not _translated(message))


def compile_catalog(path: Path, language: str) -> bool:
    """Write the machine's form beside the catalog, where it is older or missing; whether it was written."""
    target = path.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
        return False
    buffer = BytesIO()
    write_mo(buffer, read(path, language))
    aside = target.with_suffix(".mo.new")
    aside.write_bytes(buffer.getvalue())
    aside.replace(target)
    return True


def problems(part: Part, language: str) -> list[str]:
    """What is wrong with the part's catalog, one sentence each; an empty list when it is complete."""
    catalog = read(part.catalog_path(language), language)
    used = {string.key: string for string in strings_of(part)}
    found = []
    for key, string in used.items():
        message = catalog.get(*key)
        if message is None or not _translated(message):
            found.append(f"{part.name} ({string.place}): not translated: {string.singular!r}")
        elif message.fuzzy:
            found.append(f"{part.name}: marked as uncertain: {string.singular!r}")
        else:
            found += [f"{part.name}: {sentence}" for sentence in _differences(message)]
    found += [
        f"{part.name}: translated but used nowhere: {message.id!r}"
        for message in catalog
        if message.id and (_singular(message), message.context) not in used
    ]
    return found


def conflicts(language: str, among: list[Part]) -> list[str]:
    """Strings that two catalogs translate differently: Django merges all catalogs, so which one wins is chance."""
    seen: dict[tuple[str, str | None], tuple[str, object]] = {}
    found = []
    for part in among:
        for message in read(part.catalog_path(language), language):
            if not message.id or not _translated(message):
                continue
            key = (_singular(message), message.context)
            name, translation = seen.setdefault(key, (part.name, message.string))
            if translation != message.string:
                found.append(
                    f"{name} and {part.name} translate {key[0]!r} differently: {translation!r}, {message.string!r}"
                )
    return found


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _translated(message: Message) -> bool:
    texts = _texts(message)
    return bool(texts) and all(texts)


def _differences(message: Message) -> Iterator[str]:
    """Placeholders that a translation loses or invents: the first hides a fact, the second breaks the page."""
    sources = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {name for source in sources for name in _PLACEHOLDER.findall(source)}
    needed = set(_PLACEHOLDER.findall(sources[-1]))
    for text in _texts(message):
        names = set(_PLACEHOLDER.findall(text))
        if not names <= allowed or not needed <= names:
            yield f"the placeholders of {sources[0]!r} and {text!r} differ"
