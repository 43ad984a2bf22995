"""Files: the template to fill in, the refused rows to mend, and the signed credential."""

from __future__ import annotations

import io

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from openpyxl import Workbook

from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tables.api import write_csv
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, sentences
from ..documents import scales_of
from .common import award_or_404, batch_or_404, offered_version

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CSV = "text/csv; charset=utf-8"


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@staff_view(Right.VIEW)
@require_safe
def template(_request: HttpRequest, institution: Institution, micro_credential: str, kind: str) -> HttpResponse:
    """An empty class list for one micro-credential: a heading in the reader's language and one row as an example."""
    version = offered_version(institution, micro_credential)
    if version is None or kind not in ("csv", "xlsx"):
        raise Http404
    fields = ("name", "email", "awarded_date", "valid_until", "language")
    evidence = ("evidence_name", "evidence_url", "evidence_description")
    header = [
        *(str(sentences.FIELDS[field]) for field in fields),
        *(scale.name for scale in scales_of(version, get_language())),
        *(str(sentences.FIELDS[field]) for field in evidence),
    ]
    today = timezone.now().date().isoformat()
    # An example that cannot be sent by mistake: the address is refused until somebody replaces it.
    example = [_("Example: delete this row"), _("name at university"), today]
    name = f"{slugify(version.title, allow_unicode=True)[:60] or 'class-list'}.{kind}"
    if kind == "csv":
        return _download(write_csv(header, [example]), _CSV, name)
    book = Workbook()
    book.active.append(header)
    book.active.append(example)
    for column in "ABCDEFGH":
        book.active.column_dimensions[column].width = 24
    out = io.BytesIO()
    book.save(out)
    return _download(out.getvalue(), _XLSX, name)


@staff_view(Right.ISSUE)
@require_safe
def refused(_request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """Only the refused rows, each with the reason in the first column, which is ignored when the file comes back."""
    batch = batch_or_404(public_id)
    reason = str(sentences.REASON_COLUMN)
    known = {reason, "Why refused", "거부 사유"}
    keep = [position for position, head in enumerate(batch.header) if head not in known]
    rows = [
        [sentences.of_problems(problems), *(cells[position] if position < len(cells) else "" for position in keep)]
        for cells, problems in queries.refused_rows(batch)
    ]
    header = [reason, *(batch.header[position] for position in keep)]
    return _download(write_csv(header, rows), _CSV, _("refused-rows.csv"))


@staff_view(Right.VIEW)
@require_safe
def credential(_request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The signed bytes, for staff: also of what is not public."""
    award = award_or_404(public_id)
    if not award.published:
        raise Http404
    return _download(queries.credential_bytes(award), "application/vc+ld+json", f"credential-{award.public_id}.json")
