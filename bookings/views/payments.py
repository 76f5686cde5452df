"""Paying a booking: the summary, the bank's page, and the wait for its answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import member_of
from accounts.models import User
from billing.services.debts import freeze_of
from billing.services.payments import PaymentOutcome, quote
from bookings import presentation, rules, selectors, services
from bookings.errors import EarlyStartNotAsked
from bookings.forms import PaymentForm
from bookings.models import Booking
from bookings.states import FINAL, PAYABLE, Status
from core import clock
from core.errors import DomainError

SECONDS_BETWEEN_LOOKS = 4


def _booking_to_pay(request: HttpRequest, reference: str) -> tuple[User, Booking]:
    """Only the learner pays; for the mentor the page does not exist."""
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    if booking.learner_id != user.pk:
        raise Http404
    return user, booking


@login_required
@require_http_methods(["GET", "POST"])
def payment(request: HttpRequest, reference: str) -> HttpResponse:
    user, booking = _booking_to_pay(request, reference)
    now = clock.now()
    if booking.status not in PAYABLE or booking.starts_at <= now:
        return redirect(booking)
    form = PaymentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            address = services.begin_payment(
                booking=booking,
                by=user,
                shown_cents=form.cleaned_data["shown_cents"],
                asks_early_start=form.cleaned_data["early_start"],
            )
        except EarlyStartNotAsked as error:
            form.add_error("early_start", str(error.user_message))
        except DomainError as error:
            form.add_error(None, str(error.user_message))
            booking.refresh_from_db()
        else:
            return redirect(address or booking)
    context = {
        "booking": booking,
        "version": booking.current_version(),
        "form": form,
        "is_frozen": freeze_of(user) is not None,
        "quote": quote(payer=user, total_cents=booking.maximum_cents),
        "needs_early_start": rules.needs_early_start(now, booking.starts_at),
        "asked_early_start": form["early_start"].value() if form.is_bound else False,
        "price_lines": presentation.price_lines(
            booking.hourly_rate_cents, booking.duration_minutes, booking.maximum_cents
        ),
        "cancel_before": selectors.cancellation_deadline(booking, user),
        "is_reopened": booking.status == Status.PAYMENT_LAPSED or (booking.pay_before or now) <= now,
    }
    return render(request, "bookings/payment.html", context)


@login_required
@require_GET
def payment_return(request: HttpRequest, reference: str) -> HttpResponse:
    """Where the bank sends the learner back. What happened is read from the bank, never from the address."""
    _user, booking = _booking_to_pay(request, reference)
    outcome = services.look_at_payment(booking=booking)
    booking.refresh_from_db()
    if booking.status in FINAL:
        messages.success(request, _("Paiement reçu\u202f: la session est confirmée."))
        return redirect(booking)
    if outcome == PaymentOutcome.FAILED:
        messages.error(request, _("Le paiement n’a pas été fait. Rien n’a été débité."))
        return redirect("bookings:payment", booking.reference)
    if outcome == PaymentOutcome.PAID or booking.status not in PAYABLE:
        return redirect(booking)
    response = render(request, "bookings/payment_return.html", {"booking": booking})
    # The page looks again by itself, with or without script.
    response["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response
