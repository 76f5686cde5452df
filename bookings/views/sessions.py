"""« Mes sessions vidéo », and a session as a calendar file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.http import member_of
from accounts.models import User
from bookings import joint_cards, presentation, selectors, services
from bookings.models import Booking, BookingQuerySet
from core import clock
from mentors.selectors import profile_of

PER_PAGE = 20
UPCOMING, TODAY, PAST, WAITING = "a-venir", "aujourdhui", "passees", "a-repondre"


@dataclass(frozen=True)
class Tab:
    label: str
    href: str
    current: bool
    count: int


@dataclass(frozen=True)
class Row:
    booking: Booking
    other: User
    badge: presentation.Badge
    actions: presentation.Actions
    is_learner: bool
    # The other proposed another hour, or to cancel together.
    is_asked: bool


@login_required
@require_GET
def my_sessions(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    now = clock.now()
    today = selectors.today_sessions(user, now)
    lists: dict[str, Sequence[Booking] | BookingQuerySet] = {
        UPCOMING: selectors.upcoming(user, now).exclude(pk__in=[booking.pk for booking in today]),
        TODAY: today,
        PAST: selectors.past(user, now),
        WAITING: selectors.waiting_for(user, now),
    }
    chosen = request.GET.get("onglet", UPCOMING)
    chosen = chosen if chosen in lists else UPCOMING
    page: Page[Booking] = Paginator(lists[chosen], PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": _tabs(chosen, lists),
        "page": page,
        "rows": _rows(page, user, now),
        "chosen": chosen,
        "query": f"onglet={chosen}",
        "today": _rows(today, user, now) if chosen != TODAY else [],
        "is_mentor": profile_of(user).pk is not None,
    }
    return render(request, "bookings/my_sessions.html", context)


def _tabs(chosen: str, lists: Mapping[str, Sequence[Booking] | BookingQuerySet]) -> list[Tab]:
    labels = {UPCOMING: _("À venir"), TODAY: _("Aujourd’hui"), PAST: _("Passées"), WAITING: _("À répondre")}
    address = reverse("bookings:my_sessions")
    return [Tab(label, f"{address}?onglet={key}", key == chosen, _count(lists[key])) for key, label in labels.items()]


def _count(found: Sequence[Booking] | BookingQuerySet) -> int:
    return found.count() if isinstance(found, BookingQuerySet) else len(found)


def _rows(bookings: Iterable[Booking], user: User, now: datetime) -> list[Row]:
    notice = selectors.cancellation_notice()
    listed = list(bookings)
    prefetch_related_objects([booking for booking in listed if booking.can_be_settled_together], "joint_proposals")
    return [
        Row(
            booking=booking,
            other=booking.other(user),
            badge=presentation.badge_for(booking, user),
            actions=presentation.actions_for(booking, user, now, notice),
            is_learner=user.pk == booking.learner_id,
            is_asked=joint_cards.awaits_answer(booking, user, now),
        )
        for booking in listed
    ]


@login_required
@require_GET
def calendar(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    booking = selectors.get_booking_for(user, reference)
    return HttpResponse(
        services.calendar_file(booking, user),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="session-{booking.reference}.ics"'},
    )
