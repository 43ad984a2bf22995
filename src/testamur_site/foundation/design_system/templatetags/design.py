"""{% load design %}: the components as tags and filters. README.md shows one example of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from testamur_site.foundation.design_system import dates, markdown, navigation, rules, states

register = template.Library()

STYLES = ("tokens", "base", "layout", "forms", "components", "data", "utilities")
LANGUAGES = (("en", "English"), ("ko", "한국어"))


# ── The head of a page ─────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def styles(institution: Any = None) -> SafeString:
    """The style sheets in the order of their layers, and the institution's theme when it has colours of its own."""
    links = [static(f"testamur/css/{name}.css") for name in STYLES]
    primary, accent = getattr(institution, "primary_colour", ""), getattr(institution, "accent_colour", "")
    if rules.is_colour(primary) or rules.is_colour(accent):
        links.append(theme_address(primary, accent))
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((link,) for link in links))


def theme_address(primary: str | None, accent: str | None) -> str:
    """The address of a theme is its two colours, so it can be cached for ever and asks no database."""
    one = rules.to_hex(rules.parse(primary)) if primary and rules.is_colour(primary) else rules.DEFAULT_PRIMARY
    two = rules.to_hex(rules.parse(accent)) if accent and rules.is_colour(accent) else rules.DEFAULT_ACCENT
    return reverse("design_system:theme", kwargs={"primary": one[1:], "accent": two[1:]})


@register.simple_tag
def htmx() -> SafeString:
    """htmx under a strict content security policy: no eval, no injected style; a 422 answer is shown, not dropped."""
    config = (
        '{"allowEval":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,"historyCacheSize":0,'
        '"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},'
        '{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}'
    )
    return format_html(
        '<meta name="htmx-config" content="{}">\n<script src="{}" defer></script>',
        config,
        static("testamur/vendor/htmx.min.js"),
    )


@register.simple_tag(takes_context=True)
def language_switch(context: template.Context) -> SafeString:
    """A form of two buttons; it works without JavaScript and sets nothing but the language cookie."""
    request = context.get("request")
    here = request.get_full_path() if request is not None else "/"
    current = (get_language() or "en").split("-")[0]
    buttons = format_html_join(
        "",
        '<button name="language" value="{}" lang="{}" aria-pressed="{}">{}</button>',
        ((code, code, "true" if code == current else "false", name) for code, name in LANGUAGES),
    )
    return format_html(
        '<form class="language" method="post" action="{}" aria-label="{}"><input type="hidden" name="next" value="{}">'
        "{}</form>",
        reverse("design_system:language"),
        _("Language"),
        here,
        buttons,
    )


@register.inclusion_tag("design_system/components/staff_navigation.html", takes_context=True)
def staff_navigation(context: template.Context) -> dict[str, Any]:
    institution = context.get("institution")
    items = context.get("navigation") or navigation.staff_items(
        context.get("request"), institution, context.get("can") or {}
    )
    return {"institution": institution, "items": items}


# ── Small things ───────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A Lucide icon. Without a label it is decoration and hidden from assistive technology."""
    return _icon(name, str(label), size)


@lru_cache(maxsize=512)
def _icon(name: str, label: str, size: str) -> SafeString:
    # Thirty of them stand on a page, and there are some dozens.
    classes = f"icon {size}".strip()
    source = f"{static('testamur/vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', classes, label, source)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, source)


@register.simple_tag
def pill(state: str, word: str = "") -> SafeString:
    """A state with its icon and word; `word` replaces the usual word."""
    found = states.state_of(str(state))
    return format_html('<span class="pill {}">{}{}</span>', found.tone, icon(found.icon), word or found.word)


@register.simple_tag
def outcome_icon(state: str) -> SafeString:
    """The icon of a state, named by its word: for lists of checks whose text does not repeat the outcome."""
    found = states.state_of(str(state))
    return format_html('<span class="outcome {}">{}</span>', found.tone, icon(found.icon, label=str(found.word)))


@register.simple_tag
def verdict(state: str, word: str, shade: str = "") -> SafeString:
    """The first heading of a report: icon and word in the tone of `state`, or in that of `shade` where the state would say too much."""
    found = states.state_of(str(state))
    tone_of = shade if shade == "quiet" else found.tone
    return format_html('<h1 class="verdict {}" id="verdict">{}{}</h1>', tone_of, icon(found.icon), word)


@register.filter
def tone(state: str) -> str:
    """The class that colours a state: passed, failed, unknown, info or quiet."""
    return states.state_of(str(state)).tone


@register.simple_tag
def date(value: dates.Value, with_time: bool = False) -> SafeString | str:
    return dates.element(value, with_time=with_time)


@register.filter
def day(value: dates.Value) -> str:
    return dates.day(value)


@register.filter
def moment(value: dates.Value) -> str:
    return dates.moment(value)


@register.filter
def grouped(value: Any) -> Any:
    """A count as both languages write it: 12,345. What is no whole number comes back as it is; an identifier is no count."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value


_HYPHENATED = re.compile(r"\w{2,15}-\w{2,15}")


@register.filter
def unbroken(text: str | None) -> SafeString:
    """`text` with its hyphenated words kept on one line: a title must not read “micro-” and on the next line “credential”."""
    parts: list[tuple[str, ...]] = []
    at = 0
    text = str(text or "")
    for found in _HYPHENATED.finditer(text):
        parts.append((text[at : found.start()], found[0]))
        at = found.end()
    return format_html("{}{}", format_html_join("", '{}<span class="nowrap">{}</span>', parts), text[at:])


@register.filter(name="markdown")
def markdown_filter(text: str | None) -> SafeString:
    return markdown.render(str(text or ""))


@register.filter
def published_markdown(text: str | None) -> SafeString:
    """The same of a text that an institution has published, which many pages show."""
    return markdown.render_published(str(text or ""))


@register.simple_tag
def badge(source: str, alternative: str = "", size: str = "") -> SafeString:
    """A badge image; `size` is small, large or nothing. An empty alternative says the words beside it are enough."""
    return format_html(
        '<img class="badge-frame {}" src="{}" alt="{}" width="600" height="600" decoding="async">',
        size,
        source,
        alternative,
    )


# ── Blocks with matter inside ──────────────────────────────────────────────────────────────────────────────────────

_NOTICES = {
    "info": ("info", "info"),
    "success": ("passed", "circle-check"),
    "warning": ("unknown", "triangle-alert"),
    "danger": ("failed", "circle-x"),
    "error": ("failed", "circle-x"),
    "debug": ("quiet", "info"),
    "quiet": ("quiet", "info"),
}


def notice_parts(kind: str) -> tuple[str, str]:
    """Tone and icon of a notice: by its own names, or of any state (`revoked`)."""
    if kind in _NOTICES:
        return _NOTICES[kind]
    found = states.state_of(kind)
    return found.tone, found.icon


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "", role: str = "") -> SafeString:
    """A message in the page. `role="alert"` or "status" only when it answers what the reader has just done."""
    tone_name, icon_name = notice_parts(str(kind))
    return format_html(
        '<div class="notice {}"{}>{}<div class="notice-body">{}{}</div></div>',
        tone_name,
        format_html(' role="{}"', role) if role else "",
        icon(icon_name),
        format_html('<p class="notice-title">{}</p>', title) if title else "",
        mark_safe(content),  # noqa: S308 - already rendered by the template engine
    )


@register.simple_block_tag
def empty(content: str, title: str, icon_name: str = "inbox") -> SafeString:
    """Nothing here yet: says what will be here and what to do first."""
    body = mark_safe(content)  # noqa: S308 - already rendered by the template engine
    return format_html('<div class="empty">{}<h2>{}</h2>{}</div>', icon(icon_name, size="large"), title, body)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:  # noqa: A002 - the word of HTML
    """A modal. Open it with <a href="(the page that does the same)" data-dialog="id">: without JavaScript the link leads there."""
    return format_html(
        '<dialog id="{0}" aria-labelledby="{0}-title"><h2 id="{0}-title">{1}</h2>{2}</dialog>',
        id,
        title,
        mark_safe(content),  # noqa: S308 - already rendered by the template engine
    )


# ── Components with a template ─────────────────────────────────────────────────────────────────────────────────────


@register.inclusion_tag("design_system/components/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[Any]) -> dict[str, Any]:
    """`crumbs`: pairs (label, address) or mappings with label and url; the last one is where we are."""
    return {"crumbs": [_labelled(crumb) for crumb in crumbs]}


@register.inclusion_tag("design_system/components/tabs.html")
def tabs(items: Sequence[Any], label: str) -> dict[str, Any]:
    """`items`: mappings with label, url, current and optionally count. Tabs are links: each is a page."""
    return {"items": [_labelled(item) for item in items], "label": label}


@register.inclusion_tag("design_system/components/pagination.html", takes_context=True)
def pagination(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    request = context.get("request")
    query = request.GET.copy() if request is not None else {}
    query.pop("page", None)
    prefix = f"{query.urlencode()}&" if query else ""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": list(numbers), "prefix": prefix, "gap": page.paginator.ELLIPSIS}


@register.inclusion_tag("design_system/components/steps.html")
def stepper(labels: Sequence[str], current: int) -> dict[str, Any]:
    """Steps of a longer task; `current` counts from 1."""
    steps = [{"label": text, "done": n < current, "current": n == current} for n, text in enumerate(labels, 1)]
    return {"steps": steps}


@register.inclusion_tag("design_system/components/timeline.html")
def timeline(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """`events`: mappings with when (date or datetime), title, and optionally text and current; in the given order."""
    return {"events": events}


@register.inclusion_tag("design_system/components/progress.html")
def progress(done: int, total: int, label: str, left: str = "", shares: bool = False) -> dict[str, Any]:
    """`done` of `total`, and the share in per cent, rounded down: 100 % is only said when all is done. `left` says in words how much time
    that will take; with `shares` the numbers mean nothing to a reader (bytes, for instance), and only the share is said."""
    share = 100 * done // max(total, 1)
    return {"done": done, "total": max(total, 1), "label": label, "share": share, "left": left, "shares": shares}


@register.inclusion_tag("design_system/components/meter.html")
def meter(value: int, maximum: int, label: str) -> dict[str, Any]:
    """How much of a known whole is there: completeness, not work in progress."""
    return {"value": value, "maximum": maximum, "label": label}


@register.inclusion_tag("design_system/components/copy.html")
def copy_field(value: str, label: str, id: str) -> dict[str, Any]:  # noqa: A002 - the word of HTML
    return {"value": value, "label": label, "id": id}


@register.simple_tag
def stat(value: Any, label: str) -> SafeString:
    """One figure; use inside <dl class="stats">."""
    return format_html('<div class="stat"><dt>{}</dt><dd>{}</dd></div>', label, grouped(value))


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """One field of a form with label, help and error: the same as {{ form.name.as_field_group }}."""
    return bound.as_field_group()


@register.inclusion_tag("design_system/components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What must be mended, each line a link to its field. `{{ form }}` already contains it."""
    return {"form": form}


@register.simple_tag
def product_name() -> str:
    return str(getattr(settings, "TESTAMUR_PRODUCT_NAME", "Testamur"))


def _labelled(item: Any) -> Mapping[str, Any]:
    if isinstance(item, Mapping):
        return item
    label, url = item
    return {"label": label, "url": url}
