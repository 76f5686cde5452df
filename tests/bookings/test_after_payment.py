from datetime import timedelta

import pytest

from accounts.models import User
from billing.models import Invoice, Payout, Settlement
from billing.selectors import credit_of
from bookings import services
from bookings.errors import AlreadyStarted, CancelTooLate
from bookings.models import Booking, Cancellation, Reminder
from bookings.signals import booking_canceling, booking_closed, booking_not_held
from bookings.states import Status
from catalog.models import Skill
from core.errors import IllegalMove
from core.models import Setting
from messaging.models import Message
from notifications.models import Email, EmailAttachment
from tests.bookings.making import AFTER, NOW, START, agreed, close, confirmed, in_state

SECOND = timedelta(seconds=1)


def mails(kind: str) -> dict[str, str]:
    return {mail.to: mail.subject + "\n" + mail.body_text for mail in Email.objects.filter(kind=f"bookings.{kind}")}


@pytest.mark.requirement("SK-74", "SK-77", "SK-76", "K-2")
def test_the_mentor_cancels_until_the_start_and_everything_comes_back(karim: User, claire: User, skill: Skill) -> None:
    booking = confirmed(karim, claire)
    for _twice in range(2):
        services.cancel_booking(booking=booking, by=claire, reason="Malade", now=START - SECOND)
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED
    assert (credit_of(karim).available_cents, credit_of(karim).held_cents) == (4700, 0)
    cancellation = Cancellation.objects.get()
    assert (cancellation.by, cancellation.reason, cancellation.returned_cents) == (claire, "Malade", 4700)
    words = mails("canceled")
    assert "Claire Roux a annulé la session" in words[karim.email]
    assert "47,00\xa0€ vous sont rendus en crédit" in words[karim.email]
    assert "Malade" in words[karim.email]
    assert "Vous avez annulé" in words[claire.email]
    assert len(words) == Email.objects.filter(kind="bookings.canceled").count() == 2
    assert not Invoice.objects.exists()


@pytest.mark.requirement("SK-70", "SK-74")
def test_the_learners_cancellation_is_told_by_email_in_the_thread_and_with_a_calendar_file(
    karim: User, claire: User, skill: Skill
) -> None:
    booking = confirmed(karim, claire)
    services.cancel_booking(booking=booking, by=karim, now=START - SECOND)
    assert "Karim Benali a annulé la session" in mails("canceled")[claire.email]
    assert Message.objects.get(data__event="canceled").author == karim
    files = EmailAttachment.objects.filter(email__kind="bookings.canceled")
    assert files.count() == 2
    for file in files:
        content = bytes(file.content).decode()
        assert "METHOD:CANCEL" in content
        assert "STATUS:CANCELLED" in content
        assert "SEQUENCE:1" in content


@pytest.mark.requirement("SK-74")
def test_after_the_planned_start_nobody_cancels_alone(karim: User, claire: User, skill: Skill) -> None:
    booking = confirmed(karim, claire)
    for person in (karim, claire):
        with pytest.raises(CancelTooLate, match="L’heure prévue est passée"):
            services.cancel_booking(booking=booking, by=person, now=START)
    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED
    assert credit_of(karim).held_cents == 4700


@pytest.mark.requirement("K-2")
def test_free_cancellation_hours_are_a_setting_for_the_learner(karim: User, claire: User, skill: Skill) -> None:
    Setting.objects.create(
        key="free_cancellation_hours", value=24, effective_from=NOW - timedelta(days=99), by=claire, reason="Essai"
    )
    booking = confirmed(karim, claire)
    with pytest.raises(CancelTooLate):
        services.cancel_booking(booking=booking, by=karim, now=START - timedelta(hours=24))
    assert services.cancel_booking(booking=booking, by=claire, now=START - SECOND).status == Status.CANCELED


@pytest.mark.requirement("K-1")
def test_the_room_may_refuse_a_cancellation(karim: User, claire: User, skill: Skill) -> None:
    def refuse(booking: Booking, **_extra: object) -> None:
        raise AlreadyStarted

    booking = confirmed(karim, claire)
    booking_canceling.connect(refuse)
    try:
        with pytest.raises(AlreadyStarted):
            services.cancel_booking(booking=booking, by=karim, now=NOW)
    finally:
        booking_canceling.disconnect(refuse)
    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED
    assert not Cancellation.objects.exists()


def test_a_booking_that_was_not_paid_is_canceled_without_money(karim: User, claire: User, skill: Skill) -> None:
    booking = agreed(karim, claire)
    services.cancel_booking(booking=booking, by=karim, now=NOW)
    assert Cancellation.objects.get().returned_cents == 0
    assert "Rien n’avait été payé" in mails("canceled")[claire.email]
    assert not EmailAttachment.objects.filter(email__kind="bookings.canceled").exists()


@pytest.mark.requirement("SK-8", "SK-48", "SK-9")
def test_closing_charges_the_billed_seconds_and_returns_the_rest(karim: User, claire: User, skill: Skill) -> None:
    heard: list[Booking] = []

    def hear(booking: Booking, **_extra: object) -> None:
        heard.append(booking)

    booking_closed.connect(hear)
    booking = confirmed(karim, claire)
    services.mark_in_progress(booking=booking, now=START)
    services.mark_in_progress(booking=booking, now=START)
    for _twice in range(2):
        close(booking)
    booking_closed.disconnect(hear)
    booking.refresh_from_db()
    assert heard == [booking]
    assert booking.status == Status.SETTLED
    assert [event.to_status for event in booking.events.all()][-3:] == ["in_progress", "closed", "settled"]
    settlement = Settlement.objects.get()
    assert (settlement.charged_cents, settlement.net_cents, settlement.released_cents) == (4324, 3459, 376)
    assert Payout.objects.get().amount_cents == 3459
    assert Invoice.objects.get().recipient == karim
    words = mails("closed")
    assert "43,24\xa0€" in words[karim.email]
    assert "3,76\xa0€ vous sont rendus" in words[karim.email]
    assert "donner votre avis" in words[karim.email]
    assert "34,59\xa0€" in words[claire.email]
    assert "jeudi 10 décembre 2026 à 15:00" in words[claire.email].replace("\xa0", " ")
    assert Message.objects.get(data__event="closed").data["charged_cents"] == 4324


@pytest.mark.requirement("K-11")
def test_a_session_ended_within_the_free_time_costs_nothing(karim: User, claire: User, skill: Skill) -> None:
    booking = close(confirmed(karim, claire), seconds=0)
    assert booking.status == Status.SETTLED
    assert credit_of(karim).available_cents == 4700
    assert not Invoice.objects.exists()
    assert not Payout.objects.exists()
    assert "rien n’est facturé" in mails("closed")[karim.email]
    assert "votre avis" not in mails("closed")[karim.email]


@pytest.mark.requirement("K-11")
def test_a_day_without_session_keeps_the_money_blocked(karim: User, claire: User, skill: Skill) -> None:
    heard: list[Booking] = []

    def hear(booking: Booking, **_extra: object) -> None:
        heard.append(booking)

    booking_not_held.connect(hear)
    booking = confirmed(karim, claire)
    for _twice in range(2):
        services.mark_not_held(booking=booking, now=AFTER)
    booking_not_held.disconnect(hear)
    assert heard == [booking]
    assert credit_of(karim).held_cents == 4700
    assert mails("not_held") == {}  # whoever opens the case writes to both


def test_what_is_not_confirmed_is_neither_closed_nor_not_held(karim: User, claire: User, skill: Skill) -> None:
    booking = in_state(Status.ACCEPTED, karim, claire)
    with pytest.raises(IllegalMove):
        close(booking)
    with pytest.raises(IllegalMove):
        services.mark_not_held(booking=booking, now=AFTER)


def test_both_are_reminded_a_day_and_an_hour_before(karim: User, claire: User, skill: Skill) -> None:
    booking = confirmed(karim, claire)
    assert [row.due_at for row in Reminder.objects.order_by("due_at")] == [
        START - timedelta(hours=24),
        START - timedelta(hours=1),
    ]
    assert services.due_reminder_ids(now=START - timedelta(hours=25)) == []
    day_before = START - timedelta(hours=24)
    (due,) = services.due_reminder_ids(now=day_before)
    assert services.send_reminder(reminder_id=due, now=day_before)
    assert not services.send_reminder(reminder_id=due, now=day_before)
    assert set(mails("reminder")) == {karim.email, claire.email}
    assert "Demain" in mails("reminder")[karim.email]
    (due,) = services.due_reminder_ids(now=START - timedelta(hours=1))
    services.send_reminder(reminder_id=due, now=START - timedelta(hours=1))
    assert "commence à 14:00" in Email.objects.filter(kind="bookings.reminder").latest("pk").subject
    assert booking.get_absolute_url() in Email.objects.filter(kind="bookings.reminder").latest("pk").body_html


def test_no_reminder_for_a_canceled_session_nor_after_its_start(karim: User, claire: User, skill: Skill) -> None:
    booking = confirmed(karim, claire)
    first, second = Reminder.objects.order_by("due_at")
    assert not services.send_reminder(reminder_id=first.pk, now=START)
    services.cancel_booking(booking=booking, by=karim, now=NOW)
    assert not services.send_reminder(reminder_id=second.pk, now=START - timedelta(minutes=30))
    assert not Email.objects.filter(kind="bookings.reminder").exists()


def test_a_reminder_whose_time_is_past_is_not_made(karim: User, claire: User, skill: Skill) -> None:
    confirmed(karim, claire, now=START - timedelta(hours=3))
    assert [row.kind for row in Reminder.objects.all()] == ["1h"]
