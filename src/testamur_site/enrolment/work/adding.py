"""From a submitted form to pieces of evidence: each that is sound is added, each that is not gets its sentence at its field."""

from __future__ import annotations

from django.http import HttpRequest

from .. import sentences
from ..errors import EvidenceRefused
from ..models import EvidenceItem, Learner
from ..rules import EvidenceKind
from ..services import portfolio
from .forms import PiecesForm
from .uploads import received


def add_pieces(request: HttpRequest, form: PiecesForm, learner: Learner) -> list[EvidenceItem]:
    """Add what a valid form brings; refusals become errors of its fields. What was added is taken out of the form, so that a page that is
    shown again does not bring it twice."""
    added: list[EvidenceItem] = []
    said = form.cleaned_data
    if "file" in form.fields:
        for incoming in received(request, "file"):
            try:
                added.append(portfolio.add_file(learner, incoming))
            except EvidenceRefused as refusal:
                form.add_error("file", f"{incoming.file_name}: {sentences.of_error(refusal)}")
    if said.get("url", "").strip():
        kind = said.get("address_kind") or EvidenceKind.LINK
        try:
            added.append(
                portfolio.add_address(learner, kind, said["url"], said["url_title"], public=bool(said.get("public")))
            )
        except EvidenceRefused as refusal:
            form.add_error("url", sentences.of_error(refusal))
        else:
            _empty(form, "url", "url_title", "public")
    if said.get("text", "").strip():
        try:
            added.append(portfolio.add_text(learner, said["text"], said["text_title"]))
        except EvidenceRefused as refusal:
            form.add_error("text", sentences.of_error(refusal))
        else:
            _empty(form, "text", "text_title")
    return added


def _empty(form: PiecesForm, *names: str) -> None:
    data = form.data.copy()
    for name in names:
        data.pop(name, None)
    form.data = data
