"""The certificate: one page to print and to read, with the signed credential attached; and many of them for printing."""

from .pdf import as_pdf
from .printing import PAPERS, left_out, parts, printed

__all__ = ["PAPERS", "as_pdf", "left_out", "parts", "printed"]
