"""Many certificates in one file are, page by page, what each would be if it were laid out by itself."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from testamur_site.foundation.design_system.api import compose_badge_svg, render_png
from testamur_site.wallet import images
from testamur_site.wallet.certificate import stack
from testamur_site.wallet.certificate.pdf import broken, clean
from testamur_site.wallet.certificate.stack import Own, stacked
from testamur_site.wallet.certificate.typesetting import alone

NOW = datetime(2026, 3, 5, tzinfo=UTC)
BADGE = compose_badge_svg("Data literacy", "award", "#1f4e79", "#c9792b", "seal")
SHARED: dict[str, Any] = {
    "language": "en",
    "document_title": "Data literacy (1–500)",
    "paper": "a4",
    "colour": "#1f4e79",
    "institution": "Han River University",
    "title": "Data literacy",
    "picture": BADGE.decode(),
    "picture_text": "Badge",
    "state": "",
    "facts": [("Awarded on", "5 March 2026"), ("Workload", "90 hours")],
    "criteria": "Passed three tasks. " * 20,
    "name_label": "Awarded to",
    "criteria_label": "Criteria",
    "qr_text": "QR code",
    "verify_label": "Verify this credential at",
    "attached": "What counts is the signed credential at this address, not the print.",
}
FORMS: list[dict[str, Any]] = [
    {"language": "en"},
    {
        "language": "ko",
        "title": "데이터 리터러시",
        "facts": [("수여일", "2026년 3월 5일")],
        "criteria": "과제를 통과했습니다. " * 20,
    },
    {"language": "en", "title": "An introduction to responsible data science for cities " * 2, "criteria": ""},
]
NAMES = (
    *(
        "Mina Kim",
        "김미나",
        "김 미나",
        "محمد بن عبد الله الفارابي",
        "अनुराधा शर्मा",
        "Zoë Ångström-Østergård",
        "",
        "王小明",
        "g.",
    ),
    *(
        "W" * 20,
        "W" * 21,
        "W" * 40,
        "W" * 41,
        "Wi " * 26,
        "긴이름" * 13,
        "Mina 김 محمد",
        "﷽﷽﷽﷽",
        "👩🏽‍🎓 Ada",
        "Ж" * 80,
    ),
    '#panic("x") ] $ " \\ */',
)
LOOKED_AT = """
#set page(width: auto, height: auto, margin: 0mm)
#for number in range({count}) {{ image("it.pdf", page: number + 1); pagebreak(weak: true) }}
"""


def address(number: int) -> str:
    return f"https://credentials.example.edu/c/QEbmHoIXB6sh{number:012d}"


def own(form: int, name: str, where: str) -> Own:
    return Own(form, broken(clean(name, 80)), where)


def looked_at(folder: Path, content: bytes, count: int, ppi: int) -> list[Image.Image]:
    """The pages of a PDF, drawn."""
    (folder / "it.pdf").write_bytes(content)
    (folder / "look.typ").write_text(LOOKED_AT.format(count=count))
    with alone():
        drawn = typst.compile(folder / "look.typ", format="png", ppi=ppi)
    return [Image.open(io.BytesIO(one)).convert("L") for one in (drawn if isinstance(drawn, list) else [drawn])]


def compare(folder: Path, pages: list[Own], paper: str = "a4", raster: bytes | None = None) -> bytes:
    made, drawn = [], []
    for cost in (0, 1000):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(stack, "_COST_OF_A_FORM", cost)
            made.append(stacked(SHARED | {"paper": paper}, FORMS, pages, NOW, raster))
        drawn.append(looked_at(folder, made[-1], len(pages), 50))
    for mine, alone_, one in zip(*drawn, pages, strict=True):
        assert mine.size == alone_.size
        assert ImageChops.difference(mine, alone_).getextrema()[1] <= 8, one  # type: ignore[operator]
    return made[0]


@pytest.mark.parametrize(("form", "names"), [(0, NAMES), (1, NAMES[:4]), (2, NAMES[4:10])])
def test_every_page_is_what_it_would_be_alone(tmp_path: Path, form: int, names: tuple[str, ...]) -> None:
    compare(tmp_path, [own(form, name, address(number)) for number, name in enumerate(names)])


def test_so_on_other_paper_with_a_photograph_and_addresses_longer_than_a_line(tmp_path: Path) -> None:
    there = "https://micro-credentials.an-institution-with-a-long-name.example.ac.kr/c/"
    pages = [own(0, "Mina Kim", f"{there}{end}") for end in ("QEbm-HoIXB6sh_00000001", "QEbmHoIXB6s-h_00000001")]
    photograph = render_png(BADGE, 300)
    made = compare(tmp_path, [*pages, own(1, "김미나", address(1))], "us-letter", photograph)
    pictures = {
        one.indirect_reference.idnum for page in pypdf.PdfReader(io.BytesIO(made)).pages for one in forms_of(page)
    }
    assert len(pictures) == 2  # two forms for three pages, embedded once each


def forms_of(page: pypdf.PageObject) -> list[Any]:
    return [
        one.get_object()
        for one in page["/Resources"]["/XObject"].values()  # type: ignore[index]
        if one.get_object()["/Subtype"] == "/Form"
    ]


@settings(max_examples=3, deadline=None)
@given(st.lists(st.text(max_size=90), min_size=3, max_size=4))
def test_so_with_any_names(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    compare(tmp_path_factory.mktemp("pages"), [own(0, name, address(number)) for number, name in enumerate(names)])


def test_names_are_text_and_codes_are_read(tmp_path: Path) -> None:
    pages = [own(0, name, address(number)) for number, name in enumerate(("Mina Kim", "김미나", "Zoë Ångström"))]
    made = stacked(SHARED, FORMS, pages, NOW, None)
    for page, one in zip(pypdf.PdfReader(io.BytesIO(made)).pages, pages, strict=True):
        text = page.extract_text()
        for each in (one.name, one.address, "Han River University", "Passed three tasks."):
            assert each in text
    for picture, one in zip(looked_at(tmp_path, made, len(pages), 150), pages, strict=True):
        assert [code.text for code in zxingcpp.read_barcodes(picture)] == [one.address]


def test_the_codes_of_many_have_one_mask_and_every_one_is_read() -> None:
    addresses = [address(number) for number in range(40)]
    codes = images.qr_codes(addresses)
    assert codes[0] == images.qr_code(addresses[0])
    for code, where in zip(codes, addresses, strict=True):
        drawn = Image.new("L", (code.side + 8, code.side + 8), 255)
        drawn.paste(Image.frombytes("L", (code.side, code.side), code.modules), (4, 4))
        (read,) = zxingcpp.read_barcodes(drawn.resize((5 * drawn.width, 5 * drawn.height), Image.Resampling.NEAREST))
        assert read.text == where
    assert images.qr_codes([]) == []


def test_it_is_forgotten_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = []
    monkeypatch.setattr("testamur_site.wallet.certificate.typesetting._forget", lambda: forgotten.append(True))
    places: list[Path] = []
    real = stack.typeset

    def seen(template: Path, *given: Any) -> Any:
        places.append(template.parent)
        return real(template, *given)

    monkeypatch.setattr(stack, "typeset", seen)
    stacked(SHARED, FORMS, [own(0, "Mina Kim", address(1))] * 5, NOW, None)
    assert forgotten == [True]
    assert [place.exists() for place in places] == [False, False]
