"""What a mentor is told of each change of a payout (N-19): in the product and by e-mail, always."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from billing.models import Invoice, Payout
from billing.services import payouts, suspensions
from billing.services.adjustments import adjust
from core import clock
from notifications import kinds
from notifications.models import Email, Notice
from notifications.services import set_muted
from stripe_sandbox import Sandbox
from tests.billing.earned import DUE, activate, earn
from tests.billing.money import make_mentor

pytestmark = pytest.mark.django_db

KINDS = [f"billing.payout_{change}" for change in ("sent", "failed", "suspended", "released", "reduced", "waiting")]


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


def told(kind: str) -> Email:
    """The e-mail, whose line in the product says the same."""
    email = Email.objects.get(kind=f"billing.payout_{kind}")
    notice = Notice.objects.get(kind=email.kind)
    assert notice.text == email.subject
    payout = Payout.objects.get()
    assert notice.url == reverse("billing:payout", args=[payout.reference])
    assert notice.url in email.body_html
    email.subject, email.body_text = (
        text.replace("\u202f", " ").replace("\u00a0", " ") for text in (email.subject, email.body_text)
    )
    return email


def give_back(payout: Payout, cents: int) -> None:
    adjust(reference="complaint:1", subject=payout.settlement.reference, amount_cents=cents, reason="Son coupé")


@pytest.mark.requirement("SK-44")
@pytest.mark.parametrize("kind", [*KINDS, "billing.account_attention"])
def test_no_notice_of_a_payout_can_be_muted(mentor: User, kind: str) -> None:
    declared = kinds.get(kind)
    assert (declared.email, declared.in_app, declared.mutable) == (True, True, False)
    set_muted(user=mentor, kind=kind, muted=True)
    assert kind not in mentor.muted_kinds.values_list("kind", flat=True)


@pytest.mark.requirement("SK-44", "SK-49", "SK-51")
def test_sent_says_the_amounts_the_session_its_invoice_and_when_the_bank_has_it(mentor: User, sandbox: Sandbox) -> None:
    payout = earn(sandbox, mentor, at=clock.now() - DUE)
    payouts.sweep_payouts()
    email = told("sent")
    assert email.subject == "Virement envoyé : 48,00 €"
    for words in (
        "« lire un jeu de données » avec Léa Martin",
        "Payé par l’apprenant : 60,00 €",
        "Commission (20 %) : − 12,00 €",
        "Net envoyé : 48,00 €",
        "en général sous trois jours ouvrés",
        "contient 10,00 € de TVA que vous devez reverser",
        reverse("billing:invoice_pdf", args=[Invoice.objects.get().reference]),
    ):
        assert words in email.body_text, words
    assert payout.reference in email.body_html


@pytest.mark.requirement("SK-44")
def test_sent_after_something_was_given_back_says_what_is_left(mentor: User, sandbox: Sandbox) -> None:
    payout = earn(sandbox, mentor, at=clock.now() - DUE)
    give_back(payout, 1000)
    payouts.sweep_payouts()
    email = told("sent")
    for words in ("sur votre net : − 8,00 €", "Net envoyé : 40,00 €", "contient 8,33 € de TVA"):
        assert words in email.body_text, words


@pytest.mark.requirement("SK-44")
def test_failed_says_that_the_team_takes_over(mentor: User, sandbox: Sandbox) -> None:
    now = clock.now()
    earn(sandbox, mentor, at=now - DUE)
    # Nothing is left of the payment that funds it, nor of our balance: Stripe refuses each time.
    (charge,) = sandbox.store.all("charge")
    sandbox.store.save(charge | {"amount_refunded": 6000})
    for hours in (0, 2, 10, 40):
        payouts.sweep_payouts(now=now + timedelta(hours=hours))
    email = told("failed")
    assert email.subject == "Votre virement de 48,00 € n’a pas pu partir"
    assert "L’équipe s’en occupe" in email.body_text


@pytest.mark.requirement("SK-52")
@pytest.mark.parametrize(
    ("cause", "why"),
    [
        ("complaint:1", "L’apprenant a déposé une réclamation."),
        ("dispute:dp_1", "L’apprenant conteste ce paiement auprès de sa banque."),
        ("case:1", "Cette session demande une vérification avant le virement."),
        ("other:1", "L’équipe vérifie ce paiement."),
    ],
)
def test_suspended_says_why_and_released_when_it_leaves(mentor: User, sandbox: Sandbox, cause: str, why: str) -> None:
    payout = earn(sandbox, mentor)
    subject = payout.settlement.reference
    suspensions.suspend(reference=subject, cause=cause)
    assert why in told("suspended").body_text
    suspensions.lift(reference=subject, cause=cause)
    assert "Il partira avant le" in told("released").body_text


@pytest.mark.requirement("SK-52")
def test_released_after_its_date_leaves_within_the_hour(mentor: User, sandbox: Sandbox) -> None:
    payout = earn(sandbox, mentor, at=clock.now() - DUE)
    suspensions.suspend(reference=payout.settlement.reference, cause="complaint:1")
    suspensions.lift(reference=payout.settlement.reference, cause="complaint:1")
    assert "Il part dans l’heure." in told("released").body_text


@pytest.mark.requirement("SK-52")
@pytest.mark.parametrize(
    ("is_sent", "cents", "words"),
    [
        (False, 1000, "Votre virement sera de 40,00 €."),
        (False, 6000, "Il ne reste rien à virer pour cette session."),
        (True, 1000, "Le virement était déjà parti : 8,00 € seront repris"),
    ],
)
def test_reduced_says_what_was_given_back_why_and_what_follows(
    mentor: User,
    sandbox: Sandbox,
    is_sent: bool,  # noqa: FBT001
    cents: int,
    words: str,
) -> None:
    payout = earn(sandbox, mentor, at=clock.now() - DUE)
    if is_sent:
        payouts.sweep_payouts()
    give_back(payout, cents)
    email = told("reduced")
    assert email.subject == f"{cents // 100},00 € rendus à votre apprenant"
    assert "Motif : Son coupé" in email.body_text
    assert words in email.body_text
    assert "Un avoir corrige la facture" in email.body_text
