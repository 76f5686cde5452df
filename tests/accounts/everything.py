"""A learner and a mentor who left words, files and traces everywhere; and a look into every table of the database."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from psycopg import sql

from accounts.models import User
from accounts.services import PageWords, accept_legal, set_photo, write_page
from bookings.models import Booking, CalendarFeed
from bookings.services import counter_offer, refuse, suggest_session
from catalog.models import MemberSkill
from catalog.services import TrainingWords, create_training
from core import clock
from core.files.keeping import Upload
from messaging.services import block, get_or_create_thread, report, send_message
from notifications.models import MutedKind
from reviews.services import publish_review
from sessions_video.models import VideoSession
from sessions_video.services import report_problem
from tests import people
from tests.core.files import samples
from tests.sessions_video.conftest import Room, confirm, hold_session, request

# Whatever a person typed holds one of these.
LEARNERS_WORDS, MENTORS_WORDS = "azurvermeil", "ocrejaune"


@dataclass
class World:
    learner: User
    mentor: User
    booking: Booking
    files: list[Path] = field(default_factory=list)

    def words_of(self, user: User) -> str:
        return LEARNERS_WORDS if user == self.learner else MENTORS_WORDS


def build() -> World:
    mentor, learner = people.mentor("Ermengarde", "Quatrebarbes"), people.member("Zephyrin", "Cornouaille")
    booking = confirm(request(mentor, learner))
    room = hold_session(Room(VideoSession.objects.with_people().get(booking=booking), mentor, learner, {}))
    world = World(learner, mentor, booking)
    for person in (learner, mentor):
        _leave_traces(world, person)
        words = world.words_of(person)
        report_problem(
            video_session=room.video_session,
            by=person,
            client_id=uuid4(),
            topic="sound",
            words=words,
            statistics={"browser": words},
        )
    publish_review(booking=booking, by=learner, mark=5, comment="Clair et patient.")
    _negotiate(world)
    return world


def _leave_traces(world: World, person: User) -> None:
    words, other = world.words_of(person), world.mentor if person == world.learner else world.learner
    write_page(user=person, words=PageWords(words, words, words, words, f"https://linkedin.com/in/{words}", words))
    page = set_photo(user=person, content=samples.image())
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    MutedKind.objects.create(user=person, kind="messaging.unread")
    CalendarFeed.objects.create(user=person, created_at=clock.now())
    accept_legal(user=person, documents=["cgu"])
    client = Client()
    client.force_login(person)
    client.get(reverse("pages:account"))
    thread = get_or_create_thread(one=person, other=other)
    files = [Upload(f"{words}.png", samples.image()), Upload(f"{words}.pdf", samples.PDF)]
    message = send_message(thread=thread, author=person, body=words, files=files)
    root = Path(settings.STORAGES["private"]["OPTIONS"]["location"])
    world.files += [root / str(sent.file.name) for sent in message.attachments.all()]
    world.files.append(Path(settings.MEDIA_ROOT) / str(page.photo.name))


def _negotiate(world: World) -> None:
    """A request that comes to nothing, a training, a proposed session, a stranger who is blocked."""
    learner, mentor = world.learner, world.mentor
    asked = request(mentor, learner, hour=20)
    version = asked.current_version()
    counter_offer(
        booking=asked,
        by=mentor,
        answers=version.content_hash,
        day=(clock.now() + timedelta(days=1)).date(),
        at=time(9),
        duration_minutes=60,
        objectives=MENTORS_WORDS,
        note=MENTORS_WORDS,
    )
    asked.refresh_from_db()
    refuse(booking=asked, by=learner, reason=LEARNERS_WORDS)
    skill = MemberSkill.objects.get(user=mentor).skill
    create_training(mentor=mentor, words=TrainingWords(skill.category, skill, MENTORS_WORDS, MENTORS_WORDS, 60))
    suggest_session(
        mentor=mentor,
        learner=learner,
        day=(clock.now() + timedelta(days=2)).date(),
        at=time(9),
        duration_minutes=60,
        objectives=MENTORS_WORDS,
        note=MENTORS_WORDS,
        skill=skill,
    )
    stranger = people.member("Nadia", "Faure")
    thread = get_or_create_thread(one=learner, other=stranger)
    send_message(thread=thread, author=learner, body=LEARNERS_WORDS)
    report(thread=thread, by=stranger, topic="scam", client_id=uuid4())
    block(by=stranger, person=learner)


def tables_that_know(marker: str) -> set[str]:
    """The tables with a row that says it somewhere."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            statement = sql.SQL("SELECT count(*) FROM {} AS line WHERE line::text ILIKE %s").format(
                sql.Identifier(table)
            )
            cursor.execute(statement, [f"%{marker}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def sessions_of(user: User) -> int:
    return sum(each.get_decoded().get("_auth_user_id") == str(user.pk) for each in Session.objects.all())
