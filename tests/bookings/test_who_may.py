"""Every verb of a booking, asked for by everybody in every state: what it leads to, or that it changes nothing."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import services
from bookings.models import Booking
from bookings.states import JointStatus, Status
from core import clock
from tests.billing.money import pay_in
from tests.bookings.making import accept, ask, close, counter, current_hash, soon, url

NOT_FOUND = 404
LEARNER, MENTOR, BOTH = ("learner",), ("mentor",), ("learner", "mentor")


# --- states, each through the road that leads there ---


def requested(learner: User, mentor: User) -> Booking:
    pay_in(learner, 10_000, at=clock.now())
    return ask(learner, mentor, **soon())


def countered(learner: User, mentor: User) -> Booking:
    booking = requested(learner, mentor)
    return counter(booking, mentor, **soon())


def declined(learner: User, mentor: User) -> Booking:
    return services.refuse(booking=requested(learner, mentor), by=mentor)


def withdrawn(learner: User, mentor: User) -> Booking:
    return services.withdraw(booking=requested(learner, mentor), by=learner)


def lapsed(learner: User, mentor: User) -> Booking:
    booking = requested(learner, mentor)
    services.lapse_request(booking_id=booking.pk, now=booking.expires_at)
    return booking


def accepted(learner: User, mentor: User) -> Booking:
    return accept(requested(learner, mentor), mentor, now=clock.now())


def payment_lapsed(learner: User, mentor: User) -> Booking:
    booking = accepted(learner, mentor)
    services.lapse_payment(booking_id=booking.pk, now=booking.pay_before)
    return booking


def confirmed(learner: User, mentor: User) -> Booking:
    booking = accepted(learner, mentor)
    services.begin_payment(booking=booking, by=learner, shown_cents=0, asks_early_start=True)
    booking.refresh_from_db()
    return booking


def hour_proposed(learner: User, mentor: User) -> Booking:
    booking = confirmed(learner, mentor)
    services.propose_hour(booking=booking, by=learner, at=time(16, 0))
    return booking


def past_its_hour(learner: User, mentor: User) -> Booking:
    booking = confirmed(learner, mentor)
    clock.get_clock().advance(booking.starts_at + timedelta(minutes=5) - clock.now())  # type: ignore[attr-defined]
    return booking


def giving_up_proposed(learner: User, mentor: User) -> Booking:
    booking = past_its_hour(learner, mentor)
    services.propose_cancellation(booking=booking, by=mentor)
    return booking


def in_progress(learner: User, mentor: User) -> Booking:
    return services.mark_in_progress(booking=giving_up_proposed(learner, mentor))


def settled(learner: User, mentor: User) -> Booking:
    return close(services.mark_in_progress(booking=past_its_hour(learner, mentor)))


def not_held(learner: User, mentor: User) -> Booking:
    booking = past_its_hour(learner, mentor)
    clock.get_clock().advance(booking.day_bounds.ends_at - clock.now())  # type: ignore[attr-defined]
    return services.mark_not_held(booking=booking)


def canceled(learner: User, mentor: User) -> Booking:
    return services.cancel_booking(booking=confirmed(learner, mentor), by=mentor)


STATES: dict[str, Callable[[User, User], Booking]] = {
    each.__name__: each
    for each in (
        requested,
        countered,
        declined,
        withdrawn,
        lapsed,
        accepted,
        payment_lapsed,
        confirmed,
        hour_proposed,
        past_its_hour,
        giving_up_proposed,
        in_progress,
        settled,
        not_held,
        canceled,
    )
}


# --- verbs, as the pages send them ---

Send = Callable[[Client, Booking], Any]


def form(name: str, **data: str) -> Send:
    return lambda client, booking: client.post(url(booking, name), data)


def version(name: str, **data: str) -> Send:
    """On the version that is open now."""
    return lambda client, booking: client.post(url(booking, name), {"version": current_hash(booking), **data})


def counter_form(client: Client, booking: Booking) -> Any:
    day = booking.starts_at.astimezone(booking.zone).date()
    terms = {"duration": "90", "objectives": "Autre chose", "day": day.isoformat(), "at": "17:00"}
    return version("counter_offer", **terms)(client, booking)


def together(name: str) -> Send:
    """On what one of the two proposed, if anybody did."""

    def send(client: Client, booking: Booking) -> Any:
        proposal = booking.joint_proposals.last()
        named = proposal.reference if proposal else booking.reference
        return client.post(reverse(f"bookings:joint_{name}", args=[booking.reference, named]))

    return send


VERBS: dict[str, Send] = {
    "accept": version("acceptance"),
    "counter": counter_form,
    "refuse": form("refusal", reason=""),
    "withdraw": form("withdrawal"),
    "pay": form("payment", shown_cents="0", early_start="on"),
    "cancel": form("cancellation", reason=""),
    "propose hour": form("other_hour", at="18:00", note=""),
    "propose to give up": form("common_cancellation", reason=""),
    "accept together": together("acceptance"),
    "refuse together": together("refusal"),
    "withdraw together": together("withdrawal"),
}

# What leads somewhere. Everything else changes nothing, whoever asks.
ROADS: dict[tuple[str, str], tuple[tuple[str, ...], str]] = {
    ("requested", "accept"): (MENTOR, "accepted"),
    ("requested", "counter"): (MENTOR, "countered"),
    ("requested", "refuse"): (MENTOR, "declined"),
    ("requested", "withdraw"): (LEARNER, "withdrawn"),
    ("countered", "accept"): (LEARNER, "accepted"),
    ("countered", "counter"): (LEARNER, "requested"),
    ("countered", "refuse"): (LEARNER, "declined"),
    ("countered", "withdraw"): (MENTOR, "withdrawn"),
    ("accepted", "pay"): (LEARNER, "confirmed"),
    ("accepted", "cancel"): (BOTH, "canceled"),
    ("payment_lapsed", "pay"): (LEARNER, "confirmed"),
    ("payment_lapsed", "cancel"): (BOTH, "canceled"),
    ("confirmed", "cancel"): (BOTH, "canceled"),
    ("confirmed", "propose hour"): (BOTH, "confirmed, hour open"),
    ("hour_proposed", "cancel"): (BOTH, "canceled, hour open"),
    ("hour_proposed", "propose hour"): (BOTH, "confirmed, hour replaced, hour open"),
    ("hour_proposed", "accept together"): (MENTOR, "confirmed, hour accepted"),
    ("hour_proposed", "refuse together"): (MENTOR, "confirmed, hour refused"),
    ("hour_proposed", "withdraw together"): (LEARNER, "confirmed, hour withdrawn"),
    ("past_its_hour", "propose hour"): (BOTH, "confirmed, hour open"),
    ("past_its_hour", "propose to give up"): (BOTH, "confirmed, cancellation open"),
    ("giving_up_proposed", "propose hour"): (BOTH, "confirmed, cancellation open, hour open"),
    ("giving_up_proposed", "accept together"): (LEARNER, "canceled, cancellation accepted"),
    ("giving_up_proposed", "refuse together"): (LEARNER, "confirmed, cancellation refused"),
    ("giving_up_proposed", "withdraw together"): (MENTOR, "confirmed, cancellation withdrawn"),
    ("in_progress", "withdraw together"): (MENTOR, "in_progress, cancellation withdrawn"),
}


def told(booking: Booking) -> str:
    """The state of the booking, and of all that was proposed beside it."""
    row = Booking.objects.get(pk=booking.pk)
    beside = [f"{proposal.kind} {proposal.status}" for proposal in row.joint_proposals.all()]
    return ", ".join([row.status, *beside])


@pytest.fixture
def client_of(karim: User, claire: User, nadia: User) -> Callable[[str], Client]:
    team = User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi")
    people = {"anonymous": None, "stranger": nadia, "learner": karim, "mentor": claire, "staff": team}

    def sign_in(name: str) -> Client:
        client = Client()
        if person := people[name]:
            client.force_login(person)
        return client

    return sign_in


@pytest.mark.requirement("SK-60", "SK-62", "SK-63", "SK-71", "SK-72", "SK-73", "SK-74", "K-1")
@pytest.mark.parametrize("actor", ["anonymous", "stranger", "learner", "mentor", "staff"])
@pytest.mark.parametrize("state", sorted(STATES))
@pytest.mark.usefixtures("skill")
def test_every_verb_of_everybody_in_every_state(
    client_of: Callable[[str], Client], karim: User, claire: User, state: str, actor: str
) -> None:
    booking = STATES[state](karim, claire)
    client = client_of(actor)
    before = told(booking)
    found: dict[str, str] = {}
    expected: dict[str, str] = {}
    for verb, send in VERBS.items():
        who, leads_to = ROADS.get((state, verb), ((), before))
        expected[verb] = leads_to if actor in who else before
        with transaction.atomic():
            check_door(send(client, booking), actor, verb)
            found[verb] = told(booking)
            transaction.set_rollback(True)
    assert found == expected


def check_door(answer: Any, actor: str, verb: str) -> None:
    """Visitors log in first; for whoever is not one of the two, there is no such booking."""
    if actor == "anonymous":
        assert answer["Location"].startswith(reverse("account_login")), verb
    elif actor in {"stranger", "staff"}:
        assert answer.status_code == NOT_FOUND, verb
    else:
        assert answer.status_code in {200, 302, NOT_FOUND}, verb


def test_the_table_names_states_verbs_and_ends_that_exist() -> None:
    ends = {*Status, *JointStatus}
    for (state, verb), (_who, leads_to) in ROADS.items():
        assert state in STATES
        assert verb in VERBS
        assert {part.split()[-1] for part in leads_to.split(", ")} <= ends
