"""« Crédit », money out: what each card gets back is shown first, and a mistake refunds nothing."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.models import Refund
from billing.services.refunds import sweep_refunds
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.credit_pages import BACK, CREDIT, MASTERCARD, add_credit, learner, words, words_of
from tests.billing.money import credit_left

__all__ = ["learner"]

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("K-3")
def test_a_refund_shows_first_what_each_card_gets(client: Client, learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 2_000)
    add_credit(sandbox, learner, 1_000)
    add_credit(sandbox, learner, 4_000, MASTERCARD)
    assert 'value="70,00"' in client.get(reverse(BACK)).text
    page = words(client, BACK, "?montant=50,5")
    for text in ("Visa •••• 4242 30,00 €", "Mastercard •••• 4444 20,50 €", "19,50 € de crédit", "5 à 10 jours ouvrés"):
        assert text in page, text
    assert Refund.objects.count() == 0
    answer = client.post(reverse(BACK), {"montant": "50,50", "shown_cents": "7000"})
    assert answer["Location"] == reverse(CREDIT)
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 5_050
    assert sweep_refunds() == 3
    assert (credit_left(learner), books_wrong()) == (1_950, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez un montant."),
        ("abc", "Écrivez un montant en euros"),
        ("12,345", "deux chiffres au plus"),
        ("0", "Indiquez un montant supérieur à zéro."),
        ("-1", "Indiquez un montant supérieur à zéro."),
        ("20,01", "Vous pouvez vous faire rembourser 20,00 € au plus."),
        ("9" * 400, "Vous pouvez vous faire rembourser 20,00 € au plus."),
    ],
)
def test_an_amount_that_cannot_be_refunded_is_said_and_kept(
    client: Client, learner: User, sandbox: Sandbox, typed: str, said: str
) -> None:
    add_credit(sandbox, learner, 2_000)
    for answer in (
        client.get(reverse(BACK), {"montant": typed}),
        # As if the amount had been changed in the form that confirms.
        client.post(reverse(BACK), {"montant": typed, "shown_cents": "2000"}),
    ):
        assert said in words_of(answer)
        assert answer.context["form"]["montant"].value() == typed
    assert (Refund.objects.count(), credit_left(learner)) == (0, 2_000)


@pytest.mark.parametrize("shown", ["", "1999", "abc", "-1"])
def test_a_confirmation_of_another_credit_than_the_one_shown_refunds_nothing(
    client: Client, learner: User, sandbox: Sandbox, shown: str
) -> None:
    add_credit(sandbox, learner, 2_000)
    answer = client.post(reverse(BACK), {"montant": "10", "shown_cents": shown})
    assert answer.status_code == 200
    assert "Votre crédit a changé pendant que vous lisiez la page." in words_of(answer)
    assert answer.context["form"]["montant"].value() == "10"
    assert (Refund.objects.count(), credit_left(learner)) == (0, 2_000)


def test_a_confirmation_sent_twice_refunds_once(client: Client, learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 2_000)
    for _twice in range(2):
        client.post(reverse(BACK), {"montant": "10", "shown_cents": "2000"})
    assert (Refund.objects.count(), credit_left(learner)) == (1, 1_000)


def test_without_anything_to_refund_the_page_says_so(client: Client, learner: User) -> None:
    assert "Rien à rembourser pour le moment" in words(client, BACK)
    client.post(reverse(BACK), {"montant": "10", "shown_cents": "0"})
    assert Refund.objects.count() == 0
