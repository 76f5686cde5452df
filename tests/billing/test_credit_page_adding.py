"""« Crédit », money in: amounts as people write them, and the way back from Stripe's page."""

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.forms import EurosField
from billing.models import LedgerTransaction, TopUp
from billing.services import payments
from billing.states import TopUpStatus
from core import clock
from core.money import NARROW_SPACE
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.credit_pages import ADD, CREDIT, add_credit, back_from_stripe, learner, words, words_of
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left, make_member
from tests.stripe import ACCEPTED, session_of

__all__ = ["learner"]

pytestmark = pytest.mark.django_db


# --- the amount ---


@pytest.mark.requirement("K-3")
@pytest.mark.parametrize("typed", ["50", "50,00", "50.00", " 50,0 € ", "50,00\u00a0€", "0050"])
def test_an_amount_is_read_as_people_write_it(client: Client, learner: User, sandbox: Sandbox, typed: str) -> None:
    answer = client.post(reverse(ADD), {"montant": typed})
    assert answer.status_code == 302
    assert answer["Location"].startswith(sandbox.base_url)
    assert TopUp.objects.get().amount_cents == 5_000


def test_an_amount_is_cents_and_never_a_float() -> None:
    assert EurosField().clean(f"1{NARROW_SPACE}234,5 €") == 123_450


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez un montant."),
        ("abc", "Écrivez un montant en euros"),
        ("12,345", "deux chiffres au plus après la virgule"),
        ("1,2,3", "Écrivez un montant en euros"),
        ("1e3", "Écrivez un montant en euros"),
        ("٥٠", "Écrivez un montant en euros"),
        ("-5", "Ajoutez au moins 1,00 €."),
        ("−5,00", "Ajoutez au moins 1,00 €."),
        ("0", "Ajoutez au moins 1,00 €."),
        ("0,99", "Ajoutez au moins 1,00 €."),
        ("300,01", "Vous pouvez ajouter 300,00 € au plus."),
        ("99999999999999999999", "Vous pouvez ajouter 300,00 € au plus."),
        ("9" * 5000, "Vous pouvez ajouter 300,00 € au plus."),
        ("<b>20</b>", "Écrivez un montant en euros"),
    ],
)
def test_an_amount_that_cannot_be_added_is_said_and_kept(
    client: Client, learner: User, sandbox: Sandbox, typed: str, said: str
) -> None:
    answer = client.post(reverse(ADD), {"montant": typed})
    assert answer.status_code == 200
    assert said in words_of(answer)
    assert answer.context["form"]["montant"].value() == typed
    assert 'aria-invalid="true"' in answer.content.decode()
    assert (TopUp.objects.count(), LedgerTransaction.objects.count(), sandbox.log) == (0, 0, [])


def test_presets_stay_within_what_the_cap_leaves(client: Client, learner: User, sandbox: Sandbox) -> None:
    page = words(client, CREDIT)
    assert "le crédit est limité à 300,00 €" in page
    assert "20 € 50 € 100 €" in page
    add_credit(sandbox, learner, 25_000)
    page = words(client, CREDIT)
    assert "20 € 50 € Montant" in page
    assert "Vous pouvez ajouter 50,00 € au plus" in page
    add_credit(sandbox, learner, 5_000)
    assert "Votre crédit a atteint le maximum de 300,00 €" in words(client, CREDIT)
    preset = client.post(reverse(ADD), {"montant": "20"})
    assert "Votre crédit a atteint le maximum de 300,00 €" in words_of(preset)
    assert TopUp.objects.count() == 2


def test_a_platform_that_takes_money_for_bookings_only_offers_none(
    client: Client, learner: User, sandbox: Sandbox, settings: LazySettings
) -> None:
    settings.CREDIT_TOPUP_MODE = "booking_shortfall"
    assert "Ajouter du crédit" not in words(client, CREDIT)
    client.post(reverse(ADD), {"montant": "20"})
    assert TopUp.objects.count() == 0


def test_a_payment_that_is_open_can_be_taken_up_again(client: Client, learner: User, sandbox: Sandbox) -> None:
    client.post(reverse(ADD), {"montant": "20"})
    page = client.get(reverse(CREDIT)).text
    assert f'href="{TopUp.objects.get().checkout_url}"' in page
    assert "Un paiement de 20,00" in words(client, CREDIT)


# --- coming back from Stripe ---


@pytest.mark.requirement("K-3")
def test_until_it_is_known_the_page_says_not_to_pay_again_and_looks_by_itself(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    client.post(reverse(ADD), {"montant": "20"})
    top_up = TopUp.objects.get()
    for _reload in range(2):
        answer = client.get(back_from_stripe(top_up))
        assert "Ne payez pas une seconde fois" in words_of(answer)
        assert answer["Refresh"] == "4"
    sandbox.pay(session_of(top_up.checkout_url), ACCEPTED)
    sandbox.faults.add(Fault("GET /v1/checkout/sessions", FaultKind.BROKEN, times=3))
    assert "Paiement en vérification" in words_of(client.get(back_from_stripe(top_up)))
    answer = client.get(back_from_stripe(top_up), follow=True)
    assert "Paiement reçu : 20,00 € ont été ajoutés à votre crédit." in words_of(answer)
    assert credit_left(learner) == 2_000


def test_a_replayed_return_address_adds_nothing(client: Client, learner: User, sandbox: Sandbox) -> None:
    top_up = add_credit(sandbox, learner, 2_000)
    for _replay in range(3):
        assert client.get(back_from_stripe(top_up)).status_code == 302
    assert (credit_left(learner), LedgerTransaction.objects.filter(kind="topup").count()) == (2_000, 1)
    assert books_wrong() == []


def test_a_page_that_expired_is_said_not_to_have_been_paid(client: Client, learner: User, sandbox: Sandbox) -> None:
    client.post(reverse(ADD), {"montant": "20"})
    payments.sweep_payments(now=clock.now() + timedelta(minutes=31))
    answer = client.get(back_from_stripe(TopUp.objects.get()), follow=True)
    assert "Le paiement n’a pas été fait. Rien n’a été débité." in words_of(answer)


def test_a_strangers_return_address_and_that_of_a_booking_do_not_exist(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    other = make_member("Nadia", "Benali")
    client.post(reverse(ADD), {"montant": "20"})
    own = TopUp.objects.get()
    sandbox.pay(session_of(own.checkout_url), ACCEPTED)
    client.force_login(other)
    assert client.get(back_from_stripe(own)).status_code == 404
    own.refresh_from_db()
    assert (own.status, LedgerTransaction.objects.count()) == (TopUpStatus.OPEN, 0)
    booking = pay_by_card(sandbox, other, "booking:a", 2_000)
    assert client.get(back_from_stripe(booking)).status_code == 404
