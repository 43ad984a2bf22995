"""QR codes and certificates: CPU time of one, ours beside others, in alternating rounds of one run.

    python benchmarks/serving/made.py [--rounds 5] [--weasyprint PYTHON]

QR codes are SVG of one address with error correction M, each with another address. Certificates are one page with title, name, badge and QR
code, a PDF each, and Typst attaches the credential as well; "for printing" are 500 in one file, of which one counts, with its QR code.
WeasyPrint gets its QR code for nothing. It is no dependency of ours: --weasyprint names an interpreter that has it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("QR: ours (zxing-cpp)", "PDF: ours (Typst, started once)", "PDF: ours, for printing")
_WEASYPRINT = """
import sys, time
from weasyprint import HTML
page = open(sys.argv[1], encoding="utf-8").read()
count = int(sys.argv[2])
HTML(string=page).write_pdf()
begun = time.process_time()
for number in range(count):
    HTML(string=page.replace("Mina Kim", f"Mina Kim {number}")).write_pdf()
print((time.process_time() - begun) / count)
"""


def cpu(make: Callable[[int], object], count: int) -> float:
    """Seconds of CPU time for one, all threads of the process counted."""
    make(-1)
    begun = time.process_time()
    for number in range(count):
        make(number)
    return (time.process_time() - begun) / count


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
    from testamur_site.wallet.certificate import pdf

    def address(number: int) -> str:
        return f"https://credentials.example.edu/c/QEbmHoIXB6sh{number:012d}"

    def by_segno(number: int, **more: int) -> None:
        segno.make(address(number), error="m", micro=False, **more).save(io.BytesIO(), kind="svg", border=4, scale=8)

    badge = compose_badge_svg("Data literacy", "award", "#1f4e79", "#c9792b", "seal").decode()
    code = images.qr_svg(address(1)).decode()
    labels = pdf._labels()
    words = {
        **labels,
        "language": "en",
        "document_title": "Data literacy · Mina Kim",
        "paper": "a4",
        "colour": "#1f4e79",
        "institution": "Han River University",
        "title": "Data literacy",
        "picture": badge,
        "picture_text": "Badge",
        "state": "",
        "name": "Mina Kim",
        "facts": [["Awarded on", "5 March 2026"], ["Valid until", "No end date"], ["Workload", "90 hours"]],
        "criteria": "Passed three tasks and a conversation about them. " * 8,
        "qr": code,
        "address": address(1),
    }
    given = {"format": "pdf", "pdf_standards": "2.0", "timestamp": 1}

    def inputs(number: int) -> dict[str, str]:
        return {
            "words": json.dumps(words | {"pages": [{"name": f"Mina Kim {number}"}]}),
            "credential": '{"a": "' + "x" * 7000 + '"}',
        }

    def printed(number: int) -> None:
        pages = [
            {"name": f"Mina Kim {one}", "address": address(one), "qr": images.qr_svg(address(one)).decode()}
            for one in range(500 * number, 500 * number + 500)
        ]
        compiler.compile(sys_inputs={"words": json.dumps(words | {"pages": pages})}, **given)

    compiler, _lock = pdf._compiler()
    template = str(pdf._TEMPLATE)
    kinds: dict[str, Callable[[], float]] = {
        "QR: ours (zxing-cpp)": lambda: cpu(lambda number: images.qr_svg(address(number)), 200),
        "QR: segno, fixed mask": lambda: cpu(lambda number: by_segno(number, mask=3), 40),
        "QR: segno": lambda: cpu(by_segno, 20),
        "PDF: ours (Typst, started once)": lambda: cpu(lambda n: compiler.compile(sys_inputs=inputs(n), **given), 30),
        "PDF: ours, for printing": lambda: cpu(printed, 2) / 500,
        "PDF: Typst, started each time": lambda: cpu(
            lambda n: typst.compile(template, sys_inputs=inputs(n), **given), 5
        ),
    }
    if options.weasyprint:
        page = folder / "page.html"
        facts = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in words["facts"])
        page.write_text(
            f"<!doctype html><html lang=en><title>Data literacy</title><body><p>{words['institution']}</p>{badge}"
            f"<h1>{words['title']}</h1><p>Mina Kim</p><dl>{facts}</dl><p>{words['criteria']}</p>{code}<p>{address(1)}</p>",
            encoding="utf-8",
        )
        program = [str(options.weasyprint), "-c", _WEASYPRINT, str(page), "8"]
        kinds["PDF: WeasyPrint"] = lambda: float(subprocess.run(program, check=True, capture_output=True).stdout)
    found: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(options.rounds):
        for name, once in kinds.items():
            found[name].append(once())
    for name, times in found.items():
        said = f"{name:34} {statistics.median(times) * 1000:8.2f} ms"
        for mine in OURS:
            if mine.startswith(name[:3]):
                ratios = sorted(one / own for one, own in zip(times, found[mine], strict=True))
                said += f"   {statistics.median(ratios):5.1f} [{ratios[0]:.1f}–{ratios[-1]:.1f}] × {mine.partition(': ')[2]}"
        print(said)


if __name__ == "__main__":
    raise SystemExit(main())
