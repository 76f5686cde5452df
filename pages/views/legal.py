"""The legal texts, each at its own address."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.legal import Version
from accounts.models import User
from accounts.selectors import texts_announced
from core.values import value
from pages.cookies import COOKIES
from pages.legal import DOCUMENTS, Document


@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    text = DOCUMENTS[name]
    return _show(request, text, text.in_force)


@require_safe
def version(request: HttpRequest, name: str, version: str) -> HttpResponse:
    """One version of a text, the former ones too: what was accepted stays readable."""
    text = DOCUMENTS.get(name)
    found = text.find(version) if text else None
    if text is None or found is None:
        raise Http404
    return _show(request, text, found)


def _show(request: HttpRequest, text: Document, shown: Version) -> HttpResponse:
    context = {
        "document": text,
        "version": shown,
        "is_in_force": shown == text.in_force,
        "announced": text.announced,
        "may_accept": shown == text.announced and _may_accept(request, shown),
        "platform": settings.PLATFORM,
        "contact_email": settings.CONTACT_EMAIL,
        "cookies": COOKIES,
        "tells_failures": bool(settings.SENTRY_DSN),
        "commission": value("commission_basis_points"),
        "payout_hours": value("payout_delay_hours"),
        "payout_limit_hours": value("payout_alarm_hours"),
        "visitor_days": value("support_visitor_days"),
        "review_days": value("review_days"),
        "review_edit_hours": value("review_edit_hours"),
        "review_report_hours": value("review_report_hours"),
    }
    return render(request, text.template_of(shown), context)


def _may_accept(request: HttpRequest, announced: Version) -> bool:
    """Whether the reader is a member whom this version will bind and who has not accepted it."""
    user = request.user
    return isinstance(user, User) and announced in [text.version for text in texts_announced(user)]
