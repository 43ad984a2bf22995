"""`python -m testamur.cli.standalone [FILE]`: write the single-file verifier."""

from __future__ import annotations

import sys
from pathlib import Path

from testamur.cli.common import write_atomically
from testamur.cli.standalone import FILE_NAME, build

if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else FILE_NAME)
    write_atomically(target, build())
    print(f"{target}: {len(build())} bytes")
