"""Asking for a session, and the page of a booking."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import member_of
from accounts.models import User
from accounts.selectors import get_page_by_slug
from bookings import joint_cards, presentation, rules, selectors, services
from bookings.errors import (
    DateInThePast,
    DateTooFar,
    EndsAfterMidnight,
    HourDoesNotExist,
    MentorNotBookable,
    YourselfRefused,
)
from bookings.forms import RequestForm, offer_key
from bookings.states import OPEN, Status
from core import clock
from core.errors import DomainError
from mentors.models import AvailabilityHint
from mentors.selectors import is_bookable, profile_of, week_of
from messaging.selectors import thread_between

# Where an error of the rules is shown.
FIELD_OF: dict[type[DomainError], str] = {
    DateInThePast: "day",
    DateTooFar: "day",
    HourDoesNotExist: "at",
    EndsAfterMidnight: "at",
}


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    learner = member_of(request)
    mentor = get_page_by_slug(request.GET.get("mentor", "")).user
    if refusal := _refusal(learner, mentor):
        messages.error(request, str(refusal.user_message))
        return redirect(mentor.page)
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        mentor=mentor,
        chosen=offer_key(request.GET.get("competence", ""), request.GET.get("formation", "")),
        minutes=request.GET.get("duree", ""),
        today=timezone.localtime(clock.now()).date(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            booking = services.request_booking(
                learner=learner,
                mentor=mentor,
                client_token=form.cleaned_data["client_token"],
                **form.chosen_offer(),
                **form.proposal(),
            )
        except DomainError as error:
            form.add_error(FIELD_OF.get(type(error)), str(error.user_message))
        else:
            return redirect(services.thread_of(booking))
    return render(request, "bookings/new.html", _form_context(form, mentor))


def _refusal(learner: User, mentor: User) -> DomainError | None:
    if learner == mentor:
        return YourselfRefused()
    return None if is_bookable(mentor) else MentorNotBookable()


def _form_context(form: RequestForm, mentor: User) -> dict[str, object]:
    rate = profile_of(mentor).hourly_rate_cents or 0
    minutes = form.shown_minutes()
    maximum = rules.maximum_cents(rate, minutes)
    hints = AvailabilityHint.objects.filter(mentor__user=mentor)
    return {
        "form": form,
        "mentor": mentor,
        "rate_cents": rate,
        "minutes": minutes,
        "maximum_cents": maximum,
        "week": week_of(hints) if hints else [],
    }


@login_required
@require_GET
def detail(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    now = clock.now()
    versions = list(booking.versions.select_related("author"))
    current = versions[-1]
    previous = versions[-2] if len(versions) > 1 else None
    open_and_mine = booking.status in OPEN and booking.awaits == user and user.pk == booking.mentor_id
    context = {
        "booking": booking,
        "version": current,
        "versions": [
            (version, presentation.changes(booking, earlier, version) if earlier else [])
            for earlier, version in zip([None, *versions], versions, strict=False)
        ],
        "changes": presentation.changes(booking, previous, current) if previous and booking.is_open else [],
        "viewer": user,
        "other": booking.other(user),
        "is_learner": user.pk == booking.learner_id,
        "badge": presentation.badge_for(booking, user),
        "actions": presentation.actions_for(booking, user, now),
        "history": presentation.history(booking, user),
        "price_lines": presentation.price_lines(
            booking.hourly_rate_cents, booking.duration_minutes, booking.maximum_cents
        ),
        "joint_cards": joint_cards.live_cards(booking, user, now),
        "overlaps": selectors.overlapping_requests(booking).count() if open_and_mine else 0,
        "lapsed": presentation.refusal_to_change(booking).user_message if booking.status == Status.LAPSED else "",
        "thread": thread_between(booking.learner, booking.mentor),
        "google_url": services.google_url(booking, user),
        "outlook_url": services.outlook_url(booking, user),
    }
    return render(request, "bookings/detail.html", context)
