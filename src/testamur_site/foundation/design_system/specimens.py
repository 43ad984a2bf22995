"""What the style page shows: examples that look like the real thing, and every token by its name."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from testamur_site.foundation.design_system import states
from testamur_site.foundation.design_system.forms import ColourInput, DateInput, FileDrop
from testamur_site.foundation.design_system.images import api as images

TYPE_STEPS = ("step-5", "step-4", "step-3", "step-2", "step-1", "step-0", "step--1", "step--2")
SPACES = ("space-1", "space-2", "space-3", "space-4", "space-5", "space-6", "space-7")
COLOURS = (
    (
        gettext_lazy("Paper and ink"),
        ("paper", "surface", "sunken", "ink", "ink-soft", "ink-faint", "rule", "rule-strong"),
    ),
    (
        gettext_lazy("The institution"),
        ("accent", "accent-strong", "accent-fill", "on-accent", "accent-tint", "accent-rule", "ornament"),
    ),
    (
        gettext_lazy("What was found"),
        ("passed", "passed-tint", "failed", "failed-tint", "unknown", "unknown-tint", "info", "info-tint"),
    ),
)


class Specimen(forms.Form):
    """One field of each kind; bound with nothing it shows how errors look."""

    is_specimen = True  # its summary of errors does not draw the focus: the reader came for the whole page

    name = forms.CharField(
        label=gettext_lazy("Name of the learner"), help_text=gettext_lazy("As it should stand on the credential.")
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    awarded = forms.DateField(label=gettext_lazy("Date of the award"), widget=DateInput)
    level = forms.ChoiceField(
        label=gettext_lazy("Level"),
        choices=[("", gettext_lazy("Choose a level")), ("6", "EQF 6"), ("7", "EQF 7")],
        required=False,
    )
    participation = forms.ChoiceField(
        label=gettext_lazy("Form of participation"),
        choices=[
            ("online", gettext_lazy("Online")),
            ("onsite", gettext_lazy("On site")),
            ("blended", gettext_lazy("Blended")),
        ],
        widget=forms.RadioSelect,
        initial="online",
    )
    outcomes = forms.CharField(
        label=gettext_lazy("Learning outcomes"),
        help_text=gettext_lazy("What the learner knows, understands and can do."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    colour = forms.CharField(label=gettext_lazy("Main colour"), widget=ColourInput, initial="#1d4d45", required=False)
    list_of_learners = forms.FileField(
        label=gettext_lazy("List of learners"),
        widget=FileDrop(accept=".csv,.xlsx", hint=gettext_lazy("CSV or Excel, up to 5 MB.")),
    )
    consent = forms.BooleanField(label=gettext_lazy("I have the right to use this personal data."))


def context() -> dict[str, Any]:
    bad = Specimen(data={"name": "", "email": "kim@", "participation": "online"}, auto_id="bad_%s")
    return {
        "type_steps": TYPE_STEPS,
        "spaces": SPACES,
        "colours": COLOURS,
        "good_form": Specimen(auto_id="good_%s"),
        "bad_form": bad,
        "states": list(states.STATES),
        "crumbs": [(_("Catalogue"), "#navigation"), (_("Data literacy"), "#navigation"), (_("Version 2"), "")],
        "tabs": [
            {"label": _("Description"), "url": "#navigation", "current": True},
            {"label": _("Awards"), "url": "#navigation", "current": False, "count": 128},
            {"label": _("History"), "url": "#navigation", "current": False},
        ],
        "steps": [
            pgettext("step of a task", "Upload"),
            pgettext("step of a task", "Check"),
            pgettext("step of a task", "Issue"),
        ],
        "page_obj": Paginator(range(240), 20).page(4),
        "events": [
            {"when": dt.date(2026, 11, 25), "title": _("Published"), "text": _("Version 2"), "current": True},
            {"when": dt.date(2026, 9, 1), "title": _("Retired"), "text": _("Version 1")},
        ],
        "rows": [
            SimpleNamespace(name="김서연", date=dt.date(2026, 11, 20), hours=60, state="issued"),
            SimpleNamespace(name="Aoife Ní Bhriain", date=dt.date(2026, 11, 18), hours=125, state="suspended"),
            SimpleNamespace(name="ليلى حداد", date=dt.date(2026, 10, 2), hours=60, state="revoked"),
        ],
        "badges": [_specimen_badge(*one) for one in _BADGES],
        "icons": (
            "award",
            "badge-check",
            "calendar",
            "copy",
            "download",
            "file-text",
            "languages",
            "lock",
            "qr-code",
            "search",
        ),
        "today": dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC),
        "text": _(
            "Learners **plan**, carry out and *defend* a small study:\n\n- collect data with care\n- describe it honestly"
        ),
    }


_BADGES = (
    ("seal", "graduation-cap", "#1d4d45", "#b0863a"),
    ("hexagon", "chart-line", "#002147", "#c8102e"),
    ("shield", "scale", "#7a1f2b", "#c9a227"),
    ("circle", "sprout", "#f2c200", "#2e6b34"),
)


def _specimen_badge(shape: str, symbol: str, primary: str, accent: str) -> dict[str, Any]:
    address = reverse(
        "design_system:badge",
        kwargs={"shape": shape, "symbol": symbol, "primary": primary[1:], "accent": accent[1:]},
    )
    return {"source": address, "shape": images.SHAPES[shape]}
