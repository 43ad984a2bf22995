"""The picture of a micro-credential: composed from symbol, shape and colours, with a preview, or uploaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur_site.foundation.design_system.api import (
    SHAPES,
    SYMBOLS,
    ColourInput,
    FileDrop,
    ImageRefused,
    clean_upload,
    compose_badge_svg,
    is_colour,
    render_png,
)
from testamur_site.foundation.permissions.api import Right, staff_view
from testamur_site.foundation.tenancy.api import Institution

from .. import queries, services, texts
from ..description.elements import Description, Image
from ..description.vocabulary import Text
from ..errors import Refused, VersionLocked
from ..models import AchievementVersion, MicroCredential
from . import common
from .fields import WordsField

MAX_UPLOAD = 5_000_000


class ImageForm(forms.Form):
    """All in one form: which source, how it is composed or which file, and what it shows."""

    SOURCES = (("composed", _("Compose it here")), ("uploaded", _("Upload a picture")))

    source = forms.ChoiceField(label=_("Where does the picture come from?"), choices=SOURCES, widget=forms.RadioSelect)
    symbol = forms.ChoiceField(label=_("Symbol"), choices=tuple(SYMBOLS.items()), required=False)
    shape = forms.ChoiceField(label=_("Shape"), choices=tuple(SHAPES.items()), required=False)
    primary = forms.CharField(label=_("Main colour"), max_length=7, required=False, widget=ColourInput)
    accent = forms.CharField(label=_("Accent colour"), max_length=7, required=False, widget=ColourInput)
    file = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=FileDrop(
            accept="image/png,image/jpeg,image/svg+xml", hint=_("PNG, JPEG or SVG, square, at least 400 pixels wide.")
        ),
    )
    alternative_text = WordsField(
        label=_("What the picture shows"),
        max_length=300,
        help_text=_("For people who cannot see it. Left empty, the title takes its place."),
    )

    def __init__(self, *args: Any, languages: tuple[str, ...], has_upload: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alternative_text"].write_in(languages)  # type: ignore[attr-defined]
        self.has_upload = has_upload
        self.png: bytes | None = None

    def clean_primary(self) -> str:
        return self._colour("primary")

    def clean_accent(self) -> str:
        return self._colour("accent")

    def _colour(self, name: str) -> str:
        colour = str(self.cleaned_data[name])
        if colour and not is_colour(colour):
            raise forms.ValidationError(_("A colour looks like #1d4d45."))
        return colour.lower()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("file"):  # whoever chose a file means it, also where no script has moved the choice above to it
            values["source"] = "uploaded"
        if values.get("source") == "composed":
            for name in ("symbol", "shape", "primary", "accent"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("Please choose one."))
        elif values.get("source") == "uploaded":
            self._clean_file(values)
        return values

    def _clean_file(self, values: dict[str, Any]) -> None:
        upload = values.get("file")
        if not upload:
            if not self.has_upload and "file" not in self.errors:
                self.add_error("file", _("Please choose a file."))
            return
        try:
            if upload.size > MAX_UPLOAD:
                raise ImageRefused(gettext("The file is larger than 5 MB."))
            self.png = clean_upload(upload.read())
        except ImageRefused as refusal:
            self.add_error("file", str(refusal))

    def image(self) -> Image:
        values = self.cleaned_data
        if values["source"] == "uploaded":
            return Image("uploaded", alternative_text=values["alternative_text"])
        return Image(
            "composed",
            values["symbol"],
            values["shape"],
            values["primary"],
            values["accent"],
            values["alternative_text"],
        )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_view(Right.DESIGN)
def image(request: HttpRequest, institution: Institution, public_id: str) -> HttpResponse:
    micro_credential = common.found(public_id)
    version = queries.editable_version(micro_credential)
    if version is None:
        messages.info(
            request, gettext("This version was awarded and stays as it is. Begin a new version to change it.")
        )
        return HttpResponseRedirect(common.address("new_version", micro_credential))
    form = _form(request, institution, version)
    previewing = "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not previewing:
        picture = form.image()
        png, svg = (form.png, None) if picture.source == "uploaded" else _composed(picture, version.description.title)
        try:
            services.set_image(version, picture, png, svg, actor=request.user)
        except VersionLocked:
            messages.warning(request, gettext("Meanwhile this version was awarded. Begin a new version to change it."))
        except Refused as refusal:
            messages.error(request, texts.refusal(refusal))
        else:
            messages.success(request, gettext("The image was saved."))
        return HttpResponseRedirect(common.address("detail", micro_credential))
    context = {
        "micro_credential": micro_credential,
        "version": version,
        "form": form,
        "sample": _sample_address(form, micro_credential),
        "current": common.address("image_file", micro_credential) if version.image_id else "",
        "crumbs": common.crumbs(
            institution,
            (version.title or gettext("Untitled"), common.address("detail", micro_credential)),
            (gettext("Image"), ""),
        ),
    }
    status = 422 if form.errors and not previewing else 200
    return render(request, "catalogue/design/image.html", context, status=status)


@require_safe
@staff_view(Right.VIEW)
def image_file(_request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """The picture of the version that staff look at, a draft's too."""
    version = queries.shown_version(common.found(public_id))
    if version.image is None:
        raise Http404
    answer = HttpResponse(bytes(version.image.png), content_type="image/png")
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@require_safe
@staff_view(Right.DESIGN)
def image_sample(request: HttpRequest, _institution: Institution, public_id: str) -> HttpResponse:
    """A composed picture that is not stored: the preview."""
    common.found(public_id)
    asked = {name: request.GET.get(name, "") for name in ("symbol", "shape", "primary", "accent")}
    if asked["symbol"] not in SYMBOLS or asked["shape"] not in SHAPES:
        raise Http404
    if not (is_colour(asked["primary"]) and is_colour(asked["accent"])):
        raise Http404
    svg = compose_badge_svg(gettext("Preview"), asked["symbol"], asked["primary"], asked["accent"], asked["shape"])
    answer = HttpResponse(svg, content_type="image/svg+xml")
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def with_picture(description: Description, picture: bytes | None) -> tuple[Description, bytes | None, bytes | None]:
    """An imported description with the bytes of its picture (PNG, SVG), which are drawn or cleaned anew: those of a file are not trusted.

    A picture that cannot be used is left out, and the description then does not claim to have one; the rest is worth more.
    """
    image = description.image
    try:
        if image.source == "composed" and is_colour(image.primary) and is_colour(image.accent):
            png, svg = _composed(image, description.title)
            return description, png, svg
        if image.source == "uploaded" and picture:
            return description, clean_upload(picture), None
    except (ImageRefused, ValueError):  # ValueError: an unknown symbol or shape
        pass
    return replace(description, image=Image(alternative_text=image.alternative_text)), None, None


def _composed(picture: Image, title: Text) -> tuple[bytes, bytes]:
    words = title.get("en") or next(iter(title.values()), "")
    svg = compose_badge_svg(words, picture.symbol, picture.primary, picture.accent, picture.shape)
    return render_png(svg), svg


def _form(request: HttpRequest, institution: Institution, version: AchievementVersion) -> ImageForm:
    stored = version.description.image
    languages = tuple(dict.fromkeys([*common.languages_of(institution), *stored.alternative_text]))
    initial = {
        "source": stored.source or "composed",
        "symbol": stored.symbol or institution.symbol or "award",
        "shape": stored.shape or "seal",
        "primary": stored.primary or institution.primary_colour,
        "accent": stored.accent or institution.accent_colour,
        "alternative_text": stored.alternative_text,
    }
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return ImageForm(*posted, initial=initial, languages=languages, has_upload=stored.source == "uploaded")


def _sample_address(form: ImageForm, micro_credential: MicroCredential) -> str:

    values = {name: form[name].value() or "" for name in ("symbol", "shape", "primary", "accent")}
    return f"{common.address('image_sample', micro_credential)}?{urlencode(values)}"
