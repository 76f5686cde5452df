"""« Contact et facturation »: rate, usual availability, company, mandate, Stripe account."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import member_of
from accounts.models import User
from billing import mandate as mandate_text
from billing.errors import BillingError
from billing.forms import BillingProfileForm
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from billing.services.onboarding import accept_mandate
from core.money import share
from core.values import value
from mentors.errors import CompanyClosed, MentorError
from mentors.forms import AvailabilityForm, MandateForm, RateForm
from mentors.selectors import profile_of
from mentors.services import add_availability, keep_company, remove_availability, set_rate
from mentors.steps import BILLING, way_of


@login_required
@require_safe
def billing(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    form = RateForm(request.POST)
    if form.is_valid():
        try:
            set_rate(user=member_of(request), rate_cents=form.cleaned_data["tarif"])
        except MentorError as error:
            form.add_error("tarif", str(error.user_message))
        else:
            messages.success(
                request, _("Votre tarif est enregistré. Les réservations déjà demandées gardent l’ancien tarif.")
            )
            return _back("tarif")
    return _page(request, rate_form=form)


@login_required
@require_POST
def availability(request: HttpRequest) -> HttpResponse:
    form = AvailabilityForm(request.POST)
    if form.is_valid():
        try:
            add_availability(user=member_of(request), **form.cleaned_data)
        except MentorError as error:
            form.add_error(None, str(error.user_message))
        else:
            messages.success(request, _("Vos disponibilités sont enregistrées."))
            return _back("disponibilites")
    return _page(request, availability_form=form)


@login_required
@require_POST
def availability_removal(request: HttpRequest, hint_id: int) -> HttpResponse:
    remove_availability(user=member_of(request), hint_id=hint_id)
    messages.success(request, _("Plage retirée."))
    return _back("disponibilites")


@login_required
@require_POST
def company(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    form = BillingProfileForm(request.POST, instance=_company_of(user))
    if form.is_valid():
        try:
            keep_company(user=user, company=form.instance)
        except CompanyClosed as error:
            form.add_error("siren", str(error.user_message))
        else:
            messages.success(request, _("Vos informations de facturation sont enregistrées."))
            return _back("facturation")
    return _page(request, company_form=form)


@login_required
@require_POST
def mandate(request: HttpRequest) -> HttpResponse:
    form = MandateForm(request.POST)
    if form.is_valid():
        try:
            accept_mandate(user=member_of(request), version=form.cleaned_data["version"])
        except BillingError as error:
            form.add_error(None, str(error.user_message))
        else:
            messages.success(request, _("Votre mandat de facturation est enregistré."))
            return _back("mandat")
    return _page(request, mandate_form=form)


def _page(request: HttpRequest, **bound: Any) -> HttpResponse:
    """The page, with the form that was just refused in the place of its fresh one."""
    user = member_of(request)
    profile = profile_of(user)
    cents = profile.hourly_rate_cents
    basis_points = value("commission_basis_points")
    commission = share(cents, basis_points) if cents else None
    mandates = [(row, mandate_text.paragraphs(row.version)) for row in _mandates_of(user)]
    context = {
        "profile": profile,
        "basis_points": basis_points,
        "commission_cents": commission,
        "net_cents": cents - commission if cents and commission is not None else None,
        "rate_form": RateForm(initial={"tarif": cents}),
        "availability_form": AvailabilityForm(),
        "hints": list(profile.availability.all()) if profile.has_begun else [],
        "company_form": BillingProfileForm(instance=_company_of(user)),
        "mandate_form": MandateForm(initial={"version": mandate_text.VERSION}),
        "mandate_paragraphs": mandate_text.paragraphs(),
        "mandates": mandates,
        "asks_mandate": all(mandate.version != mandate_text.VERSION for mandate, _text in mandates),
        "account": ConnectedAccount.objects.filter(user=user).first(),
        "way": way_of(user, BILLING),
    }
    return render(request, "mentors/billing.html", context | bound)


def _mandates_of(user: User) -> QuerySet[BillingMandate]:
    return BillingMandate.objects.filter(user=user).order_by("-accepted_at")


def _company_of(user: User) -> BillingProfile:
    return BillingProfile.objects.filter(user=user).first() or BillingProfile(user=user)


def _back(anchor: str) -> HttpResponse:
    return redirect(reverse("mentors:billing") + f"#{anchor}")
