from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from bookings import rules, services
from bookings.errors import (
    BookingError,
    ConfirmedIsFixed,
    Lapsed,
    NothingChanged,
    NotYourTurn,
    SlotTaken,
    VersionReplaced,
)
from bookings.models import Booking
from bookings.states import ALLOWED, Status
from catalog.models import Skill
from core.errors import DomainError, IllegalMove
from messaging.models import Message
from notifications.models import Email
from tests.bookings.making import (
    AT,
    DAY,
    NOW,
    accept,
    agreed,
    ask,
    confirmed,
    counter,
    current_hash,
    in_state,
)

HALF_HOUR = timedelta(minutes=30)


@pytest.mark.requirement("SK-60", "SK-63")
def test_the_mentor_accepts_the_request_as_it_stands(karim: User, claire: User, skill: Skill) -> None:
    booking = agreed(karim, claire)
    assert booking.status == Status.ACCEPTED
    assert booking.pay_before == NOW + HALF_HOUR
    acceptances = booking.current_version().acceptances.all()
    assert {row.user for row in acceptances} == {karim, claire}
    assert len({row.content_hash for row in acceptances}) == 1
    mail = Email.objects.get(kind="bookings.payment_due")
    assert mail.to == karim.email
    assert not Email.objects.filter(kind="bookings.accepted").exists()


@pytest.mark.requirement("SK-60", "SK-62", "SK-63")
def test_a_counter_offer_waits_for_the_learner(karim: User, claire: User, skill: Skill) -> None:
    booking = counter(ask(karim, claire), claire, note="Une heure serait courte.")
    assert booking.status == Status.COUNTERED
    assert (booking.version, booking.duration_minutes, booking.maximum_cents) == (2, 90, 7050)
    assert booking.awaits == karim
    mail = Email.objects.get(kind="bookings.countered")
    assert mail.to == karim.email
    assert "Une heure serait courte." in mail.body_text
    accept(booking, karim)
    booking.refresh_from_db()
    assert booking.status == Status.ACCEPTED
    assert Email.objects.get(kind="bookings.accepted").to == claire.email


def test_proposals_can_go_back_and_forth(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    counter(booking, claire)
    counter(booking, karim, at=time(17, 0))
    counter(booking, claire, at=time(18, 0))
    booking.refresh_from_db()
    assert (booking.status, booking.version) == (Status.COUNTERED, 4)
    assert [event.to_status for event in booking.events.all()] == ["requested", "countered", "requested", "countered"]
    assert Message.objects.filter(reference=booking.ledger_reference).count() == 4


@pytest.mark.requirement("SK-63")
def test_a_version_that_was_replaced_cannot_be_accepted(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    read = current_hash(booking)
    counter(booking, claire)
    with pytest.raises(VersionReplaced, match="La proposition a changé pendant que vous la lisiez"):
        services.accept_version(booking=booking, by=karim, content_hash=read, now=NOW)
    with pytest.raises(VersionReplaced):
        counter(booking, karim, answers=read)
    booking.refresh_from_db()
    assert booking.status == Status.COUNTERED


@pytest.mark.requirement("SK-63")
def test_the_author_of_a_version_cannot_accept_it_for_both(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    with pytest.raises(NotYourTurn):
        accept(booking, karim)
    with pytest.raises(NotYourTurn):
        counter(booking, karim)


def test_accepting_twice_changes_nothing(karim: User, claire: User, skill: Skill) -> None:
    booking = agreed(karim, claire)
    assert accept(booking, claire, now=NOW + timedelta(minutes=5)).pay_before == NOW + HALF_HOUR
    assert booking.events.count() == 2
    assert Email.objects.filter(kind="bookings.payment_due").count() == 1


def test_a_counter_offer_must_change_something(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    with pytest.raises(NothingChanged):
        counter(booking, claire, at=AT, duration_minutes=60)


def test_a_hash_covers_every_term(karim: User, claire: User, skill: Skill) -> None:
    version = ask(karim, claire).current_version()
    terms = version.terms()
    assert rules.content_hash(terms) == version.content_hash
    for name, value in terms.items():
        changed: Any = value + timedelta(minutes=5) if isinstance(value, datetime) else f"{value}1"
        assert rules.content_hash(terms | {name: changed}) != version.content_hash


@pytest.mark.requirement("SK-60")
def test_a_refusal_ends_it_with_its_reason(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    for _twice in range(2):
        services.refuse(booking=booking, by=claire, reason="En congé ce jour-là", now=NOW)
    booking.refresh_from_db()
    assert booking.status == Status.DECLINED
    assert booking.events.last().reason == "En congé ce jour-là"  # type: ignore[union-attr]
    mail = Email.objects.get(kind="bookings.declined")
    assert (mail.to, "En congé ce jour-là" in mail.body_text) == (karim.email, True)


def test_the_learner_withdraws_his_request_and_the_mentor_his_proposal(karim: User, claire: User, skill: Skill) -> None:
    first = ask(karim, claire)
    for _twice in range(2):
        services.withdraw(booking=first, by=karim, now=NOW)
    second = counter(ask(karim, claire), claire)
    services.withdraw(booking=second, by=claire, now=NOW)
    assert set(Booking.objects.values_list("status", flat=True)) == {Status.WITHDRAWN}
    assert [mail.to for mail in Email.objects.filter(kind="bookings.withdrawn").order_by("pk")] == [
        claire.email,
        karim.email,
    ]


@pytest.mark.requirement("K-14")
def test_an_open_version_lapses_after_seven_days_or_at_its_start(karim: User, claire: User, skill: Skill) -> None:
    soon = ask(karim, claire, day=NOW.date(), at=time(18, 0))
    late = ask(karim, claire, day=NOW.date() + timedelta(days=30))
    assert soon.expires_at == datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    assert late.expires_at == NOW + timedelta(days=7)
    assert services.due_request_ids(now=late.expires_at - timedelta(seconds=1)) == [soon.pk]
    assert services.lapse_request(booking_id=soon.pk, now=soon.expires_at)
    assert not services.lapse_request(booking_id=soon.pk, now=soon.expires_at)
    assert not services.lapse_request(booking_id=late.pk, now=soon.expires_at)
    assert Email.objects.filter(kind="bookings.lapsed").count() == 2


@pytest.mark.requirement("K-14")
def test_a_lapsed_version_is_refused_with_its_date_even_before_the_sweep(
    karim: User, claire: User, skill: Skill
) -> None:
    booking = ask(karim, claire, day=DAY + timedelta(days=60))
    with pytest.raises(Lapsed) as refused:
        accept(booking, claire, now=booking.expires_at)
    assert "a expiré le 8\xa0décembre à 10:00 (Europe/Paris)" in str(refused.value.user_message)
    services.lapse_request(booking_id=booking.pk, now=booking.expires_at)
    with pytest.raises(Lapsed):
        counter(booking, claire, now=booking.expires_at)


@pytest.mark.requirement("K-20")
def test_two_agreed_sessions_of_a_mentor_do_not_overlap(karim: User, nadia: User, claire: User, skill: Skill) -> None:
    agreed(karim, claire)
    overlapping = ask(nadia, claire, at=time(14, 30))
    with pytest.raises(SlotTaken, match="Vous avez déjà une session de 14:00 à 15:00 ce jour-là"):
        accept(overlapping, claire)
    counter(overlapping, claire, at=time(14, 45))
    with pytest.raises(SlotTaken, match="Le mentor a déjà une session de 14:00 à 15:00"):
        accept(overlapping, nadia)
    counter(overlapping, nadia, at=time(15, 0))
    assert accept(overlapping, claire).status == Status.ACCEPTED


@pytest.mark.requirement("K-20")
def test_a_lapsed_payment_frees_the_interval(karim: User, nadia: User, claire: User, skill: Skill) -> None:
    first = agreed(karim, claire)
    second = ask(nadia, claire)
    services.lapse_payment(booking_id=first.pk, now=NOW + HALF_HOUR)
    assert accept(second, claire, now=NOW + HALF_HOUR).status == Status.ACCEPTED


@pytest.mark.requirement("SK-71", "K-1")
def test_a_confirmed_booking_cannot_be_changed(karim: User, claire: User, skill: Skill) -> None:
    booking = confirmed(karim, claire)
    for person in (karim, claire):
        with pytest.raises(ConfirmedIsFixed, match="Une réservation confirmée ne se modifie pas"):
            counter(booking, person)
        with pytest.raises(ConfirmedIsFixed):
            services.refuse(booking=booking, by=person, now=NOW)
        with pytest.raises(ConfirmedIsFixed):
            services.withdraw(booking=booking, by=person, now=NOW)


VERBS: dict[str, Any] = {
    "accept": accept,
    "counter": lambda booking, by: counter(booking, by, at=time(17, 0)),
    "refuse": lambda booking, by: services.refuse(booking=booking, by=by, now=NOW),
    "withdraw": lambda booking, by: services.withdraw(booking=booking, by=by, now=NOW),
    "cancel": lambda booking, by: services.cancel_booking(booking=booking, by=by, now=NOW),
}
# What each verb of each person leads to, from each state; everything else is refused and changes nothing.
ROADS = {
    ("requested", "mentor", "accept"): "accepted",
    ("requested", "mentor", "counter"): "countered",
    ("requested", "mentor", "refuse"): "declined",
    ("requested", "learner", "withdraw"): "withdrawn",
    ("countered", "learner", "accept"): "accepted",
    ("countered", "learner", "counter"): "requested",
    ("countered", "learner", "refuse"): "declined",
    ("countered", "mentor", "withdraw"): "withdrawn",
    ("accepted", "learner", "accept"): "accepted",
    ("accepted", "mentor", "accept"): "accepted",
    ("accepted", "learner", "cancel"): "canceled",
    ("accepted", "mentor", "cancel"): "canceled",
    ("payment_lapsed", "learner", "cancel"): "canceled",
    ("payment_lapsed", "mentor", "cancel"): "canceled",
    ("confirmed", "learner", "cancel"): "canceled",
    ("confirmed", "mentor", "cancel"): "canceled",
    # Repeating changes nothing.
    ("declined", "learner", "refuse"): "declined",
    ("declined", "mentor", "refuse"): "declined",
    ("withdrawn", "learner", "withdraw"): "withdrawn",
    ("withdrawn", "mentor", "withdraw"): "withdrawn",
    ("canceled", "learner", "cancel"): "canceled",
    ("canceled", "mentor", "cancel"): "canceled",
}
REACHED = [status for status in Status if status != Status.CLOSED]


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("role", ["learner", "mentor"])
@pytest.mark.parametrize("status", REACHED)
@pytest.mark.usefixtures("skill")
def test_every_verb_of_each_person_in_each_state(
    karim: User, claire: User, status: Status, role: str, verb: str
) -> None:
    booking = in_state(status, karim, claire)
    person = karim if role == "learner" else claire
    expected = ROADS.get((status.value, role, verb))
    steps = booking.events.count()
    if expected is None:
        with pytest.raises(DomainError):
            VERBS[verb](booking, person)
        assert booking.events.count() == steps
    else:
        VERBS[verb](booking, person)
        assert booking.events.count() == steps + (expected != status.value)
    booking.refresh_from_db()
    assert booking.status == (expected or status.value)


def test_every_road_is_in_the_map() -> None:
    for (start, _role, _verb), end in ROADS.items():
        assert end == start or end in ALLOWED[start]


def test_a_stranger_is_never_expected(karim: User, claire: User, nadia: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    for verb in ("accept", "counter", "refuse"):
        with pytest.raises((BookingError, IllegalMove)):
            VERBS[verb](booking, nadia)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["accept", "counter"]),
        st.sampled_from(["learner", "mentor"]),
        st.integers(0, 5),  # which of the versions seen so far the person has in front of him
        st.sampled_from([time(14, 0), time(16, 0)]),
        st.sampled_from([60, 90]),
    ),
    max_size=8,
)


@pytest.mark.requirement("SK-63")
@given(moves=MOVES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_booking_is_agreed_only_when_both_accepted_the_same_content(
    karim: User, claire: User, skill: Skill, moves: list[tuple[str, str, int, time, int]]
) -> None:
    booking = ask(karim, claire)
    seen = [current_hash(booking)]
    accepted: dict[str, set[str]] = {"learner": {seen[0]}, "mentor": set()}
    for verb, role, index, at, minutes in moves:
        person = karim if role == "learner" else claire
        read = seen[index % len(seen)]
        try:
            if verb == "accept":
                services.accept_version(booking=booking, by=person, content_hash=read, now=NOW)
                accepted[role].add(read)
            else:
                counter(booking, person, answers=read, at=at, duration_minutes=minutes)
                seen.append(current_hash(booking))
                accepted[role].add(seen[-1])
        except DomainError:
            continue
    booking.refresh_from_db()
    content = booking.current_version().content_hash
    assert (booking.status == Status.ACCEPTED) == all(content in hashes for hashes in accepted.values())
    assert booking.starts_at == booking.current_version().starts_at
    if booking.status == Status.ACCEPTED:
        services.cancel_booking(booking=booking, by=karim, now=NOW)  # frees the interval for the next example
