"""« Mes sessions vidéo », and a session as a calendar file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
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
from core.paging import CountedPaginator
from core.prepared import Window
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
    # A later app waits for his words about it.
    awaits_words: bool


@login_required
@require_GET
def my_sessions(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    now = clock.now()
    figures = selectors.figures_of(user, now)
    today = selectors.today_sessions(user, now) if figures.is_near else []
    counts = {
        # Today's stand apart.
        UPCOMING: figures.upcoming - sum(now < booking.meets_until for booking in today),
        TODAY: len(today),
        PAST: figures.past,
        WAITING: figures.waiting,
    }
    chosen = request.GET.get("onglet", UPCOMING)
    chosen = chosen if chosen in counts else UPCOMING
    found = _list(chosen, user, now, today)
    page = CountedPaginator(found, PER_PAGE, counts[chosen]).get_page(request.GET.get("page"))
    rows = _rows([*page, *today], user, now, waiting=chosen == WAITING)
    context = {
        "tabs": _tabs(chosen, counts),
        "page": page,
        "rows": rows[: len(rows) - len(today)],
        "chosen": chosen,
        "query": f"onglet={chosen}",
        "today": rows[len(rows) - len(today) :] if chosen != TODAY else [],
        "is_mentor": bool(not rows and profile_of(user).pk),
    }
    return render(request, "bookings/my_sessions.html", context)


def _list(
    chosen: str, user: User, now: datetime, today: list[Booking]
) -> list[Booking] | BookingQuerySet | Window[Booking]:
    if chosen == TODAY:
        return today
    if chosen == UPCOMING and today:
        return selectors.upcoming(user, now).exclude(pk__in=[booking.pk for booking in today])
    lists = {UPCOMING: selectors.UPCOMING, PAST: selectors.PAST, WAITING: selectors.WAITING}
    return lists[chosen].window(user.pk, now)


def _tabs(chosen: str, counts: Mapping[str, int]) -> list[Tab]:
    # What asks for something stands where a phone shows it without a push.
    labels = {UPCOMING: _("À venir"), WAITING: _("À répondre"), TODAY: _("Aujourd’hui"), PAST: _("Passées")}
    address = reverse("bookings:my_sessions")
    return [Tab(label, f"{address}?onglet={key}", key == chosen, counts[key]) for key, label in labels.items()]


def _notice(listed: Iterable[Booking]) -> timedelta:
    """Once for all of them, and only where it decides something."""
    may_cancel = any(booking.status in presentation.CANCELABLE for booking in listed)
    return selectors.cancellation_notice() if may_cancel else timedelta()


def _rows(listed: Sequence[Booking], user: User, now: datetime, *, waiting: bool) -> list[Row]:
    notice = _notice(listed)
    prefetch_related_objects([booking for booking in listed if booking.can_be_settled_together], "joint_proposals")
    return [
        Row(
            booking=booking,
            other=booking.other(user),
            badge=presentation.badge_for(booking, user),
            actions=presentation.actions_for(booking, user, now, notice),
            is_learner=user.pk == booking.learner_id,
            is_asked=joint_cards.awaits_answer(booking, user, now),
            # Nothing else is waited for once there is a case.
            awaits_words=waiting and booking.case_since is not None,
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
