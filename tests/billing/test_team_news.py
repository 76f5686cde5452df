"""The team is told, once, of a payout given up and of a payment contested."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.gateway import get_gateway
from billing.models import Dispute, Payout
from billing.services import disputes, payouts
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import PayoutStatus
from notifications.models import Email, Notice
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import DUE, activate, earn, pay_by_card
from tests.billing.money import make_member, make_mentor, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


def make_staff(email: str, *permissions: str) -> User:
    user = User.objects.create_user(email, "sesame-ouvre-toi", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


@pytest.fixture
def finance() -> User:
    """Reads payouts and disputes, unlike the colleague beside."""
    make_staff("accueil@example.org", "view_invoice")
    return make_staff("finance@example.org", "view_payout", "view_dispute")


def only_email(kind: str, to: User) -> Email:
    """One notice and one e-mail, for this person alone."""
    assert list(Notice.objects.filter(kind=kind).values_list("recipient", flat=True)) == [to.pk]
    email = Email.objects.get(kind=kind)
    assert email.to == to.email
    email.subject, email.body_text = (
        text.replace("\u202f", " ").replace("\u00a0", " ") for text in (email.subject, email.body_text)
    )
    return email


@pytest.mark.requirement("SK-44")
def test_a_payout_given_up_is_told_to_whoever_sees_payouts(sandbox: Sandbox, mentor: User, finance: User) -> None:
    payout = earn(sandbox, mentor)
    (charge,) = sandbox.store.all("charge")
    sandbox.store.save(charge | {"amount_refunded": 6000})
    moment = payout.settlement.settled_at + DUE
    for hours in (1, 6, 24, 24):
        assert not Notice.objects.filter(kind="billing.payout_given_up").exists()
        payouts.sweep_payouts(now=moment)
        moment += timedelta(hours=hours)
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.FAILED
    email = only_email("billing.payout_given_up", finance)
    assert email.subject == f"Virement de 48,00 € à relancer : {mentor.get_full_name()}"
    assert "balance_insufficient" in email.body_text
    assert reverse("admin:billing_payout_change", args=[payout.pk]) in email.body_text


def open_dispute(sandbox: Sandbox, mentor: User) -> Dispute:
    """Of a payment whose session was given and is not paid out yet."""
    learner = make_member()
    top_up = pay_by_card(sandbox, learner, "booking:first", 10_000)
    place_hold(learner=learner, reference="booking:first", amount_cents=6_000)
    settle(terms=make_terms("booking:first", learner, mentor))
    return disputes.apply_dispute(get_gateway().retrieve_dispute(sandbox.open_dispute(top_up.charge_id)))


@pytest.mark.requirement("SK-44")
def test_a_contested_payment_is_told_once_with_the_last_day_of_the_evidence(
    sandbox: Sandbox, mentor: User, finance: User
) -> None:
    dispute = open_dispute(sandbox, mentor)
    disputes.apply_dispute(get_gateway().retrieve_dispute(dispute.stripe_id))
    email = only_email("billing.payment_contested", finance)
    assert email.subject == f"Paiement de 100,00 € contesté : {dispute.top_up.user.get_full_name()}"
    assert "Les preuves se donnent dans les pages de Stripe avant le" in email.body_text
    assert "(Europe/Paris)" in email.body_text
    assert reverse("admin:billing_dispute_change", args=[dispute.pk]) in email.body_text
    sandbox.win_dispute(dispute.stripe_id)
    disputes.apply_dispute(get_gateway().retrieve_dispute(dispute.stripe_id))
    only_email("billing.payment_contested", finance)
    assert books_wrong() == []


def test_the_page_of_a_dispute_shows_who_waits_for_what(sandbox: Sandbox, mentor: User, client: Client) -> None:
    dispute = open_dispute(sandbox, mentor)
    client.force_login(User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi"))
    page = client.get(reverse("admin:billing_dispute_change", args=[dispute.pk])).text.replace("\u00a0", " ")
    payout = Payout.objects.get()
    assert reverse("admin:billing_payout_change", args=[payout.pk]) in page
    assert f"48,00 € à {mentor.get_full_name()}, suspendu" in page
    assert reverse("admin:accounts_user_change", args=[dispute.top_up.user_id]) in page
    assert "dans les pages de Stripe" in page
    assert "(Europe/Paris)" in page
