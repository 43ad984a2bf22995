"""Coverage-guided fuzzing of one parser with atheris, our mutators as its own: what reaches new code is kept and changed further.

Atheris ends the process by itself, and the first failure ends the run: the input is then in `build/fuzz`.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path


def guided(name: str, seconds: int) -> int:
    """Run for `seconds`. Returns only where atheris is not installed or there is no such parser."""
    try:
        import atheris
    except ImportError:
        print(
            "Coverage-guided fuzzing needs atheris: .venv/bin/uv pip install --python .venv/bin/python atheris",
            file=sys.stderr,
        )
        return 2
    with atheris.instrument_imports(
        include=["testamur"]
    ):  # whatever imports the library must be imported here, and only here
        import django

        django.setup()
        from tests.fuzz.mutators import mutate
        from tests.fuzz.parsers import PARSERS
    if name not in PARSERS:
        print("There are: " + ", ".join(PARSERS), file=sys.stderr)
        return 2
    parser = PARSERS[name]
    seeds = parser.seeds()
    corpus = Path("build/fuzz/corpus", name.replace(" ", "-"))
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(data)

    def changed(data: bytes, most: int, seed: int) -> bytes:
        return mutate(data, seeds, random.Random(seed))[:most]

    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        "-max_len=200000",
        "-timeout=10",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={corpus.parent.parent}/",
    ]
    atheris.Setup([*arguments, str(corpus)], lambda data: parser(bytes(data)), custom_mutator=changed)
    atheris.Fuzz()
    return 0
