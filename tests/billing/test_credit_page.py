"""« Crédit »: figures to the cent, for nobody else's eyes."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from billing import operations
from billing.services.holds import place_hold
from billing.services.settlements import release_hold
from core import references
from core.references import Described
from stripe_sandbox import Sandbox
from tests.billing.earned import earn, pay_by_card
from tests.billing.money import make_member, make_mentor

pytestmark = pytest.mark.django_db

CREDIT = "billing:credit"


@pytest.fixture
def _bookings_are_described() -> Iterator[None]:
    known = references.registered().get("booking")
    references.register("booking", lambda name: Described(label=f"Session {name}", url=f"/reservations/{name}/"))
    yield
    references.register("booking", known or (lambda _name: None))


def words(client: Client, name: str, query: str = "") -> str:
    answer = client.get(reverse(name) + query)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.text).split())


@pytest.mark.requirement("K-3")
@pytest.mark.usefixtures("_bookings_are_described")
def test_every_operation_on_the_credit_has_its_reason_and_its_session(client: Client, sandbox: Sandbox) -> None:
    learner = make_member()
    client.force_login(learner)
    earn(sandbox, make_mentor(), learner=learner)
    pay_by_card(sandbox, learner, "booking:next", 2000)
    place_hold(learner=learner, reference="booking:next", amount_cents=1500)
    page = words(client, CREDIT).replace("\u00a0", " ").replace("\u202f", " ")
    for text in ("Crédit disponible 5,00 €", "Montant bloqué 15,00 €", "Paiement par carte", "+ 20,00 €", "− 15,00 €"):
        assert text in page, text
    assert "dépensé : 60,00 €" in page
    assert 'href="/reservations/next/"' in client.get(reverse(CREDIT)).text
    release_hold(reference="booking:next")
    assert "Crédit disponible 20,00 €" in words(client, CREDIT).replace("\u00a0", " ")


@pytest.mark.requirement("K-3")
def test_credit_lines_add_up_to_the_balances(sandbox: Sandbox) -> None:
    learner = make_member()
    earn(sandbox, make_mentor(), learner=learner)
    pay_by_card(sandbox, learner, "booking:next", 2000)
    lines = operations.operations(learner, list(operations.transactions_of(learner)))
    assert (sum(line.available_cents for line in lines), sum(line.held_cents for line in lines)) == (2000, 0)
    assert sum(line.spent_cents for line in lines) == 6000
    assert [line.balance_cents for line in lines] == [2000, 0, 0, 6000]


def test_no_credit_is_said_kindly(client: Client) -> None:
    client.force_login(make_member())
    assert "Vous n’avez pas de crédit. Il n’est pas obligatoire" in words(client, CREDIT)


# --- who may look ---


def test_the_credit_asks_visitors_to_log_in(client: Client) -> None:
    answer = client.get(reverse(CREDIT))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_the_credit_only_reads(client: Client) -> None:
    client.force_login(make_member())
    assert client.post(reverse(CREDIT)).status_code == 405


def test_a_stranger_sees_nothing_of_somebody_elses_credit(client: Client, sandbox: Sandbox) -> None:
    earn(sandbox, make_mentor(), learner=make_member())
    client.force_login(make_member("Nadia", "Benali"))
    page = words(client, CREDIT)
    assert "60,00" not in page
    assert "Léa Martin" not in page
