"""Cases of the demo world, and one that was decided, of which it has none."""

from collections.abc import Callable

from accounts.models import User
from bookings.models import Booking
from bookings.states import Status as BookingStatus
from cases.models import Case
from cases.services import Complaint, decide, give_statement, open_complaint
from cases.states import Kind, Outcome, Status
from demo.people import LEARNERS, MENTORS, STAFF_EMAIL

Finder = Callable[[], tuple[object, ...]]


def case_of(email: str, kind: Kind) -> Finder:
    """The newest case of this member."""
    return lambda: (Case.objects.of(User.objects.get(email=email)).filter(kind=kind).latest("pk").reference,)


def to_decide() -> tuple[object, ...]:
    return (Case.objects.waiting()[0].pk,)


def decided() -> tuple[object, ...]:
    found = Case.objects.filter(status=Status.DECIDED).first()
    return ((found or _decide()).reference,)


def _decide() -> Case:
    booking = Booking.objects.filter(
        learner__email=LEARNERS["tom"].email, mentor__email=MENTORS[0].email, status=BookingStatus.SETTLED
    ).latest("pk")
    case = open_complaint(booking=booking, complaint=Complaint("content", "Nous n’avons pas corrigé le programme."))
    give_statement(case=case, by=booking.mentor, words="Nous avons corrigé deux erreurs sur trois ce jour-là.")
    team = User.objects.get(email=STAFF_EMAIL)
    decide(case=case, outcome=Outcome.PARTIAL, by=team, reason="Une erreur est restée.", amount_cents=500)
    return case
