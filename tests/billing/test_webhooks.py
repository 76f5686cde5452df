"""The inbox: signed, kept once, handled once, retried while unknown."""

import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from billing.gateway import get_gateway
from billing.models import ConnectedAccount, Dispute, StripeEvent, TopUp
from billing.services import onboarding, webhooks
from billing.services.holds import place_hold
from billing.services.payments import Secured, secure_credit, start_payment
from billing.services.refunds import request_refund, sweep_refunds
from billing.states import AccountState, DisputeStatus, RefundStatus
from core import clock
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.events import Endpoint, Event
from stripe_sandbox.resources.accounts import Outcome
from tests.billing.books import books_wrong
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left, make_member, make_mentor
from tests.stripe import ACCEPTED, deliver, deliver_all, session_of

pytestmark = pytest.mark.django_db


def make_event(type_: str = "customer.created", object_id: str = "cus_1", event_id: str = "evt_1") -> Event:
    body = {"id": event_id, "object": "event", "type": type_, "data": {"object": {"id": object_id}}}
    return Event(event_id, type_, Endpoint.SNAPSHOT, json.dumps(body))


def test_an_event_is_kept_once_however_often_it_comes(
    client: Client, sandbox: Sandbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as jobs:
        assert [deliver(client, make_event()) for _time in range(3)] == [200, 200, 200]
    (event,) = StripeEvent.objects.all()
    assert (event.event_id, event.type, event.object_id, event.handled_at) == (
        "evt_1",
        "customer.created",
        "cus_1",
        None,
    )
    assert len(jobs) == 3


@pytest.mark.parametrize("name", ["billing:webhook", "billing:webhook_v2"])
def test_without_a_secret_there_is_no_such_page(
    client: Client, sandbox: Sandbox, settings: Settings, name: str
) -> None:
    settings.STRIPE_WEBHOOK_SECRET = settings.STRIPE_WEBHOOK_SECRET_V2 = ""
    body = make_event()
    answer = client.post(reverse(name), body.body, "application/json", headers={"Stripe-Signature": body.signature("")})
    assert answer.status_code == 404


@pytest.mark.parametrize("signature", ["", "t=1,v1=00", "nonsense"])
@pytest.mark.parametrize("name", ["billing:webhook", "billing:webhook_v2"])
def test_a_bad_signature_is_refused(client: Client, sandbox: Sandbox, name: str, signature: str) -> None:
    headers = {"Stripe-Signature": signature} if signature else {}
    answer = client.post(reverse(name), make_event().body, "application/json", headers=headers)
    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()


def test_a_body_changed_on_the_way_is_refused(client: Client, sandbox: Sandbox) -> None:
    event = make_event()
    answer = client.post(
        reverse("billing:webhook"),
        event.body.replace("cus_1", "cus_2"),
        "application/json",
        headers={"Stripe-Signature": event.signature("whsec_sandbox")},
    )
    assert answer.status_code == 400


def test_a_thin_event_at_the_wrong_door_is_refused(client: Client, sandbox: Sandbox) -> None:
    event = make_event()
    answer = client.post(
        reverse("billing:webhook_v2"),
        event.body,
        "application/json",
        headers={"Stripe-Signature": event.signature("whsec_sandbox_v2")},
    )
    assert answer.status_code == 400


SIGNED_NONSENSE = (
    "",
    "null",
    "[]",
    "{",
    "\udcff",
    '"evt_1"',
    "{}",
    '{"id": "evt_1", "object": "event"}',
    '{"id": "evt_1", "object": "event", "type": "customer.created", "data": null}',
    '{"id": "evt_1", "object": "event", "type": "customer.created", "data": {"object": []}}',
    '{"id": "evt_1", "object": "event", "type": "customer.created", "data": {"object": "cus_1"}}',
    '{"id": "", "object": "event", "type": "customer.created", "data": {"object": {"id": "cus_1"}}}',
    '{"a":' * 20_000,
    "[" * 100_000,
    json.dumps({"id": "evt_\0", "object": "event", "type": "a", "data": {"object": {"id": "b"}}}),
    json.dumps({"id": "evt_1", "object": "event", "type": "\ud800", "data": {"object": {"id": "b"}}}),
    json.dumps({"id": "evt_1", "object": "event", "type": "a", "data": {"object": {"id": ["b", " "]}}}),
    json.dumps({"id": "evt_1" * 50, "object": "event", "type": "a", "data": {"object": {"id": "b"}}}),
    json.dumps({"id": "evt_1", "object": "event", "type": "a" * 121, "data": {"object": {"id": "b"}}}),
    json.dumps({"id": "evt_1", "object": "event", "type": "a", "data": {"object": {"id": "b" * 121}}}),
    json.dumps({"id": "evt_1", "object": "v2.core.event", "type": "v2.core.account.updated", "related_object": "acct"}),
)


@pytest.mark.parametrize("body", SIGNED_NONSENSE)
@pytest.mark.parametrize("endpoint", list(Endpoint))
def test_nonsense_is_refused_even_when_it_is_signed(
    client: Client, sandbox: Sandbox, body: str, endpoint: Endpoint
) -> None:
    raw = body.encode("utf8", "surrogateescape")
    thin = endpoint == Endpoint.THIN
    signed = Event("evt_1", "a", endpoint, raw.decode("latin1"))
    secret = "whsec_sandbox_v2" if thin else "whsec_sandbox"
    answer = client.post(
        reverse("billing:webhook_v2" if thin else "billing:webhook"),
        raw,
        "application/json",
        headers={"Stripe-Signature": signed.signature(secret)},
    )
    assert answer.status_code == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize("size", [webhooks.LONGEST_BODY, 13 * 1024 * 1024])
def test_a_body_longer_than_any_event_is_refused(client: Client, sandbox: Sandbox, size: int) -> None:
    event = make_event(object_id="x" * size)
    assert deliver(client, event) == 400
    assert not StripeEvent.objects.exists()


def test_a_character_the_database_cannot_keep_does_not_stop_an_event(client: Client, sandbox: Sandbox) -> None:
    body = {
        "id": "evt_1",
        "type": "a",
        "object": "event",
        "data": {"object": {"id": "cus_1", "names": ["L\0éa\ud800", 1, float("inf")]}},
    }
    assert deliver(client, Event("evt_1", "a", Endpoint.SNAPSHOT, json.dumps(body))) == 200
    assert StripeEvent.objects.get().payload["data"]["object"]["names"] == ["Léa?", 1, None]
    assert webhooks.handle_due() == 1


def test_a_signature_older_than_five_minutes_is_refused(
    client: Client, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event()
    with monkeypatch.context() as past:
        past.setattr("time.time", lambda real=time.time: real() - 301)
        signature = event.signature("whsec_sandbox")
    answer = client.post(
        reverse("billing:webhook"), event.body, "application/json", headers={"Stripe-Signature": signature}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["billing:webhook", "billing:webhook_v2"])
def test_only_post_is_answered(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 405


def test_an_event_we_do_not_need_is_stamped(client: Client, sandbox: Sandbox) -> None:
    deliver(client, make_event())
    assert webhooks.handle_due() == 1
    assert StripeEvent.objects.get().handled_at
    assert webhooks.handle_due() == 0


def test_an_unknown_object_is_tried_for_a_day_and_then_left_to_staff(client: Client, sandbox: Sandbox) -> None:
    deliver(client, make_event("v2.core.account.updated", "acct_unknown"))
    start = clock.now()
    assert webhooks.handle_due(now=start) == 0
    assert webhooks.handle_due(now=start + timedelta(seconds=30)) == 0
    assert StripeEvent.objects.get().attempts == 1
    assert webhooks.handle_due(now=start + timedelta(minutes=2)) == 0
    assert StripeEvent.objects.get().attempts == 2
    webhooks.handle_due(now=start + timedelta(hours=25))
    assert StripeEvent.objects.given_up().count() == 1
    assert webhooks.handle_due(now=start + timedelta(hours=48)) == 0
    assert StripeEvent.objects.get().attempts == 3


def test_a_worker_that_died_leaves_its_event_to_the_next(client: Client, sandbox: Sandbox) -> None:
    deliver(client, make_event())
    start = clock.now()
    StripeEvent.objects.update(next_attempt_at=start + webhooks.CLAIM, attempts=1)
    assert webhooks.handle_due(now=start) == 0
    assert webhooks.handle_due(now=start + webhooks.CLAIM) == 1


def test_an_account_event_reads_the_account_back(client: Client, sandbox: Sandbox) -> None:
    account = onboarding.get_or_create_account(user=make_mentor())
    sandbox.settle_account(account.stripe_id, Outcome.IN_REVIEW)
    sandbox.settle_account(account.stripe_id)
    # The first event speaks of a review, but what counts is what Stripe says now.
    assert deliver(client, sandbox.outbox[0]) == 200
    assert webhooks.handle_due() == 1
    assert ConnectedAccount.objects.get().state == AccountState.ACTIVE
    deliver_all(client, sandbox)
    assert webhooks.handle_due() == 3


def test_when_stripe_does_not_answer_the_event_waits(client: Client, sandbox: Sandbox) -> None:
    account = onboarding.get_or_create_account(user=make_mentor())
    sandbox.settle_account(account.stripe_id)
    deliver(client, sandbox.outbox[0])
    sandbox.faults.add(Fault("GET /v2/core/accounts", FaultKind.BROKEN, times=3))
    start = clock.now()
    assert webhooks.handle_due(now=start) == 0
    assert StripeEvent.objects.get().last_error
    assert webhooks.handle_due(now=start + timedelta(minutes=2)) == 1
    assert StripeEvent.objects.get().last_error == ""


# --- every family of events reads its object back ---


def types_of(sandbox: Sandbox) -> set[str]:
    return {event.type for event in sandbox.outbox}


def deliver_and_handle(client: Client, sandbox: Sandbox) -> int:
    deliver_all(client, sandbox)
    return webhooks.handle_due()


def test_a_payment_is_told_by_its_page_and_by_itself(client: Client, sandbox: Sandbox) -> None:
    learner = make_member()
    started = start_payment(
        payer=learner,
        reference="booking:a",
        total_cents=5_000,
        shown_cents=5_000,
        label="Python",
        closes_at=clock.now() + timedelta(minutes=30),
        return_url="http://localhost:8000/retour/",
    )
    assert started.checkout_url
    sandbox.pay(session_of(started.checkout_url), ACCEPTED)
    assert {"payment_intent.succeeded", "checkout.session.completed"} <= types_of(sandbox)
    for event in [*reversed(sandbox.outbox), *sandbox.outbox]:
        assert deliver(client, event) == 200
        webhooks.handle_due()
    assert credit_left(learner) == 5_000
    assert StripeEvent.objects.filter(handled_at=None).count() == 0
    assert books_wrong() == []


def test_a_payment_on_the_saved_card_is_told_without_any_page(client: Client, sandbox: Sandbox) -> None:
    learner = make_member()
    pay_by_card(sandbox, learner, "booking:a", 5_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=5_000)
    deliver_and_handle(client, sandbox)
    sandbox.faults.add(Fault("POST /v1/payment_intents", FaultKind.LOST_ANSWER, times=3))
    secured = secure_credit(
        payer=learner,
        reference="booking:a",
        hold_number=2,
        total_cents=2_500,
        shown_cents=2_500,
        label="Python",
        closes_at=clock.now() + timedelta(minutes=30),
        return_url="http://localhost:8000/retour/",
    )
    assert (secured.state, credit_left(learner)) == (Secured.PENDING, 0)
    assert types_of(sandbox) == {"payment_intent.succeeded"}
    assert deliver_and_handle(client, sandbox) == 1
    assert credit_left(learner) == 2_500
    top_up = TopUp.objects.get(hold_number=2)
    assert (top_up.status, top_up.checkout_id, top_up.origin) == ("paid", None, "saved_card")
    assert books_wrong() == []


def test_a_refund_that_failed_is_read_back(client: Client, sandbox: Sandbox) -> None:
    learner = make_member()
    pay_by_card(sandbox, learner, "booking:a", 5_000)
    (refund,) = request_refund(user=learner, amount_cents=2_000)
    sweep_refunds()
    deliver_and_handle(client, sandbox)
    refund.refresh_from_db()
    assert (refund.status, credit_left(learner)) == (RefundStatus.SENT, 3_000)
    sandbox.fail_refund(refund.refund_id)
    assert types_of(sandbox) == {"refund.updated", "refund.failed", "charge.refund.updated"}
    assert deliver_and_handle(client, sandbox) == 3
    refund.refresh_from_db()
    assert (refund.status, credit_left(learner)) == (RefundStatus.FAILED, 5_000)
    assert StripeEvent.objects.filter(handled_at=None).count() == 0
    assert books_wrong() == []


def test_a_refund_made_by_hand_at_stripe_is_left_to_staff(client: Client, sandbox: Sandbox) -> None:
    top_up = pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    deliver_and_handle(client, sandbox)
    get_gateway().refund(charge_id=top_up.charge_id, amount_cents=100, reference="", key="by-hand")
    deliver_all(client, sandbox)
    start = clock.now()
    webhooks.handle_due(now=start)
    webhooks.handle_due(now=start + timedelta(hours=25))
    (event,) = StripeEvent.objects.given_up()
    assert "UnknownObject" in event.last_error
    wrong = {check.name for check in books_wrong()}
    assert wrong == {"Stripe events given up", "Stripe lines without a ledger transaction"}


def test_every_step_of_a_dispute_is_read_back(client: Client, sandbox: Sandbox) -> None:
    top_up = pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    deliver_and_handle(client, sandbox)
    dispute_id = sandbox.open_inquiry(top_up.charge_id)
    states = []
    for step in (sandbox.escalate_inquiry, sandbox.answer_dispute, sandbox.win_dispute):
        deliver_and_handle(client, sandbox)
        states.append(Dispute.objects.get().status)
        step(dispute_id)
    assert deliver_and_handle(client, sandbox) == 2
    assert [*states, Dispute.objects.get().status] == ["inquiry", "open", "open", "won"]
    assert books_wrong() == []


def test_a_dispute_about_an_unknown_payment_waits_for_it(client: Client, sandbox: Sandbox) -> None:
    top_up = pay_by_card(sandbox, make_member(), "booking:a", 5_000)
    deliver_and_handle(client, sandbox)
    TopUp.objects.update(charge_id="")
    sandbox.open_dispute(top_up.charge_id)
    deliver_all(client, sandbox)
    start = clock.now()
    assert webhooks.handle_due(now=start) == 0
    assert "UnknownCharge" in StripeEvent.objects.exclude(last_error="")[0].last_error
    TopUp.objects.update(charge_id=top_up.charge_id)
    assert webhooks.handle_due(now=start + timedelta(minutes=2)) == 2
    assert Dispute.objects.get().status == DisputeStatus.OPEN


def test_an_object_unknown_at_stripe_is_tried_again(client: Client, sandbox: Sandbox) -> None:
    for number, type_ in enumerate(("charge.dispute.created", "refund.failed", "payment_intent.succeeded")):
        deliver(client, make_event(type_, "xx_unknown", f"evt_{number}"))
    assert webhooks.handle_due() == 0
    assert StripeEvent.objects.exclude(next_attempt_at=None).count() == 3


# --- what staff do with an event given up ---


def test_staff_let_an_event_given_up_try_again_or_dismiss_it(client: Client, sandbox: Sandbox) -> None:
    deliver(client, make_event("v2.core.account.updated", "acct_unknown"))
    event, start = StripeEvent.objects.get(), clock.now()
    assert not webhooks.retry(event_id=event.pk)
    assert not webhooks.dismiss(event_id=event.pk)
    webhooks.handle_due(now=start + timedelta(hours=25))
    assert webhooks.retry(event_id=event.pk, now=start + timedelta(hours=26))
    assert not webhooks.retry(event_id=event.pk)
    webhooks.handle_due(now=start + timedelta(hours=26))
    assert StripeEvent.objects.given_up().get().attempts == 2
    assert webhooks.dismiss(event_id=event.pk)
    assert not StripeEvent.objects.given_up().exists()
    assert StripeEvent.objects.get().last_error
