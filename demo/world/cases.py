"""Bad days: a complaint the team has to decide on, and a session that one of the two missed."""

from datetime import date, timedelta
from uuid import uuid4

from accounts.models import User
from bookings.models import Booking
from cases.models import Case
from cases.services import Complaint, give_statement, open_complaint
from demo.world import sessions
from demo.world.lives import Life
from demo.world.sessions import STEP_SECONDS, Wish
from demo.world.time import local, wait
from sessions_video import services as room
from sessions_video.models import VideoSession

WAITED = timedelta(minutes=18)


def complain(booking: Booking) -> Case:
    words = Complaint(
        "technique",
        "Le son s’est coupé plusieurs fois pendant le dernier quart d’heure, et nous n’avons pas fini le calcul.",
        8_00,
    )
    return open_complaint(booking=booking, complaint=words)


def answer(case: Case) -> None:
    give_statement(
        case=case,
        by=case.booking.mentor,
        words="J’ai entendu les coupures aussi. J’ai envoyé la feuille de calcul terminée après la session.",
    )


def missed(members: dict[str, User], today: date) -> Life:
    """Léa forgot; Jeanne waited, then said so. What Léa says is still expected."""
    lea, jeanne = members["lea"], members["jeanne@skilmi.example"]
    day = today - timedelta(days=2)
    yield local(day - timedelta(days=3), "20:00")
    booking = sessions.confirm(Wish(lea, jeanne, local(day, "18:00"), "Lire une partition à vue.", 45))
    yield local(day, "18:00")
    _wait_alone(booking, jeanne)
    yield local(day + timedelta(days=1), "00:02")
    room.sweep_session(VideoSession.objects.get(booking=booking).pk)
    yield local(day + timedelta(days=1), "08:30")
    give_statement(
        case=Case.objects.with_people().get(booking=booking),
        by=jeanne,
        words="Je suis restée dans la salle un bon quart d’heure. Léa n’est pas venue et n’a pas écrit.",
    )


def _wait_alone(booking: Booking, person: User) -> None:
    meeting = VideoSession.objects.get(booking=booking)
    lease = room.join(video_session=meeting, by=person, page=uuid4()).lease
    for _beat in range(int(WAITED.total_seconds() / STEP_SECONDS)):
        wait(STEP_SECONDS)
        room.beat([lease])
    room.leave(video_session_id=meeting.pk, lease=lease)
