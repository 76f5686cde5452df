"""« Crédit » as its owner uses it: somebody logged in, the words of a page, a payment made and come back from."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.models import TopUp
from billing.services import payments
from billing.services.credit import start_credit_top_up
from billing.states import TopUpStatus
from core.money import NARROW_SPACE, NO_BREAK_SPACE
from stripe_sandbox import Sandbox
from tests.billing.money import make_member
from tests.stripe import ACCEPTED, session_of

CREDIT, ADD, BACK, DEBT, FILE = (
    f"billing:{name}" for name in ("credit", "credit_top_up", "credit_refund", "credit_debt", "credit_csv")
)
MASTERCARD = "5555555555554444"


@pytest.fixture
def learner(client: Client) -> User:
    user = make_member()
    client.force_login(user)
    return user


def words_of(answer: Any) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return " ".join(text.replace(NO_BREAK_SPACE, " ").replace(NARROW_SPACE, " ").split())


def words(client: Client, name: str, query: str = "") -> str:
    answer = client.get(reverse(name) + query)
    assert answer.status_code == 200
    return words_of(answer)


def add_credit(sandbox: Sandbox, learner: User, cents: int, card: str = ACCEPTED) -> TopUp:
    started = start_credit_top_up(user=learner, amount_cents=cents)
    sandbox.pay(session_of(started.checkout_url or ""), card)
    return payments.refresh(TopUp.objects.get(user=learner, status=TopUpStatus.OPEN))


def back_from_stripe(top_up: TopUp) -> str:
    return reverse("billing:credit_payment", args=[top_up.reference])
