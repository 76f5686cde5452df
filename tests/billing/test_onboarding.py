"""The mentor's account at Stripe, his billing profile and his mandate."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import mandate
from billing.errors import MandateChanged, StripeUnavailable
from billing.forms import BillingProfileForm
from billing.gateway import Account, TransfersState
from billing.models import BillingMandate, ConnectedAccount, Payout
from billing.services import account_news, onboarding, payouts, suspensions
from billing.signals import account_capability_changed
from billing.states import AccountState, PayoutStatus, VatRegime
from core import clock
from notifications.models import Email, Notice
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.resources.accounts import Outcome
from tests import people
from tests.billing.earned import DUE, activate, earn
from tests.billing.money import make_member, make_mentor

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(client: Client) -> User:
    user = make_mentor()
    client.force_login(user)
    return user


@pytest.fixture
def changes() -> Iterator[list[str]]:
    seen: list[str] = []

    def receive(account: ConnectedAccount, **_extra: Any) -> None:
        seen.append(account.state)

    account_capability_changed.connect(receive)
    yield seen
    account_capability_changed.disconnect(receive)


def token_of(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1]


# --- the account ---


@pytest.mark.requirement("SK-46", "K-9")
def test_a_click_makes_the_account_once_and_a_link_each_time(mentor: User, sandbox: Sandbox) -> None:
    first, second = onboarding.start(user=mentor), onboarding.start(user=mentor)
    assert first != second
    assert [row["id"] for row in sandbox.store.all("v2.core.account")] == [mentor.connected_account.stripe_id]
    assert mentor.connected_account.state == AccountState.STARTED
    assert mentor.connected_account.requirements_due


@pytest.mark.requirement("SK-45", "K-9")
def test_only_stripe_sets_the_account_and_its_state(mentor: User, sandbox: Sandbox, changes: list[str]) -> None:
    onboarding.start(user=mentor)
    account = mentor.connected_account
    for outcome, state in ((Outcome.IN_REVIEW, AccountState.PENDING), (Outcome.COMPLETE, AccountState.ACTIVE)):
        sandbox.settle_account(account.stripe_id, outcome)
        assert onboarding.refresh_account(account=account).state == state
    onboarding.refresh_account(account=account)
    assert changes == [AccountState.PENDING, AccountState.ACTIVE]
    assert account.stripe_id.startswith("acct_")


@pytest.mark.requirement("SK-25")
def test_a_mentor_whose_transfers_stop_is_told(mentor: User, sandbox: Sandbox) -> None:
    onboarding.start(user=mentor)
    account = mentor.connected_account
    sandbox.settle_account(account.stripe_id)
    onboarding.refresh_account(account=account)
    assert not Notice.objects.exists()
    sandbox.restrict_account(account.stripe_id)
    assert not onboarding.refresh_account(account=account).is_payable
    assert Notice.objects.get().kind == "billing.account_attention"
    email = Email.objects.get()
    assert email.to == mentor.email
    assert "Il manque : un justificatif, par exemple une pièce d’identité." in email.body_text.replace("\u202f", " ")


@pytest.mark.requirement("SK-25")
def test_the_team_is_told_too_by_who_may_see_payouts(mentor: User, sandbox: Sandbox) -> None:
    User.objects.create_user("accueil@example.org", is_staff=True)
    finance = User.objects.create_superuser("finance@example.org", "sesame-ouvre-toi")
    account = activate(sandbox, mentor)
    sandbox.restrict_account(account.stripe_id)
    for _number in range(2):
        onboarding.refresh_account(account=account)
    told = Notice.objects.values_list("recipient__email", "kind").order_by("kind")
    assert list(told) == [(mentor.email, "billing.account_attention"), (finance.email, "billing.account_stopped")]


@pytest.mark.requirement("SK-25", "SK-44")
def test_money_that_waits_for_the_account_is_said_once_a_week(client: Client, mentor: User, sandbox: Sandbox) -> None:
    account = activate(sandbox, mentor)
    now = clock.now()
    earn(sandbox, mentor, at=now - DUE)
    sandbox.restrict_account(account.stripe_id)
    onboarding.refresh_account(account=account)
    assert account_news.warn_waiting(now=now) == 0, "He was told today that transfers stop."
    payouts.sweep_payouts(now=now + timedelta(days=2))
    told = [account_news.warn_waiting(now=now + timedelta(days=days)) for days in (2, 3, 9, 10)]
    assert told == [1, 0, 1, 0]
    email = Email.objects.filter(kind="billing.payout_waiting").latest("pk")
    assert "48,00" in email.subject
    page = client.get(reverse("billing:earnings")).text
    assert "Stripe attend encore des informations." in page
    assert "vous attendent et partiront" in page
    sandbox.settle_account(account.stripe_id)
    onboarding.refresh_account(account=account, now=now + timedelta(days=30))
    assert account_news.warn_waiting(now=now + timedelta(days=30)) == 0
    payouts.sweep_payouts(now=now + timedelta(days=30))
    assert Payout.objects.get().status == PayoutStatus.PAID


def test_nobody_is_told_of_money_that_a_complaint_keeps(mentor: User, sandbox: Sandbox) -> None:
    account = activate(sandbox, mentor)
    payout = earn(sandbox, mentor, at=clock.now() - DUE)
    suspensions.suspend(reference=payout.settlement.reference, cause="complaint:1")
    sandbox.restrict_account(account.stripe_id)
    onboarding.refresh_account(account=account)
    assert account_news.warn_waiting(now=clock.now() + timedelta(days=3)) == 0


@pytest.mark.requirement("SK-45", "K-9")
@pytest.mark.parametrize("name", ["billing:onboarding", "mentors:company", "mentors:rate", "mentors:mandate"])
def test_an_account_somebody_types_is_not_read(client: Client, mentor: User, sandbox: Sandbox, name: str) -> None:
    account = activate(sandbox, mentor)
    typed = {"stripe_id": "acct_of_somebody_else", "account": "acct_of_somebody_else", "state": "active", "tarif": "60"}
    client.post(reverse(name), {**fill().data, **typed})
    assert ConnectedAccount.objects.get(user=mentor).stripe_id == account.stripe_id
    assert "stripe_id" not in client.get(reverse("mentors:billing")).text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([], []),
        (["identity.individual.date_of_birth", "defaults.external_account"], ["naissance", "compte bancaire"]),
        (["defaults.external_account", "configuration.recipient.external_account"], ["compte bancaire"]),
        (["future.thing", "identity.individual.address"], ["adresse", "une information que Stripe vous indiquera"]),
    ],
)
def test_what_stripe_waits_for_is_said_in_words(asked: list[str], words: list[str]) -> None:
    found = ConnectedAccount(requirements_due=asked).awaited
    assert len(found) == len(words)
    assert all(word in text for word, text in zip(words, found, strict=True))


@pytest.mark.requirement("SK-25")
@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("started", "Stripe attend encore des informations."),
        ("pending", "Stripe vérifie vos informations."),
        ("restricted", "Stripe a bloqué votre compte."),
    ],
)
def test_every_state_is_said_where_the_mentor_looks(client: Client, sandbox: Sandbox, state: str, text: str) -> None:
    user = people.mentor("Claire", "Roux")
    ConnectedAccount.objects.filter(user=user).update(state=state, requirements_due=["defaults.external_account"])
    client.force_login(user)
    for name in ("mentors:billing", "billing:earnings"):
        page = client.get(reverse(name)).text
        assert text in page
        assert "Continuer sur Stripe" in page
        assert "votre compte bancaire (IBAN)" in page
    desk = client.get(reverse("pages:account")).text
    assert text.rstrip(".") in desk
    assert reverse("billing:onboarding_return") in desk


def test_what_was_read_later_stays(mentor: User, sandbox: Sandbox) -> None:
    account = onboarding.get_or_create_account(user=mentor)
    now = clock.now()
    active = Account(account.stripe_id, TransfersState.ACTIVE, awaits_owner=False, requirements_due=())
    pending = Account(account.stripe_id, TransfersState.PENDING, awaits_owner=False, requirements_due=())
    onboarding.apply_account(account, active, read_at=now + timedelta(seconds=2))
    assert onboarding.apply_account(account, pending, read_at=now + timedelta(seconds=1)).state == AccountState.ACTIVE


@pytest.mark.parametrize(
    ("transfers", "awaits_owner", "state"),
    [
        (TransfersState.ACTIVE, False, AccountState.ACTIVE),
        (TransfersState.PENDING, False, AccountState.PENDING),
        (TransfersState.RESTRICTED, True, AccountState.STARTED),
        (TransfersState.RESTRICTED, False, AccountState.RESTRICTED),
        (TransfersState.REJECTED, True, AccountState.RESTRICTED),
        (TransfersState.UNSUPPORTED, False, AccountState.RESTRICTED),
    ],
)
def test_every_answer_of_stripe_has_a_state(
    transfers: TransfersState,
    awaits_owner: bool,  # noqa: FBT001
    state: AccountState,
) -> None:
    assert onboarding.state_of(Account("acct_1", transfers, awaits_owner, ())) == state


def test_a_lost_answer_does_not_make_a_second_account(mentor: User, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("POST /v2/core/accounts", FaultKind.LOST_ANSWER, times=3))
    with pytest.raises(StripeUnavailable):
        onboarding.start(user=mentor)
    onboarding.start(user=mentor)
    assert len(sandbox.store.all("v2.core.account")) == 1


# --- the pages ---


@pytest.mark.requirement("SK-46")
def test_the_button_leads_to_stripe_and_back_to_a_page_that_knows(
    client: Client, mentor: User, sandbox: Sandbox
) -> None:
    answer = client.post(reverse("billing:onboarding"))
    assert answer.status_code == 302
    sandbox.finish_onboarding(token_of(answer["Location"]), Outcome.COMPLETE)
    page = client.get(reverse("billing:onboarding_return"))
    assert "Votre compte Stripe est prêt." in page.text
    assert "Continuer sur Stripe" not in page.text


@pytest.mark.requirement("SK-25")
def test_leaving_without_finishing_says_that_payouts_cannot_leave(
    client: Client, mentor: User, sandbox: Sandbox
) -> None:
    answer = client.post(reverse("billing:onboarding"))
    sandbox.finish_onboarding(token_of(answer["Location"]), Outcome.INCOMPLETE)
    page = client.get(reverse("billing:onboarding_return")).text
    assert "Stripe attend encore des informations." in page
    assert "Vos virements ne peuvent pas partir." in page
    assert "Continuer sur Stripe" in page
    assert "csrfmiddlewaretoken" in page


def test_the_return_page_without_an_account_offers_one(client: Client, mentor: User) -> None:
    assert "Créer mon compte Stripe" in client.get(reverse("billing:onboarding_return")).text


def test_stripe_that_does_not_answer_is_said(client: Client, mentor: User, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("POST /v2/core/account", FaultKind.BROKEN, times=3))
    page = client.post(reverse("billing:onboarding"), follow=True)
    assert "Stripe ne répond pas" in page.text
    onboarding.start(user=mentor)
    sandbox.faults.add(Fault("GET /v2/core/account", FaultKind.BROKEN, times=3))
    assert client.get(reverse("billing:onboarding_return")).status_code == 200


def test_a_mentor_sees_his_own_account_only(client: Client, mentor: User, sandbox: Sandbox) -> None:
    onboarding.start(user=mentor)
    client.force_login(make_member("Nadia", "Benali"))
    assert "Créer mon compte Stripe" in client.get(reverse("billing:onboarding_return")).text


def test_visitors_must_log_in(client: Client) -> None:
    for answer in (client.post(reverse("billing:onboarding")), client.get(reverse("billing:onboarding_return"))):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_wrong_methods_are_refused(client: Client, mentor: User) -> None:
    assert client.get(reverse("billing:onboarding")).status_code == 405
    assert client.post(reverse("billing:onboarding_return")).status_code == 405


# --- the mandate ---


@pytest.mark.requirement("K-10")
def test_the_mandate_keeps_which_text_was_accepted_once() -> None:
    user = make_member()
    first = onboarding.accept_mandate(user=user)
    again = onboarding.accept_mandate(user=user, now=clock.now() + timedelta(days=1))
    assert (first.pk, first.version, first.text_sha256) == (again.pk, mandate.VERSION, mandate.digest())
    assert BillingMandate.objects.filter(user=user).count() == 1


def test_a_mandate_that_changed_meanwhile_is_refused() -> None:
    with pytest.raises(MandateChanged):
        onboarding.accept_mandate(user=make_member(), version="2020-01")


def test_the_text_in_force_is_the_one_that_was_fixed() -> None:
    """A changed text is a new version: change both together."""
    assert (mandate.VERSION, mandate.digest()[:16]) == ("2026-11", "534491dc3642f08d")


# --- the profile ---


def fill(**changes: str) -> BillingProfileForm:
    data = {
        "business_name": "Inès Haddad EI",
        "address": "14 rue des Tilleuls",
        "postcode": "44000",
        "city": "Nantes",
        "siren": "123 456 782",
        "vat_regime": VatRegime.FRANCHISE,
        "vat_number": "",
    }
    return BillingProfileForm(data | changes)


@pytest.mark.requirement("SK-47")
def test_the_profile_collects_what_invoices_need() -> None:
    form = fill()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["siren"] == "123456782"


@pytest.mark.requirement("SK-47")
@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"siren": ""}, "siren", "Pour devenir mentor, il faut un numéro SIREN"),
        ({"siren": "123456789"}, "siren", "Ce numéro SIREN n’est pas valide. Il comporte 9 chiffres."),
        ({"siren": "12345"}, "siren", "Ce numéro SIREN n’est pas valide"),
        ({"vat_regime": ""}, "vat_regime", "régime de TVA"),
        ({"vat_regime": "registered"}, "vat_number", "Indiquez votre numéro de TVA"),
        ({"vat_regime": "registered", "vat_number": "FR00123456782"}, "vat_number", "n’est pas valide"),
        ({"vat_regime": "registered", "vat_number": "FR44732829320"}, "vat_number", "n’est pas celui de ce SIREN"),
        ({"address": ""}, "address", ""),
    ],
)
def test_the_profile_says_what_is_wrong(changes: dict[str, str], field: str, message: str) -> None:
    form = fill(**changes)
    assert not form.is_valid()
    assert message in str(form.errors[field])
    assert list(form.errors) == [field]


@pytest.mark.requirement("SK-47")
def test_the_vat_number_is_kept_only_for_who_is_liable() -> None:
    liable = fill(vat_regime="registered", vat_number="FR 11 123456782")
    assert liable.is_valid(), liable.errors
    assert liable.cleaned_data["vat_number"] == "FR11123456782"
    exempt = fill(vat_number="FR 11 123456782")
    assert exempt.is_valid()
    assert exempt.cleaned_data["vat_number"] == ""
    profile = liable.save(commit=False)
    profile.user = make_member()
    profile.save()
    assert profile.user.billing_profile.vat_regime == VatRegime.REGISTERED
