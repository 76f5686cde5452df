"""The commission, the rate of VAT and the mentor's rate are those of the request, whatever is changed afterwards."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.models import BillingProfile, Settlement
from billing.reconciliation import run_checks
from billing.services.adjustments import adjust
from billing.services.holds import extend_hold
from billing.services.invoices import render_due_invoices
from billing.states import VatRegime
from bookings import services
from bookings.models import Booking
from core.services import change_setting
from mentors.services import set_rate
from tests import people
from tests.billing.money import pay_in
from tests.bookings.making import NOW, START, accept, ask, close, counter

pytestmark = pytest.mark.django_db

HOUR, CLOSED = 3600, START + timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _something_is_taught(claire: User) -> None:
    """Who has VAT to remit, so that a change of its rate would show."""
    people.skill_of(claire)
    BillingProfile.objects.filter(user=claire).update(vat_regime=VatRegime.REGISTERED, vat_number="FR44732829320")


def change_all(by: User, at: datetime) -> None:
    """Another commission, another VAT, another rate, another regime: what must not reach an open booking."""
    for key, value in (("commission_basis_points", 1000), ("vat_basis_points", 1000)):
        change_setting(key=key, value=value, by_id=by.pk, reason="Une autre année", effective_from=at, now=at)
    set_rate(user=by, rate_cents=9000)
    BillingProfile.objects.filter(user=by).update(vat_regime=VatRegime.FRANCHISE)


def pay(booking: Booking, at: datetime = NOW) -> None:
    pay_in(booking.learner, booking.maximum_cents, at=at)
    services.begin_payment(booking=booking, by=booking.learner, shown_cents=0, asks_early_start=True, now=at)
    booking.refresh_from_db()


def terms(booking: Booking) -> tuple[int, int, str, int]:
    booking.refresh_from_db()
    return (
        booking.hourly_rate_cents,
        booking.commission_basis_points,
        booking.vat_regime,
        booking.vat_basis_points,
    )


def shares(booking: Booking) -> tuple[int, int, int, int]:
    """Charged, commission, its VAT, the mentor's VAT."""
    row = Settlement.objects.get(reference=booking.ledger_reference)
    return row.charged_cents, row.commission_cents, row.commission_vat_cents, row.vat_cents


AGREED = (4700, 2000, VatRegime.REGISTERED, 2000)
# One hour at 47,00 €: 9,40 € kept, 1,57 € of it VAT; 7,83 € of VAT in the price.
ONE_HOUR = (4700, 940, 157, 783)


@pytest.mark.requirement("SK-9", "SK-42", "SK-43", "K-13")
@pytest.mark.parametrize("moment", ["requested", "countered", "accepted", "paid", "running"])
def test_a_change_leaves_an_open_booking_alone_wherever_it_stands(karim: User, claire: User, moment: str) -> None:
    booking = ask(karim, claire)
    steps: dict[str, Callable[[], object]] = {
        "requested": lambda: counter(booking, claire, duration_minutes=60),
        "countered": lambda: accept(booking, karim),
        "accepted": lambda: pay(booking),
        "paid": lambda: services.mark_in_progress(booking=booking, now=START),
        "running": lambda: close(booking, HOUR),
    }
    for name, step in steps.items():
        if name == moment:
            change_all(claire, NOW + SECOND)
        assert terms(booking) == AGREED
        step()
        booking.refresh_from_db()
    assert terms(booking) == AGREED
    assert [version.maximum_cents for version in booking.versions.all()] == [4700, 4700]
    assert shares(booking) == ONE_HOUR
    render_due_invoices()
    assert [check for check in run_checks(CLOSED) if check.rows] == []


@pytest.mark.requirement("K-13", "SK-43", "SK-48")
def test_an_extension_keeps_the_rate_and_the_shares_of_the_request(karim: User, claire: User) -> None:
    booking = accept(ask(karim, claire), claire)
    pay(booking)
    services.mark_in_progress(booking=booking, now=START)
    change_all(claire, NOW + SECOND)
    # Half an hour more, at 47,00 € an hour.
    pay_in(karim, 2350, at=START)
    extend_hold(learner=karim, reference=booking.ledger_reference, amount_cents=2350, number=2, now=START)
    close(booking, HOUR + HOUR // 2)
    assert shares(booking) == (7050, 1410, 235, 1175)


@pytest.mark.requirement("K-13")
def test_what_is_given_back_later_is_shared_as_it_was_charged(karim: User, claire: User) -> None:
    booking = accept(ask(karim, claire), claire)
    pay(booking)
    close(booking, HOUR)
    change_all(claire, CLOSED + SECOND)
    back = adjust(
        reference="complaint:1", subject=booking.ledger_reference, amount_cents=4700, reason="Tout", now=CLOSED + SECOND
    )
    assert (back.amount_cents, back.commission_cents, back.commission_vat_cents, back.vat_cents) == ONE_HOUR


@pytest.mark.requirement("SK-9", "SK-42")
def test_a_new_booking_takes_what_is_in_force_at_its_request(karim: User, claire: User) -> None:
    change_all(claire, NOW)
    booking = accept(ask(karim, claire), claire)
    assert terms(booking) == (9000, 1000, VatRegime.FRANCHISE, 1000)
    pay(booking)
    close(booking, HOUR)
    # 90,00 €: 9,00 € kept, of which 0,82 € is VAT at 10 %; a mentor in franchise has none of his own.
    assert shares(booking) == (9000, 900, 82, 0)


@pytest.mark.requirement("SK-9")
def test_a_planned_commission_begins_at_its_instant(karim: User, claire: User) -> None:
    later = NOW + timedelta(hours=2)
    change_setting(
        key="commission_basis_points",
        value=1500,
        by_id=claire.pk,
        reason="Dès ce midi",
        effective_from=later,
        now=NOW,
    )
    shown = [ask(karim, claire, now=at).commission_basis_points for at in (NOW, later - SECOND, later)]
    assert shown == [2000, 2000, 1500]


@pytest.mark.requirement("SK-10")
@pytest.mark.parametrize("name", ["pages:service_terms", "pages:become_mentor", "pages:help", "billing:earnings"])
def test_the_pages_of_the_rate_say_what_the_commission_pays_for(client: Client, claire: User, name: str) -> None:
    client.force_login(claire)
    page = client.get(reverse(name)).text.lower()
    services_named = ("accès à la plateforme", "vidéo", "paiement sécurisé", "facturation")
    assert [words for words in services_named if words not in page] == []


@pytest.mark.requirement("SK-9", "SK-10")
def test_the_pages_announce_the_commission_in_force(client: Client, claire: User) -> None:
    change_setting(key="commission_basis_points", value=1500, by_id=claire.pk, reason="Une autre année")
    for name in ("pages:service_terms", "pages:become_mentor", "pages:help"):
        page = client.get(reverse(name)).text
        assert "15\u202f%" in page, name
