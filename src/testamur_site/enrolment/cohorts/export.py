"""The cohort as a table: every learner with state and progress, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur_site.catalogue.api import Offering, in_language
from testamur_site.foundation.audit.api import formula_safe

from .. import queries, sentences
from . import progress


def cohort_csv(offering: Offering) -> HttpResponse:
    """UTF-8 with a byte order mark, which spreadsheets need to read Korean; no cell can become a formula."""
    enrolled = list(progress.everybody(offering))
    standings = queries.standings(enrolled)
    language = get_language() or "en"
    tasks = offering.version.description.tasks
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(
        [_("Name"), _("E-mail"), _("State"), _("Enrolled"), _("Identity")]
        + [in_language(task.title, language) for task in tasks]
    )
    for enrolment in enrolled:
        by_key = {standing.task.key: standing for standing in standings[enrolment.pk]}
        row = [
            enrolment.learner.name,
            enrolment.learner.email,
            str(sentences.ENROLMENT_STATES[enrolment.state][1]),
            enrolment.enrolled_at.date().isoformat() if enrolment.enrolled_at else "",
            sentences.identity(enrolment.learner.identity_level, language),
            *(str(sentences.TASK_STATES[by_key[task.key].state][1]) if task.key in by_key else "" for task in tasks),
        ]
        table.writerow([formula_safe(cell) for cell in row])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{slugify(offering.version.title, allow_unicode=True)[:60] or 'cohort'}-{offering.starts_on}.csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
