"""The pages of the tests. Everything is tried on the text as it would be; only “Keep” writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from testamur.pathways import NotAProgramme, read_programme
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from ...presentation import reader_language
from ...public.naming import names_for
from ..common import crumbs, draft_at, get_or_post, keep, of_rule, readable, rule_address
from ..forms import said_mistakes
from ..models import RuleDraft
from ..shapes.trial import is_editable, trial_of, write_trial
from ..shapes.values import flow
from ..tree import CannotChange, RuleTree
from . import running
from .forms import CredentialFormSet, TrialForm

NEW = "new"


@get_or_post
@staff_view(Right.DESIGN)
def listing(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """All tests with what comes out; the buttons move, copy and remove one."""
    draft = draft_at(public_id)
    here = [institution.slug, public_id]
    back = rule_address(institution, public_id)
    tree = readable(request, draft)
    if tree is None:
        return redirect(back)
    if request.method == "POST":
        do, _colon, number = request.POST.get("do", "").partition(":")
        if _change(tree, do, number):
            keep(request, draft, tree.text())
        return redirect("pathways_editor:tests", *here)
    ran = running.tests_of(draft.text, reader_language())
    tests = tree.values.get("tests")
    rows = [
        {"at": at, "name": str(test.get("name", "")) if isinstance(test, Mapping) else "", "ran": (ran or {}).get(at)}
        for at, test in enumerate(tests if isinstance(tests, list) else [])
    ]
    context = {
        **of_rule(request, draft, _("Tests of the rule")),
        "rows": rows,
        "readable": ran is not None,
        "passed": sum(row["ran"] is not None and row["ran"].passed for row in rows),
        "failed": sum(row["ran"] is not None and not row["ran"].passed for row in rows),
    }
    return render(request, "pathways_editor/tests.html", context)


def _change(tree: RuleTree, do: str, number: str) -> bool:
    tests = tree.document.get("tests")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else -1
    if not isinstance(tests, CommentedSeq) or not 0 <= at < len(tests):
        return False
    try:
        if do == "remove":
            del tests[at]
            if not tests:
                del tree.document["tests"]
        elif do in ("up", "down"):
            tree.move_in(("tests",), at, -1 if do == "up" else 1)
        else:
            return False
    except CannotChange:
        return False
    return True


@get_or_post
@staff_view(Right.DESIGN)
def one(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    """One test. “Run” says what comes out and keeps nothing; “Keep” keeps it, whatever comes out."""
    draft = draft_at(public_id)
    here = [institution.slug, public_id]
    back = reverse("pathways_editor:tests", args=here)
    tree = readable(request, draft)
    if tree is None:
        return redirect("pathways_editor:rule", *here)
    at = _at(tree, request.GET.get("at", NEW))
    if at is None:
        messages.error(
            request, _("This test is not there any more, or is no test; mend it in the text. Nothing was changed.")
        )
        return redirect(back)
    seen = trial_of(tree.values["tests"][at] if at >= 0 else {})
    initial = {**seen, "expect_outcome": seen["expect_outcome"] or "holds"}
    rows = [{**row, "was": number} for number, row in enumerate(seen["credentials"])]
    posted = request.POST if request.method == "POST" else None
    form = TrialForm(posted, initial=initial)
    formset = CredentialFormSet(posted, initial=rows, prefix="credential")
    ran = None
    if posted is not None and form.is_valid() and formset.is_valid():
        ran = _write_and_run(
            request, draft, tree, at, {**form.cleaned_data, "credentials": formset.rows(), "more": seen["more"]}, form
        )
        if ran is True:
            return redirect(back)
    components, names = names_for(tree.values, reader_language())
    context = {
        "form": form,
        "formset": formset,
        "seen": seen,
        "ran": ran,
        "draft": draft,
        "revision": request.POST.get("revision", draft.revision),
        "achievements": sorted({(address, one.said) for address, one in components.items()}, key=lambda pair: pair[1]),
        "issuers": sorted(
            {(did, said) for did, said in names.items() if did not in components}, key=lambda pair: pair[1]
        ),
        "title": seen["name"] or _("A new test"),
        "back": back,
        "crumbs": crumbs(
            draft.version,
            (_("Rule of the microdegree"), rule_address(institution, public_id)),
            (_("Tests of the rule"), back),
            (seen["name"] or _("A new test"), ""),
        ),
    }
    wrong = bool(form.errors) or (posted is not None and not formset.is_valid())
    return render(request, "pathways_editor/test.html", context, status=422 if wrong else 200)


def _at(tree: RuleTree, asked: str) -> int | None:
    """The number of the test that is asked for; -1 for a new one, None for one that is not there."""
    tests = tree.values.get("tests")
    there = len(tests) if isinstance(tests, list) else 0
    if asked == NEW:
        return -1
    at = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else -1
    return at if 0 <= at < there and is_editable(tests[at]) else None


def _write_and_run(
    request: HttpRequest, draft: RuleDraft, tree: RuleTree, at: int, now: dict[str, Any], form: TrialForm
) -> running.Ran | bool | None:
    """True where it was kept; else what came out; None where the text as it would be is no programme, which the form then says."""
    value = tree.values["tests"][at] if at >= 0 else {"name": now["name"], "expect": {}}
    if at < 0:
        tests = tree.document.setdefault("tests", CommentedSeq())
        tests.append(CommentedMap(name=now["name"], expect=flow()))
        at = len(tests) - 1
    write_trial(tree.part(("tests", at)), value, now)
    text = tree.text()
    if request.POST.get("do") == "keep":
        return keep(request, draft, text) or None
    try:
        return running.run_test(read_programme(text.encode()), at, reader_language())
    except NotAProgramme as error:
        form.add_error(None, said_mistakes(error))
        return None
