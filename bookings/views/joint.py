"""What both people settle together once a booking is confirmed: another hour of the day, or to give it up (K-1)."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import member_of
from accounts.models import User
from bookings import joint_cards, presentation, selectors, services
from bookings.errors import (
    EndsAfterMidnight,
    HourDoesNotExist,
    HourInThePast,
    NotYourTurn,
    ProposalClosed,
    SameHour,
)
from bookings.forms import HourForm, ReasonForm
from bookings.models import Booking, JointProposal
from bookings.states import JointKind
from core import clock
from core.errors import DomainError
from messaging.errors import BlockedByOther, BlockedByYou

# What is said beside the field; anything else ends on the page of the booking.
_OF_THE_HOUR = (HourInThePast, HourDoesNotExist, EndsAfterMidnight, SameHour)
_OF_THE_WORDS = (BlockedByYou, BlockedByOther)


@login_required
@require_http_methods(["GET", "POST"])
def other_hour(request: HttpRequest, reference: str) -> HttpResponse:
    """Another hour of the same day: proposed here, agreed in the thread (SK-72)."""
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    form = HourForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = services.propose_hour(
                booking=booking, by=user, at=form.cleaned_data["at"], note=form.cleaned_data["note"]
            )
        except _OF_THE_HOUR as error:
            form.add_error("at", str(error.user_message))
        except _OF_THE_WORDS as error:
            form.add_error("note", str(error.user_message))
        except DomainError as error:
            return _refused(request, booking, error)
        else:
            _say_sent(request, proposal, user)
            return redirect(services.thread_of(booking))
    if request.method == "GET" and (refusal := _refusal_to_settle(booking, clock.now())):
        return _refused(request, booking, refusal)
    context = {
        "booking": booking,
        "form": form,
        "other": booking.other(user),
        "actions": presentation.actions_for(booking, user, clock.now()),
        "cards": joint_cards.live_cards(booking, user, clock.now()),
        "is_learner": user.pk == booking.learner_id,
    }
    return render(request, "bookings/other_hour.html", context)


def _say_sent(request: HttpRequest, proposal: JointProposal, user: User) -> None:
    messages.success(request, _("Votre proposition est envoyée."))
    if warning := joint_cards.warning_about(proposal, user):
        messages.warning(request, warning)


def _refusal_to_settle(booking: Booking, now: datetime) -> DomainError | None:
    try:
        services.check_can_be_settled(booking, now)
    except DomainError as error:
        return error
    return None


def _refused(request: HttpRequest, booking: Booking, error: DomainError) -> HttpResponse:
    messages.error(request, str(error.user_message))
    return redirect(booking)


@login_required
@require_http_methods(["GET", "POST"])
def common_cancellation(request: HttpRequest, reference: str) -> HttpResponse:
    """After the limit one person proposes to cancel; nothing happens until the other consents."""
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.propose_cancellation(booking=booking, by=user, note=form.cleaned_data["reason"])
        except _OF_THE_WORDS as error:
            form.add_error("reason", str(error.user_message))
        except DomainError as error:
            return _refused(request, booking, error)
        else:
            messages.success(request, _("Votre proposition est envoyée."))
            return redirect(services.thread_of(booking))
    if request.method == "GET":
        try:
            services.check_can_cancel_together(booking, user, clock.now())
        except DomainError as error:
            return _refused(request, booking, error)
    context = {"booking": booking, "form": form, "other": booking.other(user)}
    return render(request, "bookings/common_cancellation.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def acceptance(request: HttpRequest, reference: str, proposal: str) -> HttpResponse:
    """The consequence in numbers, then the second consent, to this very proposal."""
    user = member_of(request)
    found = selectors.get_joint_proposal_for(user, reference, proposal)
    if request.method == "POST":
        return _answer(request, reference, proposal, services.accept_proposal)
    card = joint_cards.card_of(found, user, clock.now(), warns=True)
    if not card.is_live or card.is_mine:
        return _refused(request, found.booking, NotYourTurn() if card.is_live else ProposalClosed())
    name = "hour" if found.kind == JointKind.HOUR else "cancellation"
    return render(request, f"bookings/accept_{name}.html", {"card": card, "booking": found.booking})


@login_required
@require_POST
def refusal(request: HttpRequest, reference: str, proposal: str) -> HttpResponse:
    return _answer(request, reference, proposal, services.refuse_proposal)


@login_required
@require_POST
def withdrawal(request: HttpRequest, reference: str, proposal: str) -> HttpResponse:
    return _answer(request, reference, proposal, services.withdraw_proposal)


def _answer(request: HttpRequest, reference: str, proposal: str, answer: Callable[..., JointProposal]) -> HttpResponse:
    user = member_of(request)
    found = selectors.get_joint_proposal_for(user, reference, proposal)
    try:
        answer(proposal=found, by=user)
    except DomainError as error:
        return _refused(request, found.booking, error)
    return redirect(services.thread_of(found.booking))
