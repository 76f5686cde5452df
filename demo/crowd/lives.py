"""What invented members did together: conversations, and settled sessions with their reviews."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from bookings.models import Booking, BookingVersion
from bookings.rules import content_hash
from bookings.states import Status
from demo.crowd import words
from demo.crowd.people import Mentor, reference
from messaging.models import Message, Thread, ThreadState
from reviews.models import Review

MINUTES = 60


@dataclass
class Past:
    """Rows in the order in which they name each other."""

    threads: list[Thread] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    states: list[ThreadState] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    versions: list[BookingVersion] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


class PastMaker:
    """Each mark of a mentor is one session with another learner, and the thread in which they agreed."""

    def __init__(self, learners: list[User], starts: dict[type, int], now: datetime) -> None:
        self._learners = learners
        self._next = dict(starts)
        self._now = now

    def make(self, mentors: list[Mentor]) -> Past:
        past = Past()
        for mentor in mentors:
            rng = Random(mentor.user.email)  # noqa: S311
            for mark, learner in zip(mentor.marks, self._choose(rng, len(mentor.marks)), strict=True):
                self._converse(past, rng, mentor, learner)
                self._meet(past, rng, mentor, learner, mark)
        return past

    def _id(self, model: type) -> int:
        self._next[model] += 1
        return self._next[model] - 1

    def _choose(self, rng: Random, count: int) -> list[User]:
        return rng.sample(self._learners, count)

    def _converse(self, past: Past, rng: Random, mentor: Mentor, learner: User) -> None:
        first, second = sorted((mentor.user, learner), key=lambda user: user.pk)
        began = self._now - timedelta(days=rng.randrange(12, 120), minutes=rng.randrange(1440))
        thread = Thread(
            pk=self._id(Thread), reference=reference(rng), first=first, second=second, created_at=began,
            last_message_at=began,
        )  # fmt: skip
        said = [rng.choice(words.OPENINGS), rng.choice(words.ANSWERS), *words.TURNS[: rng.randint(0, 4)]]
        for turn, text in enumerate(said):
            thread.last_message_at = began + timedelta(minutes=turn * rng.randint(5, 300))
            past.messages.append(
                Message(
                    pk=self._id(Message),
                    thread=thread,
                    author=mentor.user if turn % 2 else learner,
                    body=text,
                    created_at=thread.last_message_at,
                )
            )
        past.threads.append(thread)
        last = past.messages[-1].pk
        past.states += [
            ThreadState(pk=self._id(ThreadState), thread=thread, user=user, last_read_id=last)
            for user in (first, second)
        ]

    def _meet(self, past: Past, rng: Random, mentor: Mentor, learner: User, mark: int) -> None:
        held = self._now - timedelta(days=rng.randrange(2, 11), minutes=rng.randrange(1440))
        skill = rng.choice(mentor.skills)
        task = rng.choice(words.TASKS.get(skill.name, words.OTHER_TASKS))
        booking = Booking(
            pk=self._id(Booking),
            reference=reference(rng),
            learner=learner,
            mentor=mentor.user,
            skill=skill,
            subject=skill.name,
            hourly_rate_cents=mentor.profile.hourly_rate_cents or 0,
            commission_basis_points=2000,
            vat_regime=mentor.company.vat_regime,
            status=Status.SETTLED,
            starts_at=held,
            ends_at=held + timedelta(minutes=MINUTES),
            duration_minutes=MINUTES,
            expires_at=held - timedelta(days=1),
            billed_seconds=rng.randrange(1500, 3600),
            created_at=held - timedelta(days=2),
        )
        version = BookingVersion(
            pk=self._id(BookingVersion),
            booking=booking,
            number=1,
            author=learner,
            starts_at=held,
            duration_minutes=MINUTES,
            objectives=f"Je voudrais {task}.",
            created_at=booking.created_at,
        )
        version.content_hash = content_hash(version.terms())
        past.bookings.append(booking)
        past.versions.append(version)
        past.reviews.append(
            Review(
                pk=self._id(Review),
                booking=booking,
                author=learner,
                mentor=mentor.user,
                mark=mark,
                comment=rng.choice(words.COMMENTS),
                created_at=held + timedelta(hours=rng.randrange(2, 40)),
            )
        )
