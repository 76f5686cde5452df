"""What people are told in time: a proposal about to lapse (N-7), and hours that meet (K-20)."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import services
from bookings.models import Booking, Reminder
from bookings.states import Status
from catalog.models import Skill
from messaging.models import Message
from messaging.selectors import thread_between
from notifications.models import Email
from tests.bookings.making import DAY, NOW, ask, confirmed, counter, in_state, soon, text_of

DAY_BEFORE = timedelta(hours=24)
pytestmark = pytest.mark.usefixtures("skill")


def remind(booking: Booking) -> list[bool]:
    """What is due a day before the open version lapses."""
    booking.refresh_from_db()
    at = booking.expires_at - DAY_BEFORE
    return [services.send_reminder(reminder_id=pk, now=at) for pk in services.due_reminder_ids(now=at)]


@pytest.mark.requirement("K-14")
def test_both_are_warned_a_day_before_a_proposal_lapses(karim: User, claire: User) -> None:
    booking = ask(karim, claire, day=DAY + timedelta(days=30))
    assert services.due_reminder_ids(now=booking.expires_at - DAY_BEFORE - timedelta(seconds=1)) == []
    assert remind(booking) == [True]
    assert remind(booking) == []
    told = {mail.to: mail.body_text for mail in Email.objects.filter(kind="bookings.lapsing")}
    assert "Karim Benali attend votre réponse" in told[claire.email]
    assert "Claire Roux n’a pas encore répondu" in told[karim.email]
    for words in told.values():
        assert "mardi 8 décembre 2026 à 10:00 (Europe/Paris)" in words.replace("\xa0", " ")
    card = Message.objects.latest("pk")
    assert (card.data["event"], card.author) == ("lapsing", None)


@pytest.mark.requirement("K-14")
def test_another_version_moves_the_warning(karim: User, claire: User) -> None:
    booking = ask(karim, claire, day=DAY + timedelta(days=30))
    later = NOW + timedelta(days=3)
    counter(booking, claire, day=DAY + timedelta(days=30), now=later)
    assert Reminder.objects.get().due_at == later + timedelta(days=6)
    assert remind(booking) == [True]
    told = {mail.to: mail.body_text for mail in Email.objects.filter(kind="bookings.lapsing")}
    assert "Claire Roux attend votre réponse" in told[karim.email]


@pytest.mark.requirement("K-14")
@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.DECLINED, Status.WITHDRAWN])
def test_what_is_answered_no_longer_lapses(karim: User, claire: User, status: Status) -> None:
    booking = in_state(status, karim, claire)
    assert not any(remind(booking))
    assert not Email.objects.filter(kind="bookings.lapsing").exists()


def test_a_proposal_for_tomorrow_is_not_warned_about(karim: User, claire: User) -> None:
    ask(karim, claire, day=NOW.date(), at=time(18, 0))
    assert not Reminder.objects.exists()


@pytest.mark.requirement("K-20")
def test_the_thread_warns_the_mentor_of_another_open_request_at_that_time(
    client: Client, karim: User, nadia: User, claire: User
) -> None:
    ask(karim, claire, **soon())
    warning = "Une autre demande en cours se chevauche avec celle-ci."
    thread = thread_between(karim, claire)
    assert thread is not None
    client.force_login(claire)
    assert warning not in text_of(client.get(thread.get_absolute_url()))
    ask(nadia, claire, at=time(14, 30), **soon())
    assert warning in text_of(client.get(thread.get_absolute_url()))
    client.force_login(karim)
    assert warning not in text_of(client.get(thread.get_absolute_url()))


@pytest.mark.requirement("K-20")
def test_a_learner_who_asks_for_an_hour_he_already_has_is_told(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    confirmed(karim, claire, **soon())
    data = {
        "offer": f"competence:{skill.slug}",
        "duration": "60",
        "objectives": "Encore une heure",
        "day": f"{soon()['day']:%Y-%m-%d}",
        "at": "14:30",
    }
    client.force_login(karim)
    sent = text_of(client.post(f"{reverse('bookings:new')}?mentor={claire.page.slug}", data, follow=True))
    assert "Vous avez une autre session de 14:00 à 15:00 ce jour-là." in sent
    assert Booking.objects.filter(status=Status.REQUESTED).count() == 1
