"""Makes the crowd: only adds, and never beside real members."""

from collections.abc import Callable

from django.db import connection, models, transaction
from django.db.models import Q

from accounts.models import User
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from bookings.models import Booking, BookingVersion
from catalog.models import MemberSkill, Skill, Training
from core import clock
from demo.crowd.copying import batches, copy, first_free
from demo.crowd.lives import Past, PastMaker
from demo.crowd.people import DOMAIN, Mentor, MentorMaker, make_page, make_user
from mentors.models import AvailabilityHint, MentorProfile
from messaging.models import Message, Thread, ThreadState
from reviews.models import Review

BATCH = 5_000
MENTORS_PER_LEARNER = 5
# More than the marks any one mentor has.
FEWEST_LEARNERS = 50
# Reserved for examples (RFC 2606): nobody has an address there.
RESERVED = Q(email__endswith=".example") | Q(email__endswith=".invalid") | Q(email__endswith=".test")

COUNTED: tuple[type[models.Model], ...] = (
    BillingMandate, BillingProfile, ConnectedAccount, Booking, BookingVersion, MemberSkill, Training,
    AvailabilityHint, MentorProfile, Message, Thread, ThreadState, Review,
)  # fmt: skip


class NotInvented(Exception):
    """Somebody real is in this database."""


def is_invented() -> bool:
    """Whether every member's address is one that cannot exist."""
    return not User.objects.exclude(RESERVED).exists()


def make(mentors: int, tell: Callable[[str], None] = lambda _line: None) -> int:
    """Bring the crowd to this number of mentors; those already there stay. Returns how many were added."""
    if not is_invented():
        raise NotInvented
    now = clock.now()
    already = User.objects.filter(email__startswith="mentor-", email__endswith=f"@{DOMAIN}").count()
    numbers = range(already, max(already, mentors))
    learners = _learners(max(FEWEST_LEARNERS, mentors // MENTORS_PER_LEARNER))
    skills = list(Skill.objects.validated().select_related("category").order_by("pk"))
    starts: dict[type, int] = {model: first_free(model) for model in COUNTED}
    people, past = MentorMaker(skills, starts, now), PastMaker(learners, starts, now)
    pks = first_free(User) - numbers.start
    for batch in batches(numbers, BATCH):
        made = [people.make(number, pks + number) for number in batch]
        with transaction.atomic():
            _write(made, past.make(made))
        tell(f"{batch.stop} mentors")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return len(numbers)


def _learners(count: int) -> list[User]:
    found = User.objects.filter(email__startswith="learner-", email__endswith=f"@{DOMAIN}")
    already = found.count()
    start = first_free(User)
    now = clock.now()
    for batch in batches(range(already, max(already, count)), BATCH):
        users = [make_user("learner", number, start + number - already, now) for number in batch]
        with transaction.atomic():
            copy(users)
            copy([make_page(user, "learner", number) for user, number in zip(users, batch, strict=True)])
    return list(found.order_by("pk"))


def _write(made: list[Mentor], past: Past) -> None:
    """Declared skills come last: they put a member on the lists, and his row there is computed once."""
    copy([mentor.user for mentor in made])
    copy([mentor.page for mentor in made])
    copy([mentor.company for mentor in made])
    copy([mentor.mandate for mentor in made])
    copy([mentor.account for mentor in made if mentor.account])
    copy([mentor.profile for mentor in made])
    copy([hint for mentor in made for hint in mentor.hints])
    copy([training for mentor in made for training in mentor.trainings])
    copy([skill for mentor in made for skill in mentor.declared])
    for rows in (past.threads, past.messages, past.states, past.bookings, past.versions, past.reviews):
        copy(rows)
