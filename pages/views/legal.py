"""The legal texts, each at its own address."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.values import value
from pages.legal import DOCUMENTS


@require_safe
def document(request: HttpRequest, name: str) -> HttpResponse:
    text = DOCUMENTS[name]
    context = {
        "document": text,
        "platform": settings.PLATFORM,
        "contact_email": settings.CONTACT_EMAIL,
        "commission": value("commission_basis_points"),
        "payout_hours": value("payout_delay_hours"),
        "payout_limit_hours": value("payout_alarm_hours"),
        "review_days": value("review_days"),
        "review_edit_hours": value("review_edit_hours"),
        "review_report_hours": value("review_report_hours"),
    }
    return render(request, text.template, context)
