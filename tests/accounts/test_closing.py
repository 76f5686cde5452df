"""Closing one's account: what it ends, what it stops at, and coming back (ST-20 to ST-22, K-34)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import closings
from accounts.errors import CannotCloseYet, TooLateToReturn
from accounts.models import Closing, User
from accounts.states import ClosingStatus
from billing.models import Payout, Refund
from billing.selectors import credit_of
from billing.services import leaving
from billing.states import PayoutStatus, RefundStatus
from bookings import services as bookings
from bookings.errors import MentorNotBookable
from bookings.states import Status
from catalog.models import Listing, Skill
from core import clock, personal_data
from messaging.errors import NobodyThere
from messaging.services import get_or_create_thread, send_message
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests import people
from tests.accounts.leaving import PASSWORD, close, days, end_left
from tests.bookings import making
from tests.bookings.making import ask, confirmed, in_state, soon, text_of

PAGE = reverse("accounts:closing")
pytestmark = pytest.mark.usefixtures("outbox")


@pytest.fixture
def skill(claire: User) -> Skill:
    return people.skill_of(claire)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def obstacles(user: User) -> list[str]:
    return [str(each.text) for each in personal_data.obstacles_of(user.pk, clock.now())]


def last_email(to: User) -> Email:
    return Email.objects.filter(to=to.email).latest("pk")


# --- the page ---


@pytest.mark.requirement("ST-20")
def test_preferences_lead_to_the_page_that_says_everything_before_anything_happens(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox
) -> None:
    booking = confirmed(karim, claire, **soon())
    ask(karim, claire, **soon() | {"day": soon()["day"] + days(1)})
    client = signed_in(karim)
    assert PAGE in text_of(client.get(reverse("pages:preferences")))
    text = text_of(client.get(PAGE))
    assert "La session avec Claire Roux du" in text
    assert "est annulée : 47,00 € vous reviennent" in text
    assert "Une demande de session en cours est retirée" in text
    assert "En tout, 47,00 € reviennent sur votre carte" in text
    assert "art. L123-22" in text
    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED
    assert not Closing.objects.exists()


@pytest.mark.requirement("ST-20")
def test_the_password_closes_and_ends_every_session_at_once(karim: User) -> None:
    here, elsewhere = signed_in(karim), signed_in(karim)
    refused = here.post(PAGE, {"password": "autre-chose", "reason": "Plus le temps"})
    assert "Plus le temps" in text_of(refused)
    assert not Closing.objects.exists()
    assert here.post(PAGE, {"password": PASSWORD}).headers["Location"] == reverse("accounts:closed")
    karim.refresh_from_db()
    assert not karim.is_active
    for client in (here, elsewhere):
        assert client.get(reverse("pages:account")).status_code == 302
    closings.reactivate(closing=Closing.objects.get())
    assert elsewhere.get(reverse("pages:account")).status_code == 302
    assert Client().login(email=karim.email, password=PASSWORD)


def test_closing_twice_is_closing_once(karim: User) -> None:
    now = clock.now()
    first = close(karim, now=now)
    assert close(karim, now=now + timedelta(minutes=1)) == first
    assert Email.objects.filter(to=karim.email).count() == 1


# --- what others see ---


@pytest.mark.requirement("ST-21", "K-34")
def test_who_closed_is_nowhere_to_be_found_and_cannot_be_written_to(claire: User, karim: User, skill: Skill) -> None:
    thread = get_or_create_thread(one=karim, other=claire)
    send_message(thread=thread, author=claire, body="À bientôt.")
    assert Listing.objects.get(user=claire).is_listed
    close(claire, now=clock.now())
    assert not Listing.objects.get(user=claire).is_listed
    client = signed_in(karim)
    assert client.get(claire.page.get_absolute_url()).status_code == 404
    assert client.get(reverse("messaging:contact", args=[claire.page.slug])).status_code == 404
    with pytest.raises(NobodyThere):
        send_message(thread=thread, author=karim, body="Vous êtes là ?")
    with pytest.raises(MentorNotBookable):
        ask(karim, claire, skill=skill, **soon())
    text = text_of(client.get(thread.get_absolute_url()))
    assert "Ce compte est fermé" in text
    assert "À bientôt." in text


# --- what it ends ---


# What becomes of a booking in this state when its learner, or its mentor, leaves.
ENDS = {
    Status.REQUESTED: (Status.WITHDRAWN, Status.DECLINED),
    Status.COUNTERED: (Status.DECLINED, Status.WITHDRAWN),
    Status.ACCEPTED: (Status.CANCELED, Status.CANCELED),
    Status.PAYMENT_LAPSED: (Status.CANCELED, Status.CANCELED),
    Status.CONFIRMED: (Status.CANCELED, Status.CANCELED),
    Status.SETTLED: (Status.SETTLED, Status.SETTLED),
    Status.DECLINED: (Status.DECLINED, Status.DECLINED),
}


@pytest.mark.requirement("K-34")
@pytest.mark.usefixtures("skill", "sandbox")
@pytest.mark.parametrize("by_learner", [True, False])
@pytest.mark.parametrize("status", ENDS)
def test_every_booking_ends_as_it_should(karim: User, claire: User, status: Status, *, by_learner: bool) -> None:
    booking = in_state(status, karim, claire)
    now = making.START + timedelta(hours=2) if status == Status.SETTLED else making.NOW + timedelta(minutes=31)
    closings.close_account(user=karim if by_learner else claire, password=PASSWORD, now=now)
    end_left(now)
    booking.refresh_from_db()
    assert booking.status == ENDS[status][0 if by_learner else 1]
    assert credit_of(karim).held_cents == 0
    assert bookings.due_left_ids(now=now) == []


@pytest.mark.requirement("K-34")
def test_the_money_of_a_canceled_session_goes_back_to_the_card(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox
) -> None:
    making.confirmed(karim, claire)
    closings.close_account(user=karim, password=PASSWORD, now=making.NOW)
    assert "47,00 €" in last_email(karim).body_text.replace("\xa0", " ")
    end_left(making.NOW)
    leaving.return_left_credit(now=making.NOW)
    leaving.return_left_credit(now=making.NOW)
    assert list(Refund.objects.values_list("amount_cents", "status")) == [(4700, RefundStatus.DUE)]
    assert (credit_of(karim).available_cents, credit_of(karim).held_cents) == (0, 0)


def test_a_worker_that_is_late_takes_nothing_from_anybody(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox
) -> None:
    """He left before the start; the sweep comes at the last moment and finds it not yet begun."""
    booking = making.confirmed(karim, claire)
    closings.close_account(user=claire, password=PASSWORD, now=making.NOW)
    for booking_id in bookings.due_left_ids(now=making.START - timedelta(seconds=1)):
        bookings.end_left(booking_id=booking_id, now=making.START)
    booking.refresh_from_db()
    assert booking.status == Status.CANCELED


def test_payouts_that_are_due_leave_as_planned(karim: User, claire: User, skill: Skill, sandbox: Sandbox) -> None:
    in_state(Status.SETTLED, karim, claire)
    close(claire, now=making.START + timedelta(hours=2))
    assert Payout.objects.get().status == PayoutStatus.SCHEDULED


# --- what stops it ---


@pytest.mark.requirement("K-34")
@pytest.mark.parametrize("who", ["learner", "mentor"])
def test_a_session_that_runs_must_end_first(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox, who: str
) -> None:
    in_state(Status.IN_PROGRESS, karim, claire)
    leaver = karim if who == "learner" else claire
    with pytest.raises(CannotCloseYet):
        closings.close_account(user=leaver, password=PASSWORD, now=making.START)
    assert "elle doit d’abord se terminer" in obstacles(leaver)[0]
    text = text_of(signed_in(leaver).get(PAGE))
    assert "À régler d’abord" in text
    assert "Fermer mon compte" not in text


def test_a_session_not_held_must_be_decided_first(karim: User, claire: User, skill: Skill, sandbox: Sandbox) -> None:
    in_state(Status.NOT_HELD, karim, claire)
    for person in (karim, claire):
        assert "son dossier n’est pas encore clos" in obstacles(person)[0]


def test_a_payout_that_failed_must_be_settled_first(karim: User, claire: User, skill: Skill, sandbox: Sandbox) -> None:
    in_state(Status.SETTLED, karim, claire)
    Payout.objects.filter(mentor=claire).update(status=PayoutStatus.FAILED)
    assert obstacles(claire) == ["Un virement de 34,59\xa0€ est suspendu ou a échoué."]
    assert obstacles(karim) == []


def test_the_team_keeps_its_accounts(karim: User) -> None:
    User.objects.filter(pk=karim.pk).update(is_staff=True)
    with pytest.raises(CannotCloseYet):
        close(karim, now=clock.now())


# --- coming back ---


@pytest.mark.requirement("ST-22")
def test_logging_in_within_15_days_offers_to_come_back_and_restores_everything(claire: User, skill: Skill) -> None:
    close(claire, now=clock.now())
    client = Client()
    answer = client.post(reverse("account_login"), {"login": claire.email, "password": PASSWORD})
    address = answer.headers["Location"]
    assert address == reverse("accounts:reactivation", args=[Closing.objects.get().reference])
    assert address in last_email(claire).body_text
    client.get(address)
    assert not User.objects.get(pk=claire.pk).is_active
    assert client.post(address).headers["Location"] == reverse("account_login")
    assert client.post(address).headers["Location"] == reverse("account_login")
    claire.refresh_from_db()
    assert claire.is_active
    assert claire.mentor_profile.is_bookable
    assert Listing.objects.get(user=claire).is_listed
    assert client.get(claire.page.get_absolute_url()).status_code == 200
    assert "réactivé" in last_email(claire).subject


@pytest.mark.requirement("ST-22")
def test_a_wrong_password_learns_nothing_of_the_closing(karim: User) -> None:
    close(karim, now=clock.now())
    answer = Client().post(reverse("account_login"), {"login": karim.email, "password": "devine"})
    assert answer.status_code == 200
    assert "réactivation" not in text_of(answer)


@pytest.mark.requirement("ST-22")
def test_who_came_back_may_leave_again(karim: User) -> None:
    now = clock.now()
    closings.reactivate(closing=close(karim, now=now), now=now)
    karim.refresh_from_db()
    assert close(karim, now=now).status == ClosingStatus.CLOSED
    assert Closing.objects.count() == 2


@pytest.mark.requirement("ST-23")
def test_nobody_comes_back_after_15_days(karim: User) -> None:
    now = clock.now()
    closing = close(karim, now=now)
    with pytest.raises(TooLateToReturn):
        closings.reactivate(closing=closing, now=now + days(15))
    Closing.objects.update(erases_at=now, next_attempt_at=now)
    address = reverse("accounts:reactivation", args=[closing.reference])
    assert "Ce compte n’existe plus" in text_of(Client().get(address))
    assert Client().post(address).headers["Location"] == address
    assert Client().post(reverse("account_login"), {"login": karim.email, "password": PASSWORD}).headers[
        "Location"
    ] == reverse("account_inactive")


def test_a_closing_of_that_name_must_exist(db: None) -> None:
    assert Client().get(reverse("accounts:reactivation", args=["2" * 16])).status_code == 404
