"""Asking for a session, and the page of a booking."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
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
from bookings.forms import RequestForm, initial_again, initial_of_suggestion, offer_key
from bookings.models import Booking, Suggestion
from bookings.states import OPEN, Status
from catalog.selectors.names import current_slug
from core import clock
from core.errors import DomainError
from core.limits import hold
from core.templatetags import house
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
    suggestion = selectors.find_suggestion(request.GET.get("proposition", ""), learner=learner, mentor=mentor)
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        mentor=mentor,
        initial=_initial(request, learner, mentor, suggestion),
        chosen=offer_key(current_slug(request.GET.get("competence", "")), request.GET.get("formation", "")),
        minutes=request.GET.get("duree", ""),
        today=timezone.localtime(clock.now()).date(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            hold("proposals", learner.pk)
            booking = services.request_booking(
                learner=learner,
                mentor=mentor,
                suggestion=suggestion,
                client_token=form.cleaned_data["client_token"],
                **form.chosen_offer(),
                **form.proposal(),
            )
        except DomainError as error:
            form.add_error(FIELD_OF.get(type(error)), str(error.user_message))
        else:
            _warn_of_overlap(request, booking)
            return redirect(services.thread_of(booking))
    hints = AvailabilityHint.objects.filter(mentor__user=mentor)
    context = {
        "form": form,
        "mentor": mentor,
        "suggestion": suggestion,
        "is_suggestion_live": suggestion is not None and suggestion.is_live(clock.now()),
        # What was typed before belongs to another request.
        "draft": "-".join(
            filter(None, ["booking", mentor.page.slug, request.GET.get("proposition") or request.GET.get("reprend")])
        ),
        "week": week_of(hints) if hints else [],
        **price_context(form, mentor),
    }
    return render(request, "bookings/new.html", context)


def _initial(request: HttpRequest, learner: User, mentor: User, suggestion: Suggestion | None) -> dict[str, Any]:
    """What the address names: the mentor's proposal, or a past booking to ask for again (K-14, K-21)."""
    if suggestion:
        return initial_of_suggestion(suggestion, learner.zone)
    repeated = selectors.find_own_booking(request.GET.get("reprend", ""), learner=learner, mentor=mentor)
    return initial_again(repeated) if repeated else {}


def _warn_of_overlap(request: HttpRequest, booking: Booking) -> None:
    """The learner may have two sessions at a time, but should know (K-20)."""
    other = selectors.meeting_of(booking.learner, booking.starts_at, booking.ends_at, but=booking)
    if other:
        hours = {
            "start": house.clock(other.meets_at, booking.zone),
            "end": house.clock(other.meets_until, booking.zone),
        }
        messages.warning(request, _("Vous avez une autre session de %(start)s à %(end)s ce jour-là.") % hours)


def _refusal(learner: User, mentor: User) -> DomainError | None:
    if learner == mentor:
        return YourselfRefused()
    return None if is_bookable(mentor) else MentorNotBookable()


def price_context(form: RequestForm, mentor: User) -> dict[str, object]:
    """What the preview of the price is made of."""
    rate = profile_of(mentor).hourly_rate_cents or 0
    minutes = form.shown_minutes()
    return {"rate_cents": rate, "minutes": minutes, "maximum_cents": rules.maximum_cents(rate, minutes)}


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
