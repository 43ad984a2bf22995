"""The certificate: one page to print and to read, with the signed credential attached."""

from .pdf import as_pdf

__all__ = ["as_pdf"]
