"""The inbox: signed, kept once, handled once, retried while unknown."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from billing.models import ConnectedAccount, StripeEvent
from billing.services import onboarding, webhooks
from billing.states import AccountState
from core import clock
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.events import Endpoint, Event
from stripe_sandbox.resources.accounts import Outcome
from tests.billing.money import make_mentor
from tests.stripe import deliver, deliver_all

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
