"""Money attacked from outside: other people's addresses, nonsense in every field and filter, signed nonsense."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from accounts.models import User
from billing.gateway import get_gateway
from billing.ledger import balance
from billing.ledger.accounts import pending, receivable, recoverable
from billing.models import (
    Correction,
    Dispute,
    LedgerTransaction,
    Payout,
    Refund,
    StripeEvent,
    TopUp,
)
from billing.services import disputes, payouts, refunds, reversals, webhooks
from billing.services.adjustments import adjust
from billing.services.corrections import Proposal, propose
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import CorrectionKind, CorrectionStatus, PayoutStatus
from core import clock
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.events import Endpoint, Event
from tests.billing.books import books_wrong
from tests.billing.earned import activate, earn, pay_by_card
from tests.billing.money import credit_left, make_member, make_mentor, make_terms
from tests.stripe import deliver

pytestmark = pytest.mark.django_db

# /admin/billing/payout/
LIST_DEPTH = 4
REASON = "Vu avec la comptable au téléphone."
NONSENSE = [
    "",
    " ",
    "\0",
    "-1",
    "−5",
    "0",
    "-0",
    "0,00",
    "0,001",
    "12,345",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e3",
    "0x10",
    "1_000",
    "1,000.00",
    "+5",
    "１２",
    "١٢",
    "²",
    "9" * 18,
    "9" * 5_000,
    "300,01",
    "<script>",
    "' OR 1=1 --",
    "{{7*7}}",
    "\u202e20",
    "2 0 \n 0 , 5 5 5",
]


def make_staff(*permissions: str, first_name: str = "Sylvie") -> User:
    staff = make_member(first_name, "Équipe")
    staff.is_staff = True
    staff.save(update_fields=["is_staff"])
    staff.user_permissions.set(Permission.objects.filter(content_type__app_label="billing", codename__in=permissions))
    return staff


def everything_permitted() -> User:
    return make_staff(*Permission.objects.filter(content_type__app_label="billing").values_list("codename", flat=True))


@pytest.fixture
def learner(client: Client) -> User:
    learner = make_member()
    client.force_login(learner)
    return learner


# --- the wrong person ---


def team_addresses() -> Iterator[str]:
    """Every address of the team's screens of the money, also of rows that do not exist."""
    for pattern in admin.site.urls[0]:
        for route in getattr(pattern, "url_patterns", [pattern]):
            if isinstance(route, URLPattern) and str(route.name or "").startswith("billing_"):
                yield _address(str(route.name))


def _address(name: str) -> str:
    for arguments in ((), (1,)):
        try:
            return reverse(f"admin:{name}", args=arguments)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def test_no_screen_of_the_team_answers_anybody_else(client: Client) -> None:
    addresses = set(team_addresses())
    assert len(addresses) > 60
    outsiders = [None, make_member(), make_staff()]
    for person in outsiders:
        client.logout()
        if person:
            client.force_login(person)
        for address in addresses:
            for answer in (client.get(address), client.post(address, {"reason": REASON})):
                # Of a row that does not exist the history leads to the start of the team's screens.
                is_history = address.endswith("/history/")
                refused = {403, 302} if is_history else {403} if person and person.is_staff else {302}
                assert answer.status_code in refused | {404, 405}, (address, person, answer.status_code)
                assert "billing" not in answer.get("Location", "").split("?")[0], address


# --- nonsense in forms and addresses ---


def answered(odd: str) -> int:
    """An address with a NUL is told to be unreadable, whatever page it asks for."""
    return 400 if "\0" in odd else 200


@pytest.mark.parametrize("typed", NONSENSE, ids=lambda typed: ascii(typed)[:20])
def test_no_nonsense_opens_a_payment_or_sends_money_back(
    client: Client, sandbox: Sandbox, learner: User, typed: str
) -> None:
    pay_by_card(sandbox, learner, "booking:a", 2_000)
    asked, written = TopUp.objects.count(), LedgerTransaction.objects.count()
    assert client.post("/credit/ajout/", {"montant": typed}).status_code == 200
    for shown in (typed, "2000"):
        answer = client.post("/credit/remboursement/", {"montant": typed, "shown_cents": shown})
        assert answer.status_code == 200
    assert client.get("/credit/remboursement/", {"montant": typed}).status_code == answered(typed)
    assert client.post("/credit/remboursement/", {"montant": "20", "shown_cents": typed}).status_code == 200
    assert client.post("/credit/dette/", {"shown_cents": typed}).status_code == 302
    assert (TopUp.objects.count(), LedgerTransaction.objects.count()) == (asked, written)
    assert not Refund.objects.exists()
    assert credit_left(learner) == 2_000


@pytest.mark.parametrize("typed", NONSENSE, ids=lambda typed: ascii(typed)[:20])
def test_no_nonsense_becomes_a_correction(client: Client, typed: str) -> None:
    member = make_member()
    client.force_login(everything_permitted())
    address = reverse("admin:billing_correction_add")
    given = {
        "kind": "goodwill",
        "member": member.email,
        "amount": "5",
        "reason": REASON,
        "reference": "abcdefgh23456789",
    }
    bad = [{"kind": typed}, {"reason": typed[:9]}, {"debit_code": typed or "stripe"}, {"reference": typed[:15]}]
    if typed != "300,01":
        bad += [{"amount": typed}]
    if typed.strip():
        bad += [{"member": typed}]
    for change in bad:
        assert client.post(address, given | change).status_code == 200, change
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    "odd",
    ["\0", "\ud7ff\0", "-1", "9" * 30, "9" * 5_000, "../..", "%", "'", "é" * 500],
    ids=lambda odd: ascii(odd)[:12],
)
def test_no_address_or_filter_is_too_odd_to_be_answered(
    client: Client, sandbox: Sandbox, learner: User, odd: str
) -> None:
    mentor = make_mentor()
    activate(sandbox, mentor)
    earn(sandbox, mentor)
    client.force_login(mentor)
    code = quote(odd, safe="")
    for address in (
        f"/factures/{code}.pdf",
        f"/factures/{code}.csv",
        f"/factures/{code}.zip",
        f"/revenus/{code}/",
        f"/revenus/releve/{code}/",
        f"/revenus/releve/{code}.csv",
        f"/credit/paiement/{code}/",
    ):
        assert client.get(address).status_code in {404, answered(odd)} - {200}, address
    for address in ("/factures/", "/revenus/", "/revenus/sessions.csv", "/credit/", "/credit/remboursement/"):
        query = dict.fromkeys(("page", "onglet", "annee", "periode", "etat", "montant"), odd)
        assert client.get(address, query).status_code == answered(odd), address


@pytest.mark.parametrize("odd", ["\0", "-1", "9" * 30, "é" * 500], ids=lambda odd: ascii(odd)[:12])
def test_no_filter_of_the_team_is_too_odd_to_be_answered(client: Client, odd: str) -> None:
    client.force_login(everything_permitted())
    pages = [address for address in team_addresses() if address.count("/") == LIST_DEPTH]
    assert len(pages) > 15
    for address in pages:
        for name in ("q", "p", "etat", "fichier", "o"):
            assert client.get(address, {name: odd}).status_code in {answered(odd), 302}, (address, name)


# --- decisions of the team ---


def test_what_was_approved_is_not_refused_and_the_other_way_round(client: Client) -> None:
    """Two pages open at the same time: the second one is told."""
    member = make_member()
    ends = {"accord": CorrectionStatus.APPROVED, "refus": CorrectionStatus.REFUSED}
    for number, (first, second) in enumerate([("accord", "refus"), ("refus", "accord")]):
        proposal = Proposal(CorrectionKind.PLATFORM, 100 + number, REASON, None, "stripe", "bank")
        correction = propose(by=make_staff(), proposal=proposal)
        for verb, status in ((first, 302), (second, 200)):
            client.force_login(everything_permitted())
            address = reverse(f"admin:billing_correction_{verb}", args=[correction.pk])
            assert client.post(address, {"reason": REASON}).status_code == status
            correction.refresh_from_db()
            assert correction.status == ends[first]
    assert LedgerTransaction.objects.filter(kind="correction").count() == 1
    assert credit_left(member) == 0


def test_whoever_proposed_is_refused_at_the_address_itself(client: Client) -> None:
    person = everything_permitted()
    correction = propose(by=person, proposal=Proposal(CorrectionKind.GOODWILL, 500, REASON, make_member()))
    client.force_login(person)
    for verb in ("accord", "refus"):
        address = reverse(f"admin:billing_correction_{verb}", args=[correction.pk])
        assert client.post(address, {"reason": REASON}).status_code == 200
    correction.refresh_from_db()
    assert correction.status == CorrectionStatus.PROPOSED


# --- signed, but wrong ---


@pytest.mark.parametrize(
    "extra",
    [
        {"api_version": "2012-02-23"},
        {"api_version": None},
        {"account": "acct_somebody_else"},
        {"livemode": True, "context": "acct_x/acct_y"},
    ],
    ids=str,
)
@pytest.mark.parametrize("type_", ["checkout.session.completed", "payment_intent.succeeded", "charge.dispute.closed"])
def test_an_event_says_only_where_to_look(
    client: Client, sandbox: Sandbox, learner: User, extra: dict[str, object], type_: str
) -> None:
    """Whatever it claims, what was not paid is not credit, and what was not disputed is not lost."""
    top_up = pay_by_card(sandbox, learner, "booking:a", 2_000)
    claim = {"status": "succeeded", "payment_status": "paid", "amount": 10**9, "charge": top_up.charge_id}
    for number, object_id in enumerate(["cs_invented", "../../v1/balance", top_up.payment_intent_id, "acct_1"]):
        name = f"evt_{number}"
        data = {"object": {"id": object_id, "client_reference_id": top_up.reference, **claim}}
        body = {"id": name, "object": "event", "type": type_, "data": data, **extra}
        assert deliver(client, Event(name, type_, Endpoint.SNAPSHOT, json.dumps(body))) == 200
    webhooks.handle_due(now=clock.now() + timedelta(seconds=1))
    assert (credit_left(learner), Dispute.objects.count(), TopUp.objects.count()) == (2_000, 0, 1)
    assert StripeEvent.objects.count() == 4
    StripeEvent.objects.update(handled_at=clock.now(), next_attempt_at=None)
    assert books_wrong() == []


# --- everything at the same time ---


@pytest.mark.parametrize("is_made", [True, False], ids=["made", "never-made"])
@pytest.mark.parametrize("end", ["won", "lost", "appeal"])
def test_a_payment_in_doubt_is_disputed_in_part_and_given_back_in_full(
    sandbox: Sandbox, *, is_made: bool, end: str
) -> None:
    """Stripe did not answer whether the mentor was paid; the bank takes half; the complaint gives back all."""
    mentor, learner = make_mentor(), make_member()
    activate(sandbox, mentor)
    pay_by_card(sandbox, make_member("Nadia", "Faure"), "booking:others", 50_000)
    top_up = pay_by_card(sandbox, learner, "booking:a", 6_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
    settle(terms=make_terms("booking:a", learner, mentor))
    payout = Payout.objects.get()
    fault = FaultKind.LOST_ANSWER if is_made else FaultKind.NOT_REACHED
    sandbox.faults.add(Fault("POST /v1/transfers", fault, times=3))
    assert payouts.sweep_payouts(now=payout.due_at) == 0
    dispute = sandbox.open_dispute(top_up.charge_id, amount=3_000)
    disputes.apply_dispute(get_gateway().retrieve_dispute(dispute))
    adjust(reference="complaint:1", subject="booking:a", amount_cents=6_000, reason="Rien n’a eu lieu.")
    (sandbox.win_dispute if end == "won" else sandbox.lose_dispute)(dispute)
    disputes.apply_dispute(get_gateway().retrieve_dispute(dispute))
    for minutes in (11, 80, 500, 2_000):
        payouts.sweep_payouts(now=payout.due_at + timedelta(minutes=minutes))
        reversals.sweep_reversals(now=payout.due_at + timedelta(minutes=minutes + 1))
    if end == "appeal":
        sandbox.win_dispute(dispute)
        disputes.apply_dispute(get_gateway().retrieve_dispute(dispute))
    assert (balance(pending(mentor)), balance(receivable(learner))) == (0, 0)
    assert credit_left(learner) == (3_000 if end == "lost" else 6_000)
    payout.refresh_from_db()
    assert (payout.status, balance(recoverable(mentor))) == (PayoutStatus.PAID, 0)
    left = credit_left(learner)
    refunds.request_refund(user=learner, amount_cents=left)
    assert refunds.sweep_refunds() == 1
    assert credit_left(learner) == 0
    assert books_wrong() == []
