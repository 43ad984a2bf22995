"""Help with the wording of learning outcomes, beside the form: what a reader would stumble over, and verbs to choose from.

The hints come from `testamur.assessment.outcomes`. They look at what stands in the form, stored or not, in each of its languages.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur.assessment.outcomes import about, lint, sentence, suggested_verbs
from testamur.errors import TooLarge

from ..consistency.rules import eqf_level
from ..description.elements import Description
from ..public.presentation import language_name
from .rows import SectionEditor

# Too many words to choose from are none: so many of each level are shown.
SHOWN = 14


def add_hints(editor: SectionEditor, description: Description) -> dict[str, Any]:
    """Put hints into the rows of the outcomes, and give what the page shows beside them."""
    reader = (get_language() or "en").split("-")[0]
    level = eqf_level(description)
    rows = [row for group in editor.groups if group.kind.name == "outcomes" for row in group.rows]
    texts = [row.form["title"].value() or {} for row in rows]
    whole: list[str] = []
    languages = [tag for tag in editor.context.languages if any(text.get(tag, "").strip() for text in texts)]
    for language in languages:
        # Only what is written in this language, so that a missing translation is not called an empty outcome.
        written = [
            (row, text[language]) for row, text in zip(rows, texts, strict=True) if text.get(language, "").strip()
        ]
        try:
            found = lint([words for _row, words in written], level=level, language=language)
        except TooLarge:
            continue
        for finding in found:
            said = sentence(finding, reader)
            if len(languages) > 1:
                said = f"{language_name(language)}: {said}"
            if finding.outcome is None:
                if finding.code != "language":
                    whole.append(said)
            else:
                written[finding.outcome][0].hints.append(said)
    return {
        "about": about(reader),
        "whole": whole,
        "clean": bool(languages) and not whole and not any(row.hints for row in rows),
        "verbs": [
            (_LEVELS[name](), ", ".join(words[:SHOWN])) for name, words in suggested_verbs(level, reader).items()
        ],
        "level": level,
    }


_LEVELS = {
    "remember": lambda: _("Remember"),
    "understand": lambda: _("Understand"),
    "apply": lambda: _("Apply"),
    "analyse": lambda: _("Analyse"),
    "evaluate": lambda: _("Evaluate"),
    "create": lambda: _("Create"),
}
