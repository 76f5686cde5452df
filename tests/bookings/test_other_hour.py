"""Another hour of the planned day, agreed by both: it stands beside a booking that never changes (SK-72, SK-73)."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event

from accounts.models import User
from bookings import selectors, services
from bookings.errors import (
    AlreadyProposed,
    AlreadyStarted,
    CancelTooLate,
    EndsAfterMidnight,
    HourDoesNotExist,
    HourInThePast,
    NotYourTurn,
    ProposalClosed,
    SameHour,
)
from bookings.models import Booking, JointProposal, Reminder
from bookings.states import JointStatus, Status
from core.errors import DomainError, IllegalMove
from notifications.models import Email
from tests.bookings.making import NOW, START, confirmed, in_state

# Of DAY, in Paris.
FOUR, FIVE = time(16, 0), time(17, 0)
AT_FOUR = datetime(2026, 12, 8, 15, 0, tzinfo=UTC)
ELEVEN = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)


def propose(booking: Booking, by: User, at: time = FOUR, **options: Any) -> JointProposal:
    return services.propose_hour(booking=booking, by=by, at=at, **({"now": NOW} | options))


def agree(booking: Booking, by: User, at: time = FOUR, **options: Any) -> Booking:
    """Proposed by one, accepted by the other."""
    proposal = propose(booking, by, at, **options)
    services.accept_proposal(proposal=proposal, by=booking.other(by), **({"now": NOW} | options))
    booking.refresh_from_db()
    return booking


def event_of(content: bytes) -> Event:
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert isinstance(event, Event)
    return event


def terms(booking: Booking) -> dict[str, Any]:
    """Everything the two agreed on and paid for."""
    row = Booking.objects.values().get(pk=booking.pk)
    return {name: value for name, value in row.items() if name not in {"agreed_time", "agreed_changes"}}


@pytest.mark.requirement("SK-72", "SK-71", "K-1")
@pytest.mark.usefixtures("skill")
def test_both_click_and_the_hour_is_kept_beside_terms_that_do_not_change(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    before, versions = terms(booking), list(booking.versions.values())
    proposal = propose(booking, karim)
    booking.refresh_from_db()
    assert booking.agreed_time is None
    services.accept_proposal(proposal=proposal, by=claire, now=NOW)
    booking.refresh_from_db()
    assert (booking.meets_at, booking.meets_until) == (AT_FOUR, AT_FOUR + timedelta(hours=1))
    assert booking.starts_at == START
    assert terms(booking) == before
    assert list(booking.versions.values()) == versions


@pytest.mark.requirement("SK-72")
@pytest.mark.usefixtures("skill")
def test_both_are_told_and_calendars_get_a_newer_version(karim: User, claire: User) -> None:
    booking = agree(confirmed(karim, claire), claire)
    assert [mail.to for mail in Email.objects.filter(kind="bookings.hour_proposed")] == [karim.email]
    told = Email.objects.filter(kind="bookings.hour_agreed").order_by("pk")
    assert {mail.to for mail in told} == {karim.email, claire.email}
    for mail in told:
        assert "Heure convenue" in mail.subject
        assert "mardi 8 décembre 2026 à 16:00 (Europe/Paris)" in mail.body_text.replace("\xa0", " ")
        assert "s’arrête toujours à l’heure prévue, le mardi 8 décembre 2026 à 14:00" in mail.body_text.replace(
            "\xa0", " "
        )
    event = event_of(services.calendar_file(booking, karim, "REQUEST"))
    assert (event.start, event.end) == (AT_FOUR, AT_FOUR + timedelta(hours=1))
    assert event.decoded("sequence") == 1
    services.cancel_booking(booking=booking, by=karim, now=NOW)
    assert event_of(services.calendar_file(booking, karim, "CANCEL")).decoded("sequence") > 1


@pytest.mark.requirement("SK-72")
@pytest.mark.usefixtures("skill")
def test_reminders_follow_the_agreed_hour(karim: User, claire: User) -> None:
    booking = agree(confirmed(karim, claire), claire)
    due = dict(Reminder.objects.filter(booking=booking, kind__in=["24h", "1h"]).values_list("kind", "due_at"))
    assert due == {"24h": AT_FOUR - timedelta(hours=24), "1h": AT_FOUR - timedelta(hours=1)}
    for reminder in Reminder.objects.filter(booking=booking, kind="1h"):
        assert services.send_reminder(reminder_id=reminder.pk, now=AT_FOUR - timedelta(hours=1))
    assert "16:00" in Email.objects.filter(kind="bookings.reminder")[0].subject


@pytest.mark.requirement("SK-72")
@pytest.mark.usefixtures("skill")
def test_people_reminded_of_the_planned_hour_are_reminded_again_of_the_agreed_one(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    for reminder_id in services.due_reminder_ids(now=START - timedelta(minutes=30)):
        services.send_reminder(reminder_id=reminder_id, now=START - timedelta(minutes=30))
    agree(booking, claire, now=START - timedelta(minutes=20))
    unsent = Reminder.objects.get(booking=booking, sent_at=None)
    assert (unsent.kind, unsent.due_at) == ("1h", AT_FOUR - timedelta(hours=1))


@pytest.mark.requirement("SK-74", "K-1")
@pytest.mark.usefixtures("skill")
def test_the_limit_for_canceling_alone_stays_the_planned_start(karim: User, claire: User) -> None:
    booking = agree(confirmed(karim, claire), claire)
    for person in (karim, claire):
        assert selectors.cancellation_deadline(booking, person) == START
        with pytest.raises(CancelTooLate):
            services.cancel_booking(booking=booking, by=person, now=START)
    services.cancel_booking(booking=booking, by=claire, now=START - timedelta(seconds=1))
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED


@pytest.mark.requirement("K-1")
@pytest.mark.usefixtures("skill")
def test_an_earlier_hour_does_not_move_the_limit_either(karim: User, claire: User) -> None:
    booking = agree(confirmed(karim, claire), karim, time(10, 0))
    services.cancel_booking(booking=booking, by=karim, now=START - timedelta(minutes=1))
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED


@pytest.mark.requirement("SK-72", "K-1")
@pytest.mark.usefixtures("skill")
def test_after_the_planned_start_another_hour_can_still_be_agreed(karim: User, claire: User) -> None:
    booking = agree(confirmed(karim, claire), karim, FIVE, now=START + timedelta(minutes=30))
    assert booking.agreed_time == AT_FOUR + timedelta(hours=1)


@pytest.mark.usefixtures("skill")
def test_agreeing_on_the_planned_hour_again_leaves_no_trace_beside_it(karim: User, claire: User) -> None:
    booking = agree(confirmed(karim, claire), karim)
    agree(booking, claire, time(14, 0))
    assert (booking.agreed_time, booking.agreed_changes) == (None, 2)


@pytest.mark.requirement("SK-72", "K-15")
@pytest.mark.parametrize(
    ("at", "error"),
    [
        (time(14, 0), SameHour),
        (time(23, 5), EndsAfterMidnight),
        (time(10, 0), HourInThePast),
    ],
)
@pytest.mark.usefixtures("skill")
def test_hours_that_cannot_be_are_refused(karim: User, claire: User, at: time, error: type[DomainError]) -> None:
    booking = confirmed(karim, claire)
    with pytest.raises(error):
        propose(booking, karim, at, now=ELEVEN)
    assert not JointProposal.objects.exists()


@pytest.mark.requirement("SK-72", "K-15")
@pytest.mark.usefixtures("skill")
def test_in_the_night_of_spring_the_skipped_hour_is_refused(karim: User, claire: User) -> None:
    now = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)
    booking = confirmed(karim, claire, day=datetime(2027, 3, 28, tzinfo=UTC).date(), at=time(14, 0), now=now)
    with pytest.raises(HourDoesNotExist):
        propose(booking, karim, time(2, 30), now=now)
    # 23 hours long: midnight is 22:00 UTC.
    agree(booking, karim, time(23, 0), now=now)
    assert booking.meets_until == booking.day_bounds.ends_at == datetime(2027, 3, 28, 22, 0, tzinfo=UTC)


@pytest.mark.requirement("SK-72", "K-15")
@pytest.mark.usefixtures("skill")
def test_in_the_night_of_autumn_an_hour_that_occurs_twice_means_the_first(karim: User, claire: User) -> None:
    now = datetime(2026, 10, 18, 9, 0, tzinfo=UTC)
    booking = confirmed(karim, claire, day=datetime(2026, 10, 25, tzinfo=UTC).date(), at=time(14, 0), now=now)
    agree(booking, karim, time(2, 30), now=now)
    assert booking.agreed_time == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    agree(booking, karim, time(3, 0), now=now)
    assert booking.agreed_time == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


# --- who, when ---


@pytest.mark.parametrize("status", [status for status in Status if status not in {Status.CLOSED, Status.CONFIRMED}])
@pytest.mark.usefixtures("skill")
def test_only_a_confirmed_booking_has_another_hour(karim: User, claire: User, status: Status) -> None:
    booking = in_state(status, karim, claire)
    for person in (karim, claire):
        with pytest.raises((IllegalMove, AlreadyStarted)):
            propose(booking, person)
    assert not JointProposal.objects.exists()


@pytest.mark.requirement("SK-72")
@pytest.mark.usefixtures("skill")
def test_nobody_agrees_with_himself(karim: User, claire: User) -> None:
    proposal = propose(confirmed(karim, claire), karim)
    with pytest.raises(NotYourTurn):
        services.accept_proposal(proposal=proposal, by=karim, now=NOW)
    with pytest.raises(NotYourTurn):
        services.refuse_proposal(proposal=proposal, by=karim, now=NOW)
    with pytest.raises(NotYourTurn):
        services.withdraw_proposal(proposal=proposal, by=claire, now=NOW)


@pytest.mark.usefixtures("skill")
def test_another_proposal_replaces_the_one_before(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    first = propose(booking, karim)
    second = propose(booking, claire, FIVE)
    first.refresh_from_db()
    assert first.status == JointStatus.REPLACED
    with pytest.raises(ProposalClosed):
        services.accept_proposal(proposal=first, by=claire, now=NOW)
    services.accept_proposal(proposal=second, by=karim, now=NOW)
    booking.refresh_from_db()
    assert booking.agreed_time == AT_FOUR + timedelta(hours=1)


@pytest.mark.usefixtures("skill")
def test_the_same_hour_sent_twice_is_one_proposal(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    assert propose(booking, karim) == propose(booking, karim)
    with pytest.raises(AlreadyProposed):
        propose(booking, claire)
    assert Email.objects.filter(kind="bookings.hour_proposed").count() == 1


@pytest.mark.usefixtures("skill")
def test_answers_sent_twice_change_nothing_more(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    proposal = propose(booking, karim)
    for _twice in range(2):
        services.accept_proposal(proposal=proposal, by=claire, now=NOW)
    refused = propose(booking, karim, FIVE)
    for _twice in range(2):
        services.refuse_proposal(proposal=refused, by=claire, now=NOW)
    taken_back = propose(booking, karim, FIVE)
    for _twice in range(2):
        services.withdraw_proposal(proposal=taken_back, by=karim, now=NOW)
    booking.refresh_from_db()
    assert (booking.agreed_time, booking.agreed_changes) == (AT_FOUR, 1)
    assert Email.objects.filter(kind="bookings.hour_agreed").count() == 2
    assert Email.objects.filter(kind="bookings.hour_refused").count() == 1


@pytest.mark.usefixtures("skill")
def test_a_proposal_lapses_at_its_own_hour(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    proposal = propose(booking, karim)
    assert services.due_joint_ids(now=AT_FOUR - timedelta(seconds=1)) == []
    with pytest.raises(ProposalClosed):
        services.accept_proposal(proposal=proposal, by=claire, now=AT_FOUR)
    assert services.due_joint_ids(now=AT_FOUR) == [proposal.pk]
    assert services.lapse_joint(proposal_id=proposal.pk, now=AT_FOUR)
    assert not services.lapse_joint(proposal_id=proposal.pk, now=AT_FOUR)
    proposal.refresh_from_db()
    assert proposal.status == JointStatus.LAPSED


@pytest.mark.requirement("SK-96", "K-1")
@pytest.mark.usefixtures("skill")
def test_once_time_is_billed_an_open_proposal_is_void(karim: User, claire: User) -> None:
    booking = confirmed(karim, claire)
    proposal = propose(booking, karim)
    services.mark_in_progress(booking=booking, now=START)
    with pytest.raises(AlreadyStarted):
        services.accept_proposal(proposal=proposal, by=claire, now=START)
    assert services.due_joint_ids(now=START) == [proposal.pk]
    assert services.lapse_joint(proposal_id=proposal.pk, now=START)
