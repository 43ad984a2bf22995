"""SVG → PNG in a process of its own.

resvg answers some pictures by aborting the process (a width of 100 000), others by using all memory, and follows references to
local files. A picture of a stranger must never do this to the web server. So the child gets its SVG on standard input, limits on
memory and processor time, no environment, and — once it has loaded what it needs — no right to open one more file; the parent waits
a bounded time and looks at the answer.
"""

from __future__ import annotations

import subprocess
import sys

from django.utils.translation import gettext_lazy as _

from .refusal import ImageRefused

MEMORY = 192 * 1024 * 1024
SECONDS: float = 8
MIN_SIZE, MAX_SIZE = 16, 2048

_DAMAGED, _TOO_MUCH = 65, 66
_CHILD = """
import resource, sys
memory, seconds, size = (int(word) for word in sys.argv[1:4])
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import resvg_py
resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # standard input, output and error are all there will ever be
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
try:
    svg = sys.stdin.buffer.read().decode("utf-8")
    png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size, skip_system_fonts=True)
except MemoryError:
    sys.exit(66)
except BaseException:  # a panic of the renderer is not an Exception
    sys.exit(65)
sys.stdout.buffer.write(png)
"""


def render_png(svg: bytes, size: int = 600) -> bytes:
    """A PNG that fits into `size` × `size` pixels (and fills it when the SVG is square). Text in the SVG is not drawn: no fonts are loaded.

    Raises ImageRefused (image.damaged, image.too_complex) when the picture cannot be drawn within the limits, and ValueError
    when `size` is outside 16–2048, RuntimeError when the renderer is not installed.
    """
    if not MIN_SIZE <= size <= MAX_SIZE:
        raise ValueError(f"size is {size}, expected {MIN_SIZE} to {MAX_SIZE}")
    # -E and -P: neither the environment nor the folder we stand in may put another module in the place of resvg_py.
    command = [sys.executable, "-E", "-P", "-c", _CHILD, str(MEMORY), str(max(1, round(SECONDS))), str(size)]
    try:
        done = subprocess.run(command, input=svg, capture_output=True, timeout=SECONDS, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise _too_complex() from error
    if done.returncode < 0 or done.returncode == _TOO_MUCH:  # killed by a limit, or by its own abort
        raise _too_complex()
    if done.returncode == _DAMAGED:
        raise ImageRefused(
            "image.damaged", _("This SVG could not be drawn. Open it in a drawing program and export it again.")
        )
    if done.returncode:  # not the picture's fault: an installation without the renderer, for instance
        raise RuntimeError(f"the renderer ended with {done.returncode}: {done.stderr[-500:].decode(errors='replace')}")
    return done.stdout


def _too_complex() -> ImageRefused:
    return ImageRefused(
        "image.too_complex",
        _(
            "This SVG needs too much time or memory to draw. Simplify it, or export it as a PNG of 1,024 × 1,024 pixels."
        ),
    )
