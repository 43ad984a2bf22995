"""QR codes and certificates: CPU time of one, ours beside others, in alternating rounds of one run.

    python benchmarks/serving/made.py [--rounds 5] [--weasyprint PYTHON]

QR codes are SVG of one address with error correction M, each with another address. Certificates are one page A4 with badge, title, name,
facts, criteria and QR code in a PDF each, with the credential attached; "for printing" are 500 in one file, of which one counts, with all
that belongs to it: QR codes, forms, and what is forgotten afterwards.

WeasyPrint, which is no dependency of ours (--weasyprint names an interpreter that has it), makes a page of the same words, fonts and sizes,
alone without an attachment, and 500 in one document. It gets its QR codes for nothing, and badge and code as images, which is quickest for
it: as SVG within the page they would take half as long again. Korean fonts are not named to it: it would embed one for a Latin page.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parents[2]
OURS = ("QR: ours (zxing-cpp)", "PDF: ours (Typst, started once)", "Printing: ours")
BATCH = 500
_WEASYPRINT = """
import json, sys, time
from weasyprint import HTML
told = json.load(open(sys.argv[1], encoding="utf-8"))
pages, one_document = told["pages"], sys.argv[2] == "one"
def write(some):
    HTML(string=told["head"] + "".join(f"<section>{page}</section>" for page in some)).write_pdf()
write(pages[:1])
begun = time.process_time()
if one_document:
    write(pages)
else:
    pages = pages[:8]
    for page in pages:
        write([page])
print((time.process_time() - begun) / len(pages))
"""
_STYLE = """
@page { size: A4; margin: 24mm 26mm 22mm; @top-left-corner { content: "" } }
body { margin: 0; font: 10.5pt "Noto Sans", "Liberation Sans"; color: #1d2126 }
section { break-after: page; position: relative; height: 250mm }
.band { position: absolute; top: -24mm; left: -26mm; width: 210mm; height: 5mm; background: #1f4e79 }
.badge { display: block; height: 38mm; margin: 9mm 0 7mm }
h1, h2, .name { font-family: Palatino, P052, "Libertinus Serif", "Liberation Serif"; font-weight: normal; margin: 0 }
h1 { font-size: 27pt } h2 { font-size: 12pt; font-weight: bold } .name { font-size: 19pt }
.label { font-size: 9pt; color: #555c66; margin: 5mm 0 2.5mm } td { padding: 0 4mm 3mm 0 }
table { border-top: 0.5pt solid #c9cdd3; margin: 5mm 0 } .criteria { font-size: 9.5pt }
.foot { position: absolute; bottom: 0; left: 0 } .code { width: 30mm; float: left; margin-right: 6mm; image-rendering: pixelated }
.address { font: 9.5pt "DejaVu Sans Mono" }
"""


def cpu(make: Callable[[int], object], count: int) -> float:
    """Seconds of CPU time for one, all threads of the process counted."""
    make(-1)
    begun = time.process_time()
    for number in range(count):
        make(number)
    return (time.process_time() - begun) / count


def _image(name: str, kind: str, content: bytes) -> str:
    return f'<img class={name} src="data:{kind};base64,{base64.b64encode(content).decode()}">'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--weasyprint", type=Path, metavar="PYTHON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="testamur-made-") as folder:
        os.environ |= {"TESTAMUR_DATA": folder, "DJANGO_SETTINGS_MODULE": "testamur_site.config.settings"}
        sys.path.insert(0, str(ROOT / "src"))
        import django

        django.setup()
        measure(options, Path(folder))
    return 0


def measure(options: argparse.Namespace, folder: Path) -> None:
    import segno
    import typst

    from testamur_site.foundation.design_system.api import compose_badge_svg
    from testamur_site.wallet import images
    from testamur_site.wallet.certificate import pdf, stack, typesetting

    def address(number: int) -> str:
        return f"https://credentials.example.edu/c/QEbmHoIXB6sh{number:012d}"

    def by_segno(number: int, **more: int) -> None:
        segno.make(address(number), error="m", micro=False, **more).save(io.BytesIO(), kind="svg", border=4, scale=8)

    badge = compose_badge_svg("Data literacy", "award", "#1f4e79", "#c9792b", "seal")
    words: dict[str, Any] = {
        **pdf._labels(),
        "language": "en",
        "document_title": "Data literacy",
        "paper": "a4",
        "colour": "#1f4e79",
        "institution": "Han River University",
        "title": "Data literacy",
        "picture": badge.decode(),
        "picture_text": "Badge",
        "state": "",
        "facts": [["Awarded on", "5 March 2026"], ["Valid until", "No end date"], ["Workload", "90 hours"]],
        "criteria": "Passed three tasks and a conversation about them. " * 8,
    }
    moment = datetime(2026, 3, 5, tzinfo=UTC)
    credential = b'{"a": "' + b"x" * 7000 + b'"}'

    def own(number: int) -> dict[str, Any]:
        code = images.qr_code(address(number))
        one = {"name": f"Mina Kim {number}", "address": address(number), "code": list(code.png()), "side": code.side}
        return words | one

    def alone(number: int) -> None:
        with typesetting.alone():
            typesetting.certificate(own(number), credential, moment)

    def started(number: int) -> None:
        files = {"words.json": json.dumps(own(number)).encode(), "credential.json": credential}
        files |= {"main.typ": typesetting.CERTIFICATE.read_bytes(), "page.typ": typesetting.PAGE.read_bytes()}
        typst.compile(files, format="pdf", pdf_standards="2.0")

    def printed(number: int) -> None:
        numbers = range(BATCH * (number + 1), BATCH * (number + 2))
        pages = [stack.Own(0, f"Mina Kim {one}", address(one)) for one in numbers]
        stack.stacked(words, [{"language": "en"}], pages, moment, None)

    def elsewhere(number: int) -> str:
        code = images.qr_code(address(number))
        drawn = io.BytesIO()
        Image.frombytes("L", (code.side, code.side), code.modules).convert("1").save(drawn, "PNG")
        facts = "".join(f"<tr><td class=label>{name}<td>{value}" for name, value in words["facts"])
        return (
            f"<div class=band></div><b>{words['institution']}</b>{_image('badge', 'image/svg+xml', badge)}<h1>{words['title']}</h1>"
            f"<p class=label>{words['name_label']}</p><p class=name>Mina Kim {number}</p><table>{facts}</table>"
            f"<h2>{words['criteria_label']}</h2><p class=criteria>{words['criteria']}</p>"
            f"<div class=foot>{_image('code', 'image/png', drawn.getvalue())}<span class=label>{words['verify_label']}</span><br>"
            f"<a class=address href='{address(number)}'>{address(number)}</a><p class=label>{words['attached']}</p></div>"
        )

    kinds: dict[str, Callable[[], float]] = {
        "QR: ours (zxing-cpp)": lambda: cpu(lambda number: images.qr_svg(address(number)), 200),
        "QR: segno, fixed mask": lambda: cpu(lambda number: by_segno(number, mask=3), 40),
        "QR: segno": lambda: cpu(by_segno, 20),
        "PDF: ours (Typst, started once)": lambda: cpu(alone, 30),
        "PDF: Typst, started each time": lambda: cpu(started, 5),
        "Printing: ours": lambda: cpu(printed, 2) / BATCH,
        "PDF: after a file for printing": lambda: (printed(7), cpu(alone, 30))[1],
    }
    if options.weasyprint:
        told = folder / "pages.json"
        head = f"<!doctype html><html lang=en><title>Data literacy</title><style>{_STYLE}</style>"
        told.write_text(json.dumps({"head": head, "pages": [elsewhere(one) for one in range(BATCH)]}), encoding="utf-8")

        def weasyprint(how: str) -> float:
            program = [str(options.weasyprint), "-c", _WEASYPRINT, str(told), how]
            return float(subprocess.run(program, check=True, capture_output=True).stdout)

        kinds |= {"PDF: WeasyPrint": lambda: weasyprint("each"), "Printing: WeasyPrint": lambda: weasyprint("one")}
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(options.rounds):
        for name, once in kinds.items():
            found[name].append(once())
    for name, times in found.items():
        said = f"{name:34} {statistics.median(times) * 1000:8.2f} ms"
        for mine in OURS:
            if mine.partition(":")[0] == name.partition(":")[0]:
                ratios = sorted(one / own for one, own in zip(times, found[mine], strict=True))
                said += f"   {statistics.median(ratios):5.1f} [{ratios[0]:.1f}–{ratios[-1]:.1f}] × {mine.partition(': ')[2]}"
        print(said)


if __name__ == "__main__":
    raise SystemExit(main())
