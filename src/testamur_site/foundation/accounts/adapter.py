"""Our answers to allauth's questions: who may sign up, how mail leaves, in which language somebody goes on."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import get_language

from testamur_site.foundation.mail import api as mail


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return bool(settings.TESTAMUR_OPEN_REGISTRATION)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the queue like all our mail, in the transaction of the request, and emptied once sent: it opens an account."""
        user = context.get("user")
        language = getattr(user, "language", "") or get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            message = self.render_mail(
                template_prefix, email, {"email": email, "base_url": settings.TESTAMUR_BASE_URL, **context}
            )
        mail.queue_rendered(
            to=email,
            template=template_prefix,
            language=language,
            subject=message.subject,
            text=str(message.body),
            secret=True,
        )

    def format_email_subject(self, subject: str) -> str:
        return subject

    def get_from_email(self) -> str:
        return settings.DEFAULT_FROM_EMAIL

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Go on in the language of the person's profile."""
        return remember_language(super().post_login(request, user, **kwargs), user)


def remember_language(response: HttpResponse, user: Any) -> HttpResponse:
    """Set the language cookie to what the person's profile says, if it says anything."""
    if user.language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
        )
    return response
