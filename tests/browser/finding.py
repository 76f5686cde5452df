"""What stands in the address of a page: found in the world the tests live in, or made there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import reverse

from accounts.models import User
from billing.models import Payout
from bookings.models import Booking, JointProposal
from bookings.states import JointKind, Status
from catalog.models import Training
from core import clock
from core.models import Setting
from demo.people import CANDIDATE, LEARNERS, MENTORS, STAFF_EMAIL
from mentors.models import MentorProfile
from messaging.models import Thread
from notifications.models import Email
from reviews.models import Review
from reviews.services import reply_to
from sessions_video.models import Extension, RoomReport, VideoSession
from sessions_video.states import ExtensionStatus

LEA, TOM, AWA = (LEARNERS[key].email for key in ("lea", "tom", "awa"))
INES = MENTORS[0].email
MALIK, SAMIRA, HUGO, NOAH, PAUL = (f"{name}@skilmi.example" for name in ("malik", "samira", "hugo", "noah", "paul"))
JEANNE = "jeanne@skilmi.example"
VISITOR = ""
# Gave his password, not yet his second factor.
AT_THE_DOOR = "isaac@skilmi.example"
LATER = datetime(2100, 1, 1, tzinfo=UTC)
Finder = Callable[[], tuple[object, ...]]


@dataclass(frozen=True)
class Visit:
    """One address, opened by one person. `find` gives what stands in the address."""

    who: str
    name: str
    find: Finder = tuple
    query: str = ""
    status: int = 200
    # Where the address sends to, when it does so on purpose.
    lands: str = ""
    label: str = ""

    def path(self) -> str:
        return reverse(self.name, args=self.find()) + self.query

    def __str__(self) -> str:
        person = self.who.partition("@")[0] or "visitor"
        return "-".join(filter(None, [person, self.name, self.query, self.label]))


def slug(email: str) -> Finder:
    return lambda: (User.objects.get(email=email).page.slug,)


def booking(learner: str, mentor: str, *statuses: Status) -> Finder:
    """The newest of these two, in one of these states."""
    wanted = {"learner__email": learner, "mentor__email": mentor, "status__in": statuses}
    return lambda: (Booking.objects.filter(**wanted).latest("pk").reference,)


def thread(one: str, other: str) -> Finder:
    def find() -> tuple[object, ...]:
        people = User.objects.filter(email__in=[one, other]).order_by("pk")
        return (Thread.objects.get(first=people[0], second=people[1]).reference,)

    return find


def training(of: str) -> Finder:
    return lambda: (Training.objects.filter(mentor__email=of).earliest("pk").slug,)


def reviewed(learner: str) -> Finder:
    return lambda: (Review.objects.filter(author__email=learner).latest("pk").booking.reference,)


def review_of(learner: str) -> Finder:
    return lambda: (Review.objects.filter(author__email=learner).latest("pk").reference,)


def received(mentor: str) -> Finder:
    return lambda: (Review.objects.filter(mentor__email=mentor).latest("pk").reference,)


def replied(mentor: str) -> tuple[object, ...]:
    review = Review.objects.filter(mentor__email=mentor).latest("pk")
    return (reply_to(review=review, text="Merci, et à bientôt.").pk,)


def payout(of: str) -> Finder:
    return lambda: (Payout.objects.filter(mentor__email=of).latest("pk").reference,)


def this_year() -> tuple[object, ...]:
    return (f"{clock.now():%Y}",)


def this_month() -> tuple[object, ...]:
    return (f"{clock.now():%Y-%m}",)


def email() -> tuple[object, ...]:
    return (Email.objects.latest("pk").reference,)


def confirmation_key() -> tuple[object, ...]:
    user = User.objects.get(email=NOAH)
    address, _created = EmailAddress.objects.get_or_create(user=user, email="nouvelle@skilmi.example")
    return (EmailConfirmationHMAC(address).key,)


def reset_key() -> tuple[object, ...]:
    user = User.objects.get(email=NOAH)
    return (user_pk_to_url_str(user), default_token_generator.make_token(user))


def first(model: type[Model]) -> Finder:
    return lambda: (model._default_manager.earliest("pk").pk,)


def proposal(kind: JointKind, by: str, learner: str, mentor: str) -> Finder:
    """Something the other one of these two proposed about their confirmed session."""

    def find() -> tuple[object, ...]:
        row = Booking.objects.filter(learner__email=learner, mentor__email=mentor, status=Status.CONFIRMED).latest("pk")
        is_hour = kind == JointKind.HOUR
        made, _created = JointProposal.objects.get_or_create(
            booking=row,
            kind=kind,
            defaults={
                "author": User.objects.get(email=by),
                "starts_at": row.starts_at + timedelta(hours=1) if is_hour else None,
                "returned_cents": None if is_hour else row.maximum_cents,
                "note": "Mon train arrive tard.",
                "created_at": clock.now(),
                "lapses_at": LATER,
            },
        )
        return (row.reference, made.reference)

    return find


def member_and(verb: str) -> Finder:
    return lambda: (User.objects.get(email=NOAH).pk, verb)


def visits(who: str, *names: str) -> list[Visit]:
    return [Visit(who, name) for name in names]


def setting() -> tuple[object, ...]:
    by = User.objects.get(email=STAFF_EMAIL)
    row = {"value": 1500, "effective_from": LATER, "by": by, "reason": "Essai"}
    return (Setting.objects.get_or_create(key="commission_basis_points", defaults=row)[0].pk,)


def group() -> tuple[object, ...]:
    return (Group.objects.get_or_create(name="Essai")[0].pk,)


def candidate() -> tuple[object, ...]:
    return (MentorProfile.objects.get(user__email=CANDIDATE.email).pk,)


def room_report() -> tuple[object, ...]:
    session = VideoSession.objects.filter(phase="ended")[0]
    samples = [{"at": 3 * n, "grade": "good", "roundTrip": 20, "loss": 0} for n in range(30)]
    statistics = {"connection": {"state": "connected"}, "samples": samples}
    report, _ = RoomReport.objects.get_or_create(
        author=session.booking.learner,
        client_id=UUID(int=1),
        defaults={
            "video_session": session,
            "created_at": clock.now(),
            "topic": "image",
            "words": "L’image se fige.",
            "statistics": statistics,
        },
    )
    return (report.pk,)


def extension() -> tuple[object, ...]:
    session = VideoSession.objects.filter(phase="ended")[0]
    at = session.day_start
    row, _ = Extension.objects.get_or_create(
        request_id=UUID(int=1),
        defaults={
            "video_session": session,
            "ms": 900_000,
            "price_cents": 1500,
            "card_cents": 0,
            "hold_number": 2,
            "status": ExtensionStatus.REFUSED,
            "begun_at": at,
            "asked_at": at,
            "expires_at": at + 120_000,
            "decided_at": at + 60_000,
        },
    )
    return (row.pk,)


# Of these the demo has none.
