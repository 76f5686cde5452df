"""Motives that a screen of its own does better than a message: each lists the person's own things, with its link.

What a motive leads to is data (`Motive.leads_to`); a name that nobody knows leaves the form.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from bookings.models import Booking
from cases.models import Case
from cases.selectors import billed_sessions, has_spoken, not_held_cases
from core.templatetags.house import day
from reviews.models import Review, ReviewReport
from reviews.selectors import reviews_of

# The newest; older ones have the same link on the mentor's page.
MOST_ROWS = 50
EXCERPT = 140


@dataclass(frozen=True)
class Row:
    """One thing, and the screen about it."""

    title: str
    detail: str
    label: str | Promise
    url: str


@dataclass(frozen=True)
class Destination:
    label: str | Promise
    rows: Callable[[User], list[Row]]
    # Said when somebody has nothing of the kind.
    empty: str | Promise


def _reviews(user: User) -> list[Row]:
    """SK-101: what learners said of this mentor, each with its report."""
    received = reviews_of(user, limit=MOST_ROWS)
    reported = set(ReviewReport.objects.filter(review__in=received).values_list("review", flat=True))
    return [_review(review, is_reported=review.pk in reported) for review in received]


def _review(review: Review, *, is_reported: bool) -> Row:
    words = {"name": review.author_name, "mark": review.mark, "subject": review.about}
    return Row(
        title=_("%(name)s, %(mark)s/5, %(subject)s") % words,
        detail=f"{day(review.created_at)}\u202f: {Truncator(review.text).chars(EXCERPT)}",
        label=_("Déjà signalé") if is_reported else _("Signaler cet avis"),
        url=review.get_absolute_url() if is_reported else reverse("reviews:report", args=[review.reference]),
    )


def _not_held(user: User) -> list[Row]:
    """SK-105: the days on which a session did not take place."""
    return [_case(case, user) for case in not_held_cases(user)[:MOST_ROWS]]


def _case(case: Case, user: User) -> Row:
    wanted = case.takes_words and not has_spoken(case, user)
    return Row(
        title=case.booking.subject,
        detail=_with_whom(case.booking, user),
        label=_("Donner mes explications") if wanted else _("Voir le dossier"),
        url=case.get_absolute_url(),
    )


def _billed(user: User) -> list[Row]:
    """K-12: the sessions this learner paid for."""
    return [_session(booking, user) for booking in billed_sessions(user)[:MOST_ROWS]]


def _session(booking: Booking, user: User) -> Row:
    name = "cases:of_booking" if booking.case_since else "cases:complaint"
    return Row(
        title=booking.subject,
        detail=_with_whom(booking, user),
        label=_("Voir le dossier") if booking.case_since else _("Signaler un problème"),
        url=reverse(name, args=[booking.reference]),
    )


def _with_whom(booking: Booking, user: User) -> str:
    words = {"name": booking.other(user).get_full_name(), "day": day(booking.starts_at, booking.zone)}
    return _("Avec %(name)s, %(day)s") % words


KNOWN: dict[str, Destination] = {
    "not_held": Destination(
        gettext_lazy("Quelle session\u202f?"),
        _not_held,
        gettext_lazy("Toutes vos sessions ont eu lieu. Un dossier s’ouvre à minuit, le jour d’une session non tenue."),
    ),
    "complaint": Destination(
        gettext_lazy("Quelle session\u202f?"), _billed, gettext_lazy("Vous n’avez pas encore payé de session.")
    ),
    "review_report": Destination(
        gettext_lazy("Quel avis\u202f?"), _reviews, gettext_lazy("Vous n’avez pas encore reçu d’avis.")
    ),
}
