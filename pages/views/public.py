"""Home, « Devenir mentor » and help."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalog.selectors import featured_mentors
from core.money import BASIS_POINTS, share
from core.values import several
from pages import deadlines, faq
from pages.forms import CalculatorForm
from pages.selectors import popular_skills
from reviews.selectors import latest_reviews

EXAMPLE_RATE_CENTS = 6000


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    mentors = featured_mentors()
    values = several("commission_basis_points", "payout_delay_hours", "payout_alarm_hours")
    context = {
        "mentors": mentors,
        "portraits": [mentor for mentor in mentors if mentor.user.page.photo][:3],
        "skills": popular_skills(),
        "reviews": latest_reviews(),
        "mentor_share": BASIS_POINTS - values["commission_basis_points"],
        "payout_hours": values["payout_delay_hours"],
        "payout_limit_hours": values["payout_alarm_hours"],
    }
    return render(request, "pages/home.html", context)


@require_safe
def become_mentor(request: HttpRequest) -> HttpResponse:
    form = CalculatorForm(request.GET) if "tarif" in request.GET else CalculatorForm(initial={"tarif": "60,00"})
    rate = form.rate_cents if form.is_bound and form.is_valid() else EXAMPLE_RATE_CENTS
    values = several("commission_basis_points", "payout_delay_hours", "payout_alarm_hours")
    basis_points = values["commission_basis_points"]
    commission = share(rate, basis_points)
    context = {
        "form": form,
        "basis_points": basis_points,
        "rate": rate,
        "commission": commission,
        "net": rate - commission,
        "payout_hours": values["payout_delay_hours"],
        "payout_limit_hours": values["payout_alarm_hours"],
    }
    return render(request, "pages/become_mentor.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    values = faq.values_in_force()
    context = {
        "sections": faq.SECTIONS,
        "values": values,
    }
    return render(request, "pages/help.html", context)


@require_safe
def deadlines_page(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/deadlines.html", {"groups": deadlines.groups(faq.values_in_force())})
