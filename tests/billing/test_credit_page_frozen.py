"""« Crédit » while it is frozen, by a debt or an open dispute: why, and what can be done."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.models import LedgerTransaction, Refund, TopUp
from billing.services.holds import place_hold
from core.templatetags.house import short_day
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.credit_pages import ADD, BACK, CREDIT, DEBT, add_credit, back_from_stripe, learner, words, words_of
from tests.billing.earned import pay_by_card
from tests.stripe import ACCEPTED, session_of

__all__ = ["learner"]

DESK = "pages:account"

pytestmark = pytest.mark.django_db


def owe(sandbox: Sandbox, learner: User) -> None:
    top_up = pay_by_card(sandbox, learner, "booking:given", 4_000)
    place_hold(learner=learner, reference="booking:given", amount_cents=4_000)
    sandbox.lose_dispute(sandbox.open_dispute(top_up.charge_id))
    assert books_wrong() == []


@pytest.mark.requirement("K-3")
def test_a_credit_frozen_by_a_debt_says_why_and_lets_it_be_paid(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    owe(sandbox, learner)
    page = words(client, CREDIT)
    for text in ("Votre crédit est suspendu", "vous devez 40,00 €", "Régler ce que je dois : 40,00 €"):
        assert text in page, text
    assert "Votre crédit est suspendu" in words(client, BACK)
    assert "Régler ce que vous devez : 40,00 €" in words(client, DESK)
    changed = client.post(reverse(DEBT), {"shown_cents": "100"}, follow=True)
    assert "Le montant à payer par carte a changé" in words_of(changed)
    answer = client.post(reverse(DEBT), {"shown_cents": "4000"})
    sandbox.pay(session_of(answer["Location"]), ACCEPTED)
    top_up = TopUp.objects.get(purpose="debt")
    answer = client.get(back_from_stripe(top_up), follow=True)
    assert "Paiement reçu : 40,00 € ont réglé ce que vous deviez." in words_of(answer)
    assert "suspendu" not in words_of(answer)
    assert "Somme due réglée avec votre crédit" in words_of(answer)
    assert books_wrong() == []


def test_a_credit_frozen_by_an_open_dispute_asks_for_nothing(client: Client, learner: User, sandbox: Sandbox) -> None:
    sandbox.open_dispute(add_credit(sandbox, learner, 2_000).charge_id)
    assert books_wrong() == []
    page = words(client, CREDIT)
    assert "Un de vos paiements par carte est contesté auprès de votre banque" in page
    assert "Un de vos paiements est contesté" in words(client, DESK)
    paid_on = short_day(TopUp.objects.get().paid_at).replace("\u00a0", " ")
    assert f"20,00 € payés le {paid_on} (Visa •••• 4242)" in page
    assert "Heures du fuseau Europe/Paris." in page
    assert "Régler ce que je dois" not in page
    written = LedgerTransaction.objects.count()
    added = client.post(reverse(ADD), {"montant": "20"})
    assert "Votre crédit est suspendu" in words_of(added)
    refunded = client.post(reverse(BACK), {"montant": "20", "shown_cents": "2000"})
    assert "Votre crédit est suspendu" in words_of(refunded)
    paid = client.post(reverse(DEBT), {"shown_cents": "2000"}, follow=True)
    assert "Vous n’avez rien à régler pour le moment." in words_of(paid)
    assert (TopUp.objects.count(), Refund.objects.count(), LedgerTransaction.objects.count()) == (1, 0, written)
