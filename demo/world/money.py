"""Money that comes back: a complaint upheld in part, another one open, credit paid in and partly taken out again."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from billing.models import TopUp
from billing.selectors import refundable_cents
from billing.services.adjustments import adjust
from billing.services.credit import start_credit_top_up
from billing.services.payments import refresh
from billing.services.refunds import request_refund
from demo.world import cases, sessions
from demo.world.lives import Life
from demo.world.people import pay_by_card
from demo.world.sessions import Wish
from demo.world.time import local

LAST_MONTH = timedelta(days=12)


@dataclass(frozen=True)
class Meeting:
    """A session nobody reviews; what is said of it afterwards is said of its money."""

    learner: User
    mentor: User
    starts_at: datetime
    objectives: str
    billed_minutes: int
    given_back_cents: int = 0
    is_complained_of: bool = False


def meetings(members: dict[str, User], today: date) -> list[Meeting]:
    """Two in the month that has ended, one of them complained about; three of this week, one complained of."""
    tom, awa, ines = members["tom"], members["awa"], members["mentor@skilmi.example"]
    month = today.replace(day=1)
    return [
        Meeting(awa, ines, local(month - timedelta(days=9), "16:00"), "Suivre mes ventes dans un tableau.", 50, 12_00),
        Meeting(tom, ines, local(month - timedelta(days=6), "16:00"), "Écrire mon premier programme.", 35),
        Meeting(awa, ines, local(today - timedelta(days=3), "16:00"), "Prévoir mes stocks.", 40, is_complained_of=True),
        Meeting(awa, ines, local(today - timedelta(days=1), "14:00"), "Fixer mes prix.", 25),
        Meeting(tom, ines, local(today - timedelta(days=1), "16:00"), "Corriger mon programme.", 30),
    ]


def hold(meeting: Meeting) -> Life:
    """One session and what is said of it: a complaint the same day, or something given back in three days."""
    starts_at = meeting.starts_at
    yield starts_at - timedelta(days=2)
    booking = sessions.confirm(Wish(meeting.learner, meeting.mentor, starts_at, meeting.objectives))
    yield starts_at
    sessions.meet(booking, billed=timedelta(minutes=meeting.billed_minutes, seconds=21))
    if meeting.is_complained_of:
        yield starts_at + timedelta(hours=3)
        case = cases.complain(booking)
        yield starts_at + timedelta(hours=20)
        cases.answer(case)
    if meeting.given_back_cents:
        yield starts_at + timedelta(days=3)
        adjust(
            reference="complaint:demo",
            subject=booking.ledger_reference,
            amount_cents=meeting.given_back_cents,
            reason="Réclamation acceptée en partie : le son a manqué pendant un quart d’heure.",
        )


def keep_credit(learner: User, today: date) -> Life:
    """50 € paid in by card; the next day 20 € go back to it."""
    yield local(today - timedelta(days=4), "12:00")
    start = start_credit_top_up(user=learner, amount_cents=50_00)
    if start.checkout_url:
        pay_by_card(start.checkout_url)
        refresh(TopUp.objects.get(checkout_url=start.checkout_url))
    yield local(today - timedelta(days=3), "12:15")
    request_refund(user=learner, amount_cents=20_00, shown_cents=refundable_cents(learner))
