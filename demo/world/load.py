"""The order of the demo world's life: people, then the sessions of weeks, then what is going on today."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.models import User
from billing.services import books
from bookings.selectors import today_sessions
from bookings.services import cancel_booking, counter_offer, refuse
from core import clock
from core.errors import DomainError
from demo.papers import sales_picture, sales_table
from demo.people import CANDIDATE, LEARNERS, MENTORS, STAFF_EMAIL, ReviewData
from demo.world import cases, money, people, requests, sessions
from demo.world.lives import Life, live
from demo.world.sessions import Wish
from demo.world.time import PARIS, local, moved_clock, run_due_jobs, travel_to
from messaging.models import Thread
from messaging.services import get_or_create_thread, mark_read, send_message
from notifications.services import mark_all_read
from reviews.services import publish_review

WEEKS = timedelta(weeks=4)


@dataclass(frozen=True)
class Past:
    mentor: str
    review: ReviewData


def is_loaded() -> bool:
    return User.objects.filter(email=STAFF_EMAIL).exists()


def load() -> None:
    """Make the whole world. Nothing is written by hand that a service writes."""
    present = clock.now()
    today = present.astimezone(PARIS).date()
    with moved_clock():
        travel_to(min(present - WEEKS, local(today.replace(day=1) - money.LAST_MONTH, "09:00")))
        staff = _add_staff()
        members = {key: people.add_learner(data, joined=clock.now()) for key, data in LEARNERS.items()}
        for data in MENTORS:
            members[data.email] = people.add_candidate(data, joined=clock.now())
            people.validate_mentor(members[data.email], staff)
            for training in data.trainings:
                people.add_training(members[data.email], training, staff)
        live(_lives(members, present))
        requests.settled_long_ago(members[MENTORS[0].email], staff)
        _read_everything(members)
        _today(members, present)
        requests.waiting(members, staff)
        travel_to(present - timedelta(hours=3))
        people.add_candidate(CANDIDATE, joined=clock.now())
        travel_to(present)
        run_due_jobs()
    # The first night is far: the page of the service's health begins with a control of the books.
    books.control()


def renew() -> None:
    """The world was made on another day: Léa and Inès agree on a session today again."""
    lea, ines = User.objects.get(email=LEARNERS["lea"].email), User.objects.get(email=MENTORS[0].email)
    if today_sessions(lea):
        return
    present = clock.now()
    # Whoever plays with the demo may have taken the hour or changed the mentor.
    with moved_clock(), suppress(DomainError):
        travel_to(present - timedelta(hours=2))
        sessions.confirm(Wish(lea, ines, _slot_today(present), "Choisir le graphique qui convient."))


def _add_staff() -> User:
    staff = people.add_member(STAFF_EMAIL, "Camille", "Roux", joined=clock.now())
    staff.is_staff = staff.is_superuser = True
    staff.save(update_fields=["is_staff", "is_superuser"])
    return staff


def _lives(members: dict[str, User], present: datetime) -> list[Life]:
    today = present.astimezone(PARIS).date()
    return [
        *(_review(past, members, today) for past in _pasts()),
        *(money.hold(meeting) for meeting in money.meetings(members, today)),
        money.keep_credit(members["lea"], today),
        _agree_today(members, present),
        _yesterday(members, today),
        cases.missed(members, today),
    ]


def _pasts() -> list[Past]:
    return [Past(data.email, review) for data in MENTORS for review in data.reviews]


def _review(past: Past, members: dict[str, User], today: date) -> Life:
    """One session of the last weeks, from the request to the review."""
    learner, mentor = members[past.review.author], members[past.mentor]
    day = today - timedelta(days=past.review.days_ago)
    yield local(day - timedelta(days=2), "18:00")
    booking = sessions.confirm(
        Wish(learner, mentor, local(day, "10:00"), "Faire le point sur mon projet et repartir avec un plan.")
    )
    yield local(day, "10:00")
    booking = sessions.meet(booking, billed=timedelta(minutes=past.review.billed_minutes, seconds=12))
    yield local(day, "20:00")
    publish_review(booking=booking, by=learner, mark=past.review.mark, comment=past.review.comment)
    yield local(day + timedelta(days=2), "14:00")


def _agree_today(members: dict[str, User], present: datetime) -> Life:
    """What Léa has agreed on for today and later, before she pays credit in: it stays hers."""
    lea, ines, hugo = (members[key] for key in ("lea", MENTORS[0].email, "hugo@skilmi.example"))
    today = present.astimezone(PARIS).date()
    yield local(today - timedelta(days=6), "17:00")
    sessions.confirm(Wish(lea, ines, _slot_today(present), "Relire mon tableau de bord et choisir trois indicateurs."))
    sessions.confirm(Wish(lea, hugo, local(today + timedelta(days=6), "12:30"), "Un entretien blanc en anglais.", 30))


def _yesterday(members: dict[str, User], today: date) -> Life:
    """A session whose payout is still to come, not reviewed yet; a refusal; a cancellation."""
    lea, samira = members["lea"], members["samira@skilmi.example"]
    yield local(today - timedelta(days=5), "19:00")
    booking = sessions.confirm(
        Wish(lea, samira, local(today - timedelta(days=1), "11:00"), "Comprendre mon premier bilan.", 45)
    )
    yield local(today - timedelta(days=2), "17:00")
    refused = sessions.request(
        Wish(members["tom"], members["paul@skilmi.example"], local(today + timedelta(days=1), "09:00"), "Un portrait.")
    )
    refuse(booking=refused, by=members["paul@skilmi.example"], reason="Je suis en reportage toute la semaine.")
    canceled = sessions.confirm(
        Wish(members["awa"], members["jeanne@skilmi.example"], local(today + timedelta(days=2), "18:00"), "Déchiffrer.")
    )
    cancel_booking(booking=canceled, by=members["awa"], reason="Empêchement.")
    yield local(today - timedelta(days=1), "11:00")
    sessions.meet(booking, billed=timedelta(minutes=38, seconds=47))


def _read_everything(members: dict[str, User]) -> None:
    """People read what they are told: only the last day is new to a visitor of the demo."""
    for member in members.values():
        mark_all_read(user=member)
    for thread in Thread.objects.all():
        for member in (thread.first, thread.second):
            mark_read(thread=thread, user=member)


def _today(members: dict[str, User], present: datetime) -> None:
    """What a visitor finds going on: a session today, others to come, two open negotiations."""
    lea, tom, awa = members["lea"], members["tom"], members["awa"]
    ines, malik, hugo = (members[f"{name}@skilmi.example"] for name in ("mentor", "malik", "hugo"))
    today = present.astimezone(PARIS).date()
    # After yesterday's sessions, and never later than this night.
    travel_to(max(present - timedelta(days=1), local(today - timedelta(days=1), "18:00")))
    thread = get_or_create_thread(one=lea, other=ines)
    send_message(
        thread=thread,
        author=lea,
        body="Bonjour Inès, mon tableau de bord est prêt à être relu. Dois-je préparer autre chose pour demain ?",
        files=[sales_table(), sales_picture()],
    )
    send_message(thread=thread, author=ines, body="Non, il suffit. Gardez vos données sous la main. À demain !")
    sessions.confirm(
        Wish(
            tom, members["noah@skilmi.example"], local(today + timedelta(days=2), "19:00"), "Mettre mon site en ligne."
        )
    )
    sessions.request(Wish(tom, ines, local(today + timedelta(days=3), "14:30"), "Nettoyer un fichier de ventes.", 90))
    asked = sessions.request(
        Wish(lea, malik, local(today + timedelta(days=5), "18:00"), "Préparer mon entretien annuel.")
    )
    travel_to(present - timedelta(hours=5))
    at = local(today + timedelta(days=5), "19:30")
    counter_offer(
        booking=asked,
        by=malik,
        answers=asked.current_version().content_hash,
        day=at.date(),
        at=at.time(),
        duration_minutes=60,
        objectives=asked.current_version().objectives,
        note="Je finis une formation à 19 h ce jour-là.",
    )
    travel_to(present - timedelta(minutes=4))
    sessions.accept(
        sessions.request(Wish(awa, hugo, local(today + timedelta(days=4), "13:00"), "Présenter ma boutique.", 45)), hugo
    )


def _slot_today(present: datetime) -> datetime:
    """In twenty minutes, or late this evening; the room is open all day in any case."""
    soon = present.astimezone(PARIS) + timedelta(minutes=25)
    soon -= timedelta(minutes=soon.minute % 5, seconds=soon.second, microseconds=soon.microsecond)
    return min(soon, local(present.astimezone(PARIS).date(), "22:55"))
