"""PDF documents that carry a credential as an attachment. Nothing of the page is read, drawn or run."""

from testamur.formats.pdf.attachments import (
    MAX_ATTACHMENTS,
    MAX_PDF,
    SIGNATURE,
    Attachment,
    add_log_proof,
    attachments,
    carried,
    carried_with_proofs,
)

__all__ = [
    "MAX_ATTACHMENTS",
    "MAX_PDF",
    "SIGNATURE",
    "Attachment",
    "add_log_proof",
    "attachments",
    "carried",
    "carried_with_proofs",
]
