from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.http import member_of
from bookings import presentation, selectors, services
from bookings.errors import CancelTooLate
from bookings.forms import ReasonForm
from bookings.models import Booking
from bookings.states import FINAL, Status
from core import clock
from core.errors import DomainError


@login_required
@require_http_methods(["GET", "POST"])
def cancellation(request: HttpRequest, reference: str) -> HttpResponse:
    """The consequence in numbers, then the act."""
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if booking.status == Status.CANCELED:
        return redirect(booking)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_booking(booking=booking, by=user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            return _refused(request, booking, error)
        return redirect(services.thread_of(booking))
    if request.method == "GET":
        try:
            services.check_cancelable(booking, user, clock.now())
        except DomainError as error:
            return _refused(request, booking, error)
    context = {
        "booking": booking,
        "form": form,
        "is_learner": user.pk == booking.learner_id,
        "returned_cents": booking.maximum_cents if booking.status in FINAL else 0,
    }
    return render(request, "bookings/cancellation.html", context)


def _refused(request: HttpRequest, booking: Booking, error: DomainError) -> HttpResponse:
    """Too late for one alone: what both can still do together is next (E-13)."""
    messages.error(request, str(error.user_message))
    together = presentation.actions_for(booking, member_of(request), clock.now()).cancel_together
    if isinstance(error, CancelTooLate) and together:
        return redirect("bookings:common_cancellation", booking.reference)
    return redirect(booking)
