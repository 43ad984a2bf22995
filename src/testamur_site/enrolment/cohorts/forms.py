from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from testamur_site.catalogue.api import SUPERVISION, in_language
from testamur_site.foundation.design_system.api import FileDrop, LineField

from .. import sentences
from ..entrance.forms import LANGUAGES
from ..queries import TaskStanding
from ..rules import MAXIMUM_NAME
from ..services.enrolling import EXCLUDED, MOST_DAYS


class InviteForm(forms.Form):
    """One learner, enrolled by staff."""

    name = LineField(
        label=_("Name of the learner"),
        max_length=MAXIMUM_NAME,
        help_text=_("As it is to stand on the credential, in any script."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=LANGUAGES)
    allowed = forms.BooleanField(label=_("I may use this address for this purpose, and the learner knows of it"))


class ListForm(forms.Form):
    """A class list."""

    file = forms.FileField(
        label=_("Class list"),
        widget=FileDrop(accept=".csv,.tsv,.txt,.xlsx"),
        help_text=_(
            "A table with a column for the name and one for the e-mail address; a column for the language is optional."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the mails where the list names none"), choices=LANGUAGES)
    allowed = forms.BooleanField(label=_("I may use these addresses for this purpose, and the learners know of it"))


class ExtensionForm(forms.Form):
    task = forms.ChoiceField(label=_("For which task?"), required=False)
    days = forms.IntegerField(label=_("How many days more?"), min_value=1, max_value=MOST_DAYS)
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=list(sentences.EXTENSION_REASONS.items()),
        help_text=_("Kept in the audit trail. An illness is nobody's business there, so it is not asked for."),
    )

    def __init__(self, *arguments: Any, standings: Sequence[TaskStanding], language: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["task"].choices = [  # type: ignore[attr-defined]
            ("", _("All tasks")),
            *((s.task.key, in_language(s.task.title, language)) for s in standings),
        ]


class IdentityForm(forms.Form):
    level = forms.ChoiceField(label=_("How was it found out who the learner is?"), widget=forms.RadioSelect)

    def __init__(self, *arguments: Any, language: str, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (concept.uri, in_language(concept.label, language)) for concept in SUPERVISION if concept.uri
        ]


class LearnerForm(forms.Form):
    name = LineField(
        label=_("Name"), max_length=MAXIMUM_NAME, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("A new address ends the learner's open sessions and links."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=LANGUAGES)


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why?"),
        choices=[
            (code, words) for code, words in sentences.WITHDRAWAL_REASONS.items() if code not in (EXCLUDED, "erased")
        ],
    )
