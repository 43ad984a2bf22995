"""Every string that a person can read is there in Korean, with the same facts in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from testamur_site.foundation.i18n import catalogs, messages
from testamur_site.foundation.i18n.catalogs import Part


@pytest.mark.parametrize("part", catalogs.parts(), ids=lambda part: part.name)
@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_every_string_is_translated(part: Part, language: str) -> None:
    assert catalogs.problems(part, language) == []


@pytest.mark.parametrize("language", catalogs.LANGUAGES)
def test_no_string_is_translated_in_two_ways(language: str) -> None:
    assert catalogs.conflicts(language, catalogs.parts()) == []


# ---- The tool itself, on a small made-up part


@pytest.fixture
def part(tmp_path: Path) -> Part:
    folder = tmp_path / "site" / "sample"
    (folder / "templates" / "sample").mkdir(parents=True)
    (folder / "apps.py").write_text("")
    (folder / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext_lazy\n"
        "A = _('Hello')\nB = ngettext_lazy('%(n)s row', '%(n)s rows')\n"
    )
    (folder / "templates" / "sample" / "page.html").write_text(
        "{% load i18n %}{% translate \"It's here\" %} {% translate 'Open' context 'verb' %}\n"
        "{% blocktranslate trimmed with name=x.y %}\n  Dear {{ name }},\n  welcome\n{% endblocktranslate %}"
        "{% blocktranslate count n=n %}{{ n }} badge{% plural %}{{ n }} badges{% endblocktranslate %}"
    )
    return Part("sample", folder)


def fill(part: Part, translations: dict[str, str]) -> None:
    path = part.catalog_path("ko")
    catalog = catalogs.read(path, "ko")
    for message in catalog:
        if message.id:
            singular = message.id if isinstance(message.id, str) else message.id[0]
            text = translations.get(singular, f"번역 {singular}")
            message.string = text if isinstance(message.id, str) else (text.replace("badge", "배지"),)
    catalogs.write(path, catalog, "ko")


def test_strings_are_found_in_python_and_templates(part: Part) -> None:
    assert {(s.singular, s.plural, s.context) for s in catalogs.strings_of(part)} == {
        ("Hello", "", None),
        ("%(n)s row", "%(n)s rows", None),
        ("It's here", "", None),
        ("Open", "", "verb"),
        ("Dear %(name)s, welcome", "", None),
        ("%(n)s badge", "%(n)s badges", None),
    }


def test_untranslated_strings_are_named_with_their_place(part: Part) -> None:
    assert catalogs.update(part, "ko") == 6
    assert "sample (views.py:2): not translated: 'Hello'" in catalogs.problems(part, "ko")


def test_a_complete_catalog_has_no_problem_and_stays_as_it_is(part: Part) -> None:
    catalogs.update(part, "ko")
    fill(part, {})
    before = part.catalog_path("ko").read_bytes()
    assert catalogs.problems(part, "ko") == []
    assert catalogs.update(part, "ko") == 0
    assert part.catalog_path("ko").read_bytes() == before


@pytest.mark.parametrize("text", ["안녕하세요, 환영합니다", "%(name)s %(nobody)s 님", "%(names)s 님"])
def test_lost_and_invented_placeholders_are_found(part: Part, text: str) -> None:
    catalogs.update(part, "ko")
    fill(part, {"Dear %(name)s, welcome": text})
    assert any("placeholders" in problem for problem in catalogs.problems(part, "ko"))


def test_a_vanished_string_is_found_and_goes(part: Part) -> None:
    catalogs.update(part, "ko")
    fill(part, {})
    (part.folder / "views.py").write_text("")
    assert any("used nowhere" in problem for problem in catalogs.problems(part, "ko"))
    catalogs.update(part, "ko")
    assert catalogs.problems(part, "ko") == []


def test_two_translations_of_one_string_are_found(part: Part, tmp_path: Path) -> None:
    catalogs.update(part, "ko")
    fill(part, {})
    other = Part("other", tmp_path / "site" / "other")
    (other.folder).mkdir()
    (other.folder / "apps.py").write_text("from x import gettext as _\n_('Hello')\n")
    catalogs.update(other, "ko")
    fill(other, {"Hello": "안녕하세요"})
    assert len(catalogs.conflicts("ko", [part, other])) == 1


def test_a_catalog_is_compiled_when_it_has_changed(part: Part) -> None:
    catalogs.update(part, "ko")
    path = part.catalog_path("ko")
    assert catalogs.compile_catalog(path, "ko")
    assert path.with_suffix(".mo").exists()
    assert not catalogs.compile_catalog(path, "ko")


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.main(["check", "foundation/keys"]) == 0
    assert capsys.readouterr().out == "Every string is translated.\n"
    with pytest.raises(SystemExit):
        messages.main(["check", "nowhere"])
    assert "no such part: nowhere" in capsys.readouterr().err
