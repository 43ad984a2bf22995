"""The files that are attached to a PDF (PDF 2.0, ISO 32000-2 §7.11.4, §14.13): by the tree of embedded files or as associated files.

A PDF is a graph that may contain itself, streams that unpack to a thousand times their size, and scripts. So: bounded before it is parsed,
bounded in what a stream unpacks to, every node of the tree visited once, only so many files; pages, scripts and forms are never touched.
What is drawn on the page is no part of the credential: only the attachment is verified, and only it is shown.
A proof from a transparency log is a second attachment, `credential.tlog-proof`.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pypdf
from pypdf import Configuration, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from testamur import strict_json
from testamur.errors import Malformed, TooLarge
from testamur.formats import log_proofs

SIGNATURE: Final = b"%PDF-"
MAX_PDF: Final = 8 * 1024 * 1024
MAX_ATTACHMENTS: Final = 20
MAX_CREDENTIAL: Final = strict_json.MAX_BYTES

_MAX_UNPACKED: Final = 8 * 1024 * 1024
_MAX_NODES: Final = 500
_MAX_XREF_ENTRIES: Final = 100_000

# A stream of a few kilobytes may unpack to gigabytes; the package's own limits are made for printers. No program is ever called.
_LIMITS: Final = Configuration(
    maximum_declared_stream_length=MAX_PDF,
    array_based_stream_maximum_output_length=_MAX_UNPACKED,
    array_maximum_element_count=20_000,
    dictionary_maximum_element_count=20_000,
    lzw_maximum_output_length=_MAX_UNPACKED,
    run_length_maximum_output_length=_MAX_UNPACKED,
    zlib_maximum_output_length=_MAX_UNPACKED,
    zlib_maximum_recovery_input_length=100_000,
    brotli_maximum_output_length=_MAX_UNPACKED,
    jbig2_maximum_output_length=_MAX_UNPACKED,
    stream_filters_maximum_length=4,
    stream_decoding_work_maximum_length=2 * _MAX_UNPACKED,
    jbig2dec_binary=None,
)
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it repeats parts of the document in its warnings


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attached file: its name as it stands in the PDF (for showing only) and its bytes."""

    name: str
    content: bytes = field(repr=False)


def carried(pdf: bytes) -> bytes:
    """The one credential that is attached to `pdf`, byte for byte: JSON, a compact JWS or a baked image.

    Raises `Malformed`: `pdf.unreadable`, `pdf.encrypted`, `pdf.no_credential`, `pdf.several_credentials`; `TooLarge`: `pdf.too_large`,
    `pdf.too_many_attachments`.
    """
    return carried_with_proofs(pdf)[0]


def carried_with_proofs(pdf: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """The one credential that is attached to `pdf`, and the proofs from a log that are attached beside it
    (`log_proofs.bounded`). Raises as `carried`."""
    attached = attachments(pdf)
    proofs = [each.content for each in attached if log_proofs.is_log_proof(each.content, each.name)]
    found = [each.content for each in attached if _may_be_a_credential(each.content)]
    distinct = list(dict.fromkeys(found))
    if not distinct:
        raise Malformed(
            "No credential is attached to this PDF; ask for the file that was issued, not a print of it",
            code="pdf.no_credential",
        )
    if len(distinct) > 1:
        raise Malformed(
            "Several credentials are attached to this PDF; only one of them could be meant",
            code="pdf.several_credentials",
            facts={"count": len(distinct)},
        )
    return distinct[0], log_proofs.bounded(proofs)


def add_log_proof(pdf: bytes, proof: bytes) -> bytes:
    """`pdf`, to which a credential is attached, with a proof from a log (C2SP tlog-proof) as a second attachment,
    `credential.tlog-proof` with the relationship Supplement (ISO 32000-2 §7.11.3). An earlier one is replaced, and the
    credential stays byte for byte.

    1. Only add to the document (an incremental update, §7.5.6): what stood there stands there still, a signature on the PDF
       included. 2. Read back what was written. Not every document can be added to; such a one is written anew, and read back.

    Raises as `carried` and `log_proofs.proof_text`.
    """
    log_proofs.proof_text(proof)
    credential = carried(pdf)
    for incremental in (True, False):
        try:
            with apply_configuration(_LIMITS):
                written = _with_attachment(pdf, proof, incremental=incremental)
            if carried_with_proofs(written) == (credential, (proof,)):
                return written
        except Exception:  # noqa: BLE001, S112 - as in `attachments`; the other way may do
            continue
    raise Malformed("This PDF is damaged and cannot be read.", code="pdf.unreadable")


def _with_attachment(pdf: bytes, proof: bytes, *, incremental: bool) -> bytes:
    writer = (
        pypdf.PdfWriter(io.BytesIO(pdf), incremental=True)
        if incremental
        else pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    )
    for earlier in list(writer.attachment_list):
        if log_proofs.is_log_proof(earlier.content, earlier.name):
            earlier.delete()
    added = writer.add_attachment(log_proofs.FILE_NAME, proof)
    added.associated_file_relationship = NameObject("/Supplement")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def attachments(pdf: bytes) -> list[Attachment]:
    """Every file that is attached to `pdf`, at most `MAX_ATTACHMENTS`. Raises as `carried`, except for what the files are."""
    if len(pdf) > MAX_PDF:
        raise TooLarge(
            f"This PDF has {len(pdf)} bytes; at most {MAX_PDF} are read.",
            code="pdf.too_large",
            facts={"limit": MAX_PDF},
        )
    try:
        with apply_configuration(_LIMITS):
            reader = pypdf.PdfReader(
                io.BytesIO(pdf), root_object_recovery_limit=1_000, xref_stream_maximum_entries=_MAX_XREF_ENTRIES
            )
            if reader.is_encrypted:
                raise Malformed("This PDF is locked with a password.", code="pdf.encrypted")
            return list(_files(reader))
    except (Malformed, TooLarge):
        raise
    except MemoryError:
        raise TooLarge("This PDF unpacks to too much.", code="pdf.too_large", facts={"limit": _MAX_UNPACKED}) from None
    except Exception:  # noqa: BLE001 - a parser of hostile graphs fails in every way there is; all of them mean the same
        raise Malformed("This PDF is damaged and cannot be read.", code="pdf.unreadable") from None


def _files(reader: pypdf.PdfReader) -> Iterator[Attachment]:
    seen: set[int] = set()
    count = 0
    for name, specification in _specifications(reader.root_object):
        embedded = _dictionary(specification.get("/EF"))
        stream = _resolved(embedded.get("/UF", embedded.get("/F"))) if embedded is not None else None
        if not isinstance(stream, StreamObject) or id(stream) in seen:
            continue
        seen.add(id(stream))
        count += 1
        if count > MAX_ATTACHMENTS:
            raise TooLarge(
                f"This PDF has more than {MAX_ATTACHMENTS} attachments.",
                code="pdf.too_many_attachments",
                facts={"limit": MAX_ATTACHMENTS},
            )
        yield Attachment(name, bytes(stream.get_data()))


def _specifications(root: DictionaryObject) -> Iterator[tuple[str, DictionaryObject]]:
    """The file specifications of the name tree `EmbeddedFiles` and of the array `AF` in the catalogue, each with its name."""
    names = _dictionary(root.get("/Names"))
    waiting: list[Any] = [names.get("/EmbeddedFiles")] if names is not None else []
    visited: set[int] = set()
    while waiting and len(visited) < _MAX_NODES:
        node = _dictionary(waiting.pop())
        if node is None or id(node) in visited:
            continue
        visited.add(id(node))
        entries = _resolved(node.get("/Names"))
        if isinstance(entries, ArrayObject):
            for name, value in zip(entries[:_MAX_NODES:2], entries[1:_MAX_NODES:2], strict=False):
                specification = _dictionary(value)
                if specification is not None:
                    yield str(_resolved(name)), specification
        kids = _resolved(node.get("/Kids"))
        if isinstance(kids, ArrayObject):
            waiting.extend(kids[:_MAX_NODES])
    associated = _resolved(root.get("/AF"))
    for value in associated[:_MAX_NODES] if isinstance(associated, ArrayObject) else [associated]:
        specification = _dictionary(value)
        if specification is not None:
            yield str(_resolved(specification.get("/UF", specification.get("/F", "")))), specification


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> DictionaryObject | None:
    value = _resolved(value)
    return value if isinstance(value, DictionaryObject) else None


def _may_be_a_credential(content: bytes) -> bool:
    """Whether it begins like something that `formats.read` reads: JSON, a token or a picture, and is not too large for it."""
    start = content[:100].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] == b"{" or start[:3] == b"eyJ" or start.startswith((b"\x89PNG", b"<svg", b"<?xml"))
