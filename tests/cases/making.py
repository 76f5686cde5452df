"""A day of two people, good or bad, through services; then the case about it."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import available
from billing.models import Payout
from billing.reconciliation import Check
from billing.services import payouts
from billing.services.commissions import issue_commission_invoices
from billing.services.invoices import render_due_invoices
from bookings import services as booking_services
from bookings.models import Booking
from cases import services
from cases.models import Case, Decision
from cases.selectors import reading_of
from cases.states import Outcome
from core import clock
from notifications.models import Email
from sessions_video import services as room_services
from sessions_video.models import VideoSession
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import activate, pay_by_card
from tests.billing.money import pay_in
from tests.sessions_video.conftest import Room, make_member, make_mentor, pass_time, request

WORDS = "Le son coupait sans cesse pendant la moitié de la session."
ANSWER = "Ma connexion était bonne, la coupure venait de chez lui."
WHY = "La décision ne dit rien des vingt minutes perdues."
REASON = "Le relevé montre des coupures des deux côtés."
HOUR, FREE = 3600, 180
# Shorter than a lease.
BEAT = 14
A_DAY = 24 * HOUR
PRICE = 4700
NET = 3760


@dataclass
class Day:
    room: Room
    sandbox: Sandbox | None = None

    @property
    def mentor(self) -> User:
        return self.room.mentor

    @property
    def learner(self) -> User:
        return self.room.learner

    @property
    def booking(self) -> Booking:
        return Booking.objects.with_people().get(pk=self.room.video_session.booking_id)

    @property
    def case(self) -> Case:
        return Case.objects.with_people().get(booking=self.room.video_session.booking_id)

    @property
    def payout(self) -> Payout:
        return Payout.objects.get(settlement__reference=self.booking.ledger_reference)

    def hold(self) -> "Day":
        """The whole hour, paid in full."""
        self.room.both_join()
        for _beat in range((HOUR + FREE) // BEAT):
            pass_time(BEAT)
            self.room.beat()
        room_services.ask_end(video_session=self.room.video_session, by=self.learner)
        room_services.confirm_end(video_session=self.room.video_session, by=self.mentor)
        assert self.booking.status == "settled", self.booking.status
        return self

    def wait_alone(self, user: User, seconds: int) -> "Day":
        self.room.join(user)
        self.room.spend(seconds, user)
        self.room.leave(user)
        return self

    def over(self) -> "Day":
        """Midnight came, and the room closed."""
        zone = self.booking.zone
        now = clock.now().astimezone(zone)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=1, second=0, microsecond=0)
        pass_time((midnight - now).total_seconds())
        room_services.sweep_session(self.room.pk)
        return self

    def complain(self, **changed: Any) -> Case:
        said: dict[str, Any] = {"topic": "technique", "words": WORDS}
        return services.open_complaint(booking=self.booking, complaint=services.Complaint(**(said | changed)))

    def explain(self, by: User, words: str = ANSWER) -> Case:
        services.give_statement(case=self.case, by=by, words=words)
        return self.case

    def decide(self, outcome: Outcome, by: User, amount_cents: int | None = None, reason: str = REASON) -> Decision:
        return services.decide(case=self.case, outcome=outcome, by=by, reason=reason, amount_cents=amount_cents)

    def appeal(self, by: User, words: str = WHY) -> Case:
        return services.appeal(case=self.case, by=by, words=words)

    def sweep(self) -> Case:
        for case_id in services.due_case_ids():
            services.run_due(case_id=case_id)
        return self.case

    def pay_mentor(self) -> Payout:
        """Two days and a bit later the money leaves, if nothing keeps it."""
        payouts.sweep_payouts()
        payout: Payout = self.payout
        return payout

    def credit(self) -> int:
        return balance(available(self.learner))


class OnScreen(Day):
    """The same, each step from its page."""

    def complain(self, **changed: Any) -> Case:
        said: dict[str, Any] = {"topic": "technique", "words": WORDS, "montant": ""}
        send(self.learner, complaint_address(args=[self.booking.reference]), said | changed)
        return self.case

    def explain(self, by: User, words: str = ANSWER) -> Case:
        send(by, address(self.case), {"words": words})
        return self.case

    def appeal(self, by: User, words: str = WHY) -> Case:
        send(by, address(self.case, "appeal"), {"words": words})
        return self.case

    def decide(self, outcome: Outcome, by: User, amount_cents: int | None = None, reason: str = REASON) -> Decision:
        said = {"reason": reason, "seen": reading_of(self.case)}
        if amount_cents:
            said["amount_cents"] = f"{amount_cents // 100},{amount_cents % 100:02d}"
        send(by, reverse("admin:cases_case_decision", args=[self.case.pk, str(outcome)]), said)
        return self.case.decisions.latest("pk")


def send(by: User, to: str, said: dict[str, Any]) -> None:
    answer = client_of(by).post(to, said)
    assert answer.status_code == HTTPStatus.FOUND, answer.content.decode()[-3000:]


def staff(first_name: str = "Camille") -> User:
    """Somebody of the team."""
    email = f"{first_name.lower()}@example.org"
    known = User.objects.filter(email=email).first()
    return known or User.objects.create_superuser(email, "sesame-ouvre-toi", first_name=first_name)


def days(count: int) -> None:
    pass_time(count * A_DAY)


def complained(day: Day) -> Day:
    """Held, complained of, and answered by the mentor: it is the team's turn."""
    day.hold().complain()
    day.explain(day.mentor)
    return day


def _agreed(mentor: User, learner: User) -> Booking:
    booking = request(mentor, learner)
    content_hash = booking.current_version().content_hash
    return booking_services.accept_version(booking=booking, by=mentor, content_hash=content_hash)


def _room_of(booking: Booking) -> Room:
    session = VideoSession.objects.with_people().get(booking=booking)
    return Room(session, session.booking.mentor, session.booking.learner, {})


def paid_by_card(sandbox: Sandbox) -> OnScreen:
    mentor, learner = make_mentor(), make_member("Karim")
    mentor.connected_account.delete()
    activate(sandbox, mentor)
    booking = _agreed(mentor, learner)
    pay_by_card(sandbox, learner, f"credit:{learner.pk}", PRICE)
    booking_services.begin_payment(booking=booking, by=learner, shown_cents=0, asks_early_start=True)
    return OnScreen(_room_of(booking), sandbox)


def paid_from_credit() -> Day:
    """Without Stripe: for tests that never pay anybody out."""
    mentor, learner = make_mentor(), make_member("Karim")
    booking = _agreed(mentor, learner)
    pay_in(learner, PRICE, at=clock.now())
    booking_services.begin_payment(booking=booking, by=learner, shown_cents=0, asks_early_start=True)
    return Day(_room_of(booking))


def wrong_in_the_end() -> list[Check]:
    """What the books say once the workers did what was due."""
    issue_commission_invoices()
    render_due_invoices()
    return books_wrong()


def mails(kind: str) -> set[str]:
    return set(Email.objects.filter(kind=f"cases.{kind}").values_list("to", flat=True))


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(case: Case, name: str = "detail") -> str:
    return reverse(f"cases:{name}", args=[case.reference])


complaint_address = partial(reverse, "cases:complaint")
