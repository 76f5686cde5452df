"""Answers to a proposal: each is a POST to a noun, decided on the version that was read."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import member_of
from bookings import presentation, selectors, services
from bookings.errors import NotYourTurn, VersionReplaced
from bookings.forms import CounterOfferForm, ReasonForm, initial_of
from bookings.models import Booking
from bookings.states import OPEN, Status
from bookings.views.requests import FIELD_OF
from core import clock
from core.errors import DomainError
from core.limits import hold


@login_required
@require_http_methods(["GET", "POST"])
def counter_offer(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    current = booking.current_version()
    form = CounterOfferForm(request.POST if request.method == "POST" else None, initial=initial_of(booking, current))
    if request.method == "GET" and not presentation.actions_for(booking, user, clock.now()).answer:
        messages.error(request, str(_why_not(booking).user_message))
        return redirect(booking)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            hold("proposals", user.pk)
            services.counter_offer(
                booking=booking, by=user, answers=data["version"], note=data["note"], **form.proposal()
            )
        except VersionReplaced as error:
            messages.warning(request, str(error.user_message))
            return redirect(booking)
        except DomainError as error:
            form.add_error(FIELD_OF.get(type(error)), str(error.user_message))
        else:
            messages.success(request, _("Votre proposition est envoyée."))
            return redirect(services.thread_of(booking))
    context = {
        "booking": booking,
        "version": current,
        "form": form,
        "other": booking.other(user),
        "minutes": form.shown_minutes(),
        "price_lines": presentation.price_lines(
            booking.hourly_rate_cents, current.duration_minutes, current.maximum_cents
        ),
    }
    return render(request, "bookings/counter_offer.html", context)


def _why_not(booking: Booking) -> DomainError:
    return NotYourTurn() if booking.status in OPEN else presentation.refusal_to_change(booking)


@login_required
@require_POST
def acceptance(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    try:
        booking = services.accept_version(booking=booking, by=user, content_hash=request.POST.get("version", ""))
    except VersionReplaced as error:
        messages.warning(request, str(error.user_message))
        return redirect(booking)
    except DomainError as error:
        messages.error(request, str(error.user_message))
        return redirect(booking)
    if user.pk == booking.learner_id and booking.status == Status.ACCEPTED:
        return redirect("bookings:payment", booking.reference)
    messages.success(request, _("Vous avez accepté. La session est confirmée dès que le paiement est fait."))
    return redirect(services.thread_of(booking))


@login_required
@require_http_methods(["GET", "POST"])
def refusal(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.refuse(booking=booking, by=user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error.user_message))
            return redirect(booking)
        return redirect(services.thread_of(booking))
    if request.method == "GET" and not presentation.actions_for(booking, user, clock.now()).answer:
        return redirect(booking)
    return render(request, "bookings/refusal.html", {"booking": booking, "form": form, "other": booking.other(user)})


@login_required
@require_POST
def withdrawal(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    try:
        services.withdraw(booking=booking, by=user)
    except DomainError as error:
        messages.error(request, str(error.user_message))
    return redirect(services.thread_of(booking))
