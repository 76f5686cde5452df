"""« Crédit »: figures to the cent, each line with its reason, for nobody else's eyes."""

import csv
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from billing import operations
from billing.services.holds import place_hold
from billing.services.refunds import request_refund, sweep_refunds
from billing.services.settlements import release_hold
from core import references
from core.references import Described
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.credit_pages import BACK, CREDIT, FILE, MASTERCARD, add_credit, learner, words
from tests.billing.earned import earn, pay_by_card
from tests.billing.money import make_member, make_mentor
from tests.stripe import REFUND_FAILS_LATER

__all__ = ["learner"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def _bookings_are_described() -> Iterator[None]:
    known = references.registered().get("booking")
    references.register("booking", lambda name: Described(label=f"Session {name}", url=f"/reservations/{name}/"))
    yield
    references.register("booking", known or (lambda _name: None))


# --- what is there ---


@pytest.mark.requirement("K-3")
@pytest.mark.usefixtures("_bookings_are_described")
def test_every_operation_on_the_credit_has_its_reason_and_its_session(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    earn(sandbox, make_mentor(), learner=learner)
    pay_by_card(sandbox, learner, "booking:next", 2000)
    place_hold(learner=learner, reference="booking:next", amount_cents=1500)
    page = words(client, CREDIT)
    for text in ("Crédit disponible 5,00 €", "Montant bloqué 15,00 €", "Paiement par carte", "+ 20,00 €", "− 15,00 €"):
        assert text in page, text
    assert "dépensé : 60,00 €" in page
    assert "Session next 15,00 €" in page
    assert client.get(reverse(CREDIT)).text.count('href="/reservations/next/"') == 3
    release_hold(reference="booking:next")
    page = words(client, CREDIT)
    assert "Crédit disponible 20,00 €" in page
    assert "Montant débloqué" in page


@pytest.mark.requirement("K-3")
def test_credit_lines_add_up_to_the_balances(sandbox: Sandbox, learner: User) -> None:
    earn(sandbox, make_mentor(), learner=learner)
    pay_by_card(sandbox, learner, "booking:next", 2000)
    lines = operations.operations(learner, list(operations.transactions_of(learner)))
    assert (sum(line.available_cents for line in lines), sum(line.held_cents for line in lines)) == (2000, 0)
    assert sum(line.spent_cents for line in lines) == 6000
    assert [line.balance_cents for line in lines] == [2000, 0, 0, 6000]
    # Read page by page, the balance goes on where it was.
    last = operations.operations(learner, list(operations.transactions_of(learner)[3:]))
    assert [line.balance_cents for line in last] == [6000]


def test_refunds_say_which_card_and_where_they_stand(client: Client, learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 5_000, REFUND_FAILS_LATER)
    add_credit(sandbox, learner, 2_000, MASTERCARD)
    assert "Crédit ajouté par carte Mastercard •••• 4444" in words(client, CREDIT)
    request_refund(user=learner, amount_cents=6_000)
    assert words(client, CREDIT).count("En cours d’envoi") == 2
    sweep_refunds()
    assert words(client, CREDIT).count("visible sous 5 à 10 jours ouvrés") == 2
    sandbox.pass_time()
    assert books_wrong() == []
    page = words(client, CREDIT)
    assert "Remboursement refusé par votre banque" in page
    assert page.count("revenu dans votre crédit") == 2
    assert "Crédit disponible 60,00 €" in page


@pytest.mark.usefixtures("_bookings_are_described")
def test_the_file_has_every_line_and_runs_no_formula(client: Client, learner: User, sandbox: Sandbox) -> None:
    references.register("booking", lambda name: Described(label="=1+1", url="/"))
    add_credit(sandbox, learner, 5_000)
    place_hold(learner=learner, reference="booking:next", amount_cents=1_500)
    request_refund(user=learner, amount_cents=500)
    answer = client.get(reverse(FILE))
    assert answer["Content-Type"].startswith("text/csv")
    head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert {len(row) for row in rows} == {len(head)}
    # Operation, subject, card, change, blocked, balance, state.
    assert [row[2:] for row in rows] == [
        ["Remboursement sur votre carte", "Visa\u00a0••••\u00a04242", "", "-5,00", "0,00", "30,00", "à envoyer"],
        ["Montant bloqué", "'=1+1", "", "-15,00", "15,00", "35,00", ""],
        ["Crédit ajouté par carte", "", "Visa\u00a0••••\u00a04242", "50,00", "0,00", "50,00", ""],
    ]


@pytest.mark.usefixtures("_bookings_are_described")
def test_the_page_asks_the_database_a_fixed_number_of_times(
    client: Client, learner: User, sandbox: Sandbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(6):
        pay_by_card(sandbox, learner, f"booking:{number}", 1_000)
        place_hold(learner=learner, reference=f"booking:{number}", amount_cents=900)
    with django_assert_max_num_queries(40):
        client.get(reverse(CREDIT))


def test_no_credit_is_said_kindly(client: Client, learner: User) -> None:
    assert "Vous n’avez pas de crédit. Il n’est pas obligatoire" in words(client, CREDIT)
    assert 'href="#id_montant"' in client.get(reverse(CREDIT)).text


# --- who may look ---


@pytest.mark.parametrize("name", [CREDIT, FILE, BACK])
def test_the_credit_asks_visitors_to_log_in(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [CREDIT, FILE])
def test_the_credit_only_reads(client: Client, learner: User, name: str) -> None:
    assert client.post(reverse(name)).status_code == 405


def test_a_stranger_sees_nothing_of_somebody_elses_credit(client: Client, sandbox: Sandbox) -> None:
    earn(sandbox, make_mentor(), learner=make_member())
    client.force_login(make_member("Nadia", "Benali"))
    for page in (words(client, CREDIT), words(client, BACK), client.get(reverse(FILE)).text):
        assert "60,00" not in page
        assert "Léa Martin" not in page
