from datetime import date, time
from uuid import uuid4

import pytest

from accounts.models import User
from billing.models import BillingProfile
from billing.states import VatRegime
from bookings import services
from bookings.errors import DateInThePast, EndsAfterMidnight, MentorNotBookable, NothingOffered, YourselfRefused
from bookings.models import Booking
from bookings.states import Status
from catalog.models import Skill, Training
from catalog.states import TrainingStatus
from mentors.services import set_rate
from messaging.models import Message
from messaging.selectors import thread_between
from notifications.models import Email, Notice
from tests.bookings.making import DAY, NOW, START, ask, counter
from tests.people import LONG_AGO, RATE_CENTS, skill_of


@pytest.mark.requirement("SK-59", "SK-43", "SK-6")
def test_a_request_keeps_the_five_fields_and_the_terms_of_the_mentor(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    version = booking.versions.get()
    assert booking.subject == skill.name
    assert (booking.starts_at, booking.duration_minutes) == (START, 60)
    assert version.objectives == "Comparer trois saisons de relevés"
    assert booking.status == Status.REQUESTED
    assert booking.hourly_rate_cents == RATE_CENTS
    assert booking.commission_basis_points == 2000
    assert booking.vat_regime == VatRegime.FRANCHISE
    assert booking.time_zone == "Europe/Paris"
    assert booking.maximum_cents == 4700
    assert booking.events.get().to_status == Status.REQUESTED


@pytest.mark.requirement("SK-56", "SK-57", "SK-64")
def test_the_mentor_is_told_by_email_in_the_product_and_in_the_thread(karim: User, claire: User, skill: Skill) -> None:
    assert thread_between(karim, claire) is None
    booking = ask(karim, claire)
    email = Email.objects.get()
    assert email.to == claire.email
    assert "Karim Benali vous demande une session" in email.subject
    assert "mardi 8 décembre 2026 à 14:00 (Europe/Paris)" in email.body_text.replace("\xa0", " ")
    assert booking.get_absolute_url() in email.body_html
    assert karim.email not in email.body_text + email.body_html
    assert Notice.objects.get().recipient == claire
    card = Message.objects.get()
    assert card.thread == thread_between(karim, claire)
    assert (card.author, card.reference) == (karim, booking.ledger_reference)


@pytest.mark.requirement("SK-43", "K-13", "SK-42")
def test_a_change_of_rate_leaves_the_open_negotiation_alone(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    set_rate(user=claire, rate_cents=9000)
    BillingProfile.objects.filter(user=claire).update(vat_regime=VatRegime.EXEMPT)
    counter(booking, claire)
    booking.refresh_from_db()
    assert booking.hourly_rate_cents == RATE_CENTS
    assert booking.vat_regime == VatRegime.FRANCHISE
    assert ask(karim, claire).hourly_rate_cents == 9000


def test_the_same_request_sent_twice_makes_one_booking(karim: User, claire: User, skill: Skill) -> None:
    token = uuid4()
    first = ask(karim, claire, client_token=token)
    assert ask(karim, claire, client_token=token) == first
    assert Booking.objects.count() == 1
    assert Email.objects.count() == 1


@pytest.mark.requirement("K-15")
def test_the_day_is_that_of_the_learners_zone(nadia: User, claire: User, skill: Skill) -> None:
    nadia.time_zone = "America/Montreal"
    nadia.save()
    booking = ask(nadia, claire, at=time(20, 0))
    assert booking.time_zone == "America/Montreal"
    assert booking.day == DAY
    email = Email.objects.get()
    assert "(America/Montreal)" in email.body_text
    assert "chez vous" in email.body_text
    assert "9 décembre 2026 à 02:00 (Europe/Paris)" in email.body_text.replace("\xa0", " ")


def test_a_training_of_the_mentor_can_be_asked_for(karim: User, claire: User, skill: Skill) -> None:
    training = make_training(claire, skill, TrainingStatus.VALIDATED)
    booking = ask(karim, claire, training=training)
    assert (booking.subject, booking.training, booking.skill) == (training.title, training, None)


def make_training(mentor: User, skill: Skill, status: TrainingStatus) -> Training:
    return Training.objects.create(
        mentor=mentor,
        category=skill.category,
        skill=skill,
        title="Lire un jeu de données",
        slug="lire-un-jeu-de-donnees",
        description="…",
        status=status,
        created_at=LONG_AGO,
    )


def test_only_what_the_mentor_offers_can_be_asked_for(karim: User, nadia: User, claire: User, skill: Skill) -> None:
    foreign = skill_of(nadia, "Poterie")
    hidden = make_training(claire, skill, TrainingStatus.SUBMITTED)
    for offer in ({"skill": foreign}, {"training": hidden}, {"skill": None}, {"skill": skill, "training": hidden}):
        with pytest.raises(NothingOffered):
            ask(karim, claire, **offer)


def test_somebody_who_is_not_a_mentor_cannot_be_booked(karim: User, nadia: User) -> None:
    skill_of(nadia)
    with pytest.raises(MentorNotBookable) as refused:
        ask(karim, nadia)
    assert "ne prend pas de réservations pour le moment" in str(refused.value.user_message)


def test_nobody_books_himself(claire: User, skill: Skill) -> None:
    with pytest.raises(YourselfRefused):
        ask(claire, claire)


def test_dates_are_checked(karim: User, claire: User, skill: Skill) -> None:
    with pytest.raises(DateInThePast, match="Choisissez une date à venir"):
        ask(karim, claire, day=date(2026, 11, 30))
    with pytest.raises(EndsAfterMidnight, match="La session doit se terminer avant minuit"):
        ask(karim, claire, at=time(23, 30))
    assert not Booking.objects.exists()
    assert services.due_request_ids(now=NOW) == []
