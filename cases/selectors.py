"""Cases as the pages need them, and the one door to each."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.selectors import works_for_team
from billing.models import Hold, Settlement
from billing.services.adjustments import left_to_adjust
from billing.states import HoldStatus
from bookings.models import Booking, BookingQuerySet
from bookings.selectors import get_booking_for
from bookings.states import Status as BookingStatus
from cases.errors import AlreadyACase, NothingToComplainOf
from cases.models import Case, CaseQuerySet, Statement, StatementFile
from cases.rules import Alone
from cases.states import Kind, Round, Status
from core.identifiers import fingerprint
from core.observation import occasion
from core.references import Described
from sessions_video.models import VideoSession
from sessions_video.presences import waits_of
from sessions_video.states import Role

PREFIX = "case"
# Under this name billing keeps a payout back.
COMPLAINT_PREFIX = "complaint"


def get_case_for(user: User, reference: str) -> Case:
    """The case, for the two people of its booking; 404 for anybody else."""
    case: Case = get_object_or_404(Case.objects.of(user).with_people(), reference=reference)
    occasion.note(booking=case.booking.reference)
    return case


def get_own_complaint(user: User, reference: str) -> Case:
    """A complaint, for the learner who made it; 404 for anybody else."""
    case = get_case_for(user, reference)
    if not case.is_complaint or case.booking.learner_id != user.pk:
        raise Http404
    return case


def get_case_of_booking(user: User, reference: str) -> Case:
    """The case of a booking of theirs; 404 while there is none."""
    case: Case = get_object_or_404(Case.objects.of(user).with_people(), booking__reference=reference)
    return case


def get_file_for(user: User, reference: str) -> StatementFile:
    """For the two people of the case and for the team that may see cases; 404 for anybody else."""
    files = StatementFile.objects.all()
    if not (works_for_team(user) and user.has_perm("cases.view_case")):
        files = files.filter(statement__case__in=Case.objects.of(user))
    found: StatementFile = get_object_or_404(files, reference=reference)
    return found


def get_booking_to_complain_of(user: User, reference: str) -> Booking:
    """A booking of theirs, for the learner only: the mentor and strangers get a 404."""
    booking = get_booking_for(user, reference)
    if booking.learner_id != user.pk:
        raise Http404
    return booking


def waiting_cases() -> CaseQuerySet:
    """What the team has to decide, oldest first."""
    return Case.objects.waiting()


def unanswered_by(user: User) -> CaseQuerySet:
    """Whose explanations are asked of this member in the present round, the most urgent first."""
    return Case.objects.of(user).filter(_asks(user)).with_people().order_by("answer_until", "pk")


def awaited_from(user: User) -> Q:
    """The bookings of those cases (bookings.awaited)."""
    asking = Case.objects.filter(_asks(user), booking=OuterRef("pk"))
    return Q(case_since__isnull=False) & Q(Exists(asking))


def _asks(user: User) -> Q:
    said = Statement.objects.filter(case=OuterRef("pk"), author=user)
    first = Q(status=Status.ANSWERING) & ~Q(Exists(said.filter(round=Round.FIRST)))
    return first | Q(status=Status.APPEALED) & ~Q(Exists(said.filter(round=Round.APPEAL)))


def not_held_cases(user: User) -> CaseQuerySet:
    """Days of this member without a session, the newest first."""
    return Case.objects.of(user).with_people().filter(kind=Kind.NOT_HELD).order_by("-pk")


def billed_sessions(user: User) -> BookingQuerySet:
    """Of which this learner may complain, or has done so; the newest first."""
    billed = Booking.objects.filter(learner=user, status=BookingStatus.SETTLED, billed_seconds__gt=0)
    return billed.with_people().order_by("-starts_at", "-pk")


def find_cases(references: Iterable[str]) -> dict[str, Case]:
    """Those that cards name as `case:<reference>`, in one query."""
    identifiers = [reference.removeprefix(f"{PREFIX}:") for reference in references]
    found = Case.objects.with_people().filter(reference__in=identifiers)
    return {f"{PREFIX}:{case.reference}": case for case in found}


def describe(identifier: str) -> Described | None:
    case = Case.objects.select_related("booking").filter(reference=identifier).first()
    return Described(case.booking.subject, case.get_absolute_url()) if case else None


def settlement_of(booking: Booking) -> Settlement | None:
    return Settlement.objects.filter(reference=booking.ledger_reference).first()


def complaint_stake(booking: Booking) -> int:
    """What the session still costs its learner. Raises AlreadyACase, NothingToComplainOf."""
    if Case.objects.filter(booking=booking).exists():
        raise AlreadyACase
    settlement = settlement_of(booking)
    stake = left_to_adjust(settlement) if settlement else 0
    if not stake:
        raise NothingToComplainOf
    return stake


def held_cents(booking: Booking) -> int:
    placed = Hold.objects.filter(reference=booking.ledger_reference, status=HoldStatus.PLACED)
    return sum(hold.amount_cents for hold in placed)


def alone_of(case: Case) -> Alone:
    """Who waited for whom in the room of that day."""
    video_session = VideoSession.objects.filter(booking=case.booking_id).first()
    if video_session is None:
        return Alone()
    waits = waits_of(video_session)
    mentor, learner = waits[Role.MENTOR], waits[Role.LEARNER]
    return Alone(mentor.alone_seconds, learner.alone_seconds, mentor.came, learner.came)


def speakers(case: Case) -> set[int]:
    """Who said something in the present round."""
    return set(case.statements.filter(round=case.round).values_list("author", flat=True))


def has_spoken(case: Case, user: User) -> bool:
    return user.pk in speakers(case)


def silent_people(case: Case) -> list[User]:
    spoken = speakers(case)
    return [person for person in (case.booking.learner, case.booking.mentor) if person.pk not in spoken]


def first_decider(case: Case) -> int | None:
    """Who took the first decision: an appeal is somebody else's."""
    return case.decisions.filter(round=Round.FIRST).values_list("by", flat=True).first()


def reading_of(case: Case) -> str:
    """A mark of what the team reads."""
    return fingerprint(case.status, case.statements.count(), case.decisions.count())
