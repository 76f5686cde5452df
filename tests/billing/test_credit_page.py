"""« Crédit »: figures to the cent, for nobody else's eyes; money in and out with a clear word for every mistake."""

import csv
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from billing import operations
from billing.forms import EurosField
from billing.models import LedgerTransaction, Refund, TopUp
from billing.services import payments
from billing.services.credit import start_credit_top_up
from billing.services.holds import place_hold
from billing.services.refunds import request_refund, sweep_refunds
from billing.services.settlements import release_hold
from billing.states import TopUpStatus
from core import clock, references
from core.money import NARROW_SPACE, NO_BREAK_SPACE
from core.references import Described
from core.templatetags.house import short_day
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import earn, pay_by_card
from tests.billing.money import credit_left, make_member, make_mentor
from tests.stripe import ACCEPTED, REFUND_FAILS_LATER, session_of

pytestmark = pytest.mark.django_db

CREDIT, ADD, BACK, DEBT, FILE = (
    f"billing:{name}" for name in ("credit", "credit_top_up", "credit_refund", "credit_debt", "credit_csv")
)
MASTERCARD = "5555555555554444"


@pytest.fixture
def learner(client: Client) -> User:
    user = make_member()
    client.force_login(user)
    return user


@pytest.fixture
def _bookings_are_described() -> Iterator[None]:
    known = references.registered().get("booking")
    references.register("booking", lambda name: Described(label=f"Session {name}", url=f"/reservations/{name}/"))
    yield
    references.register("booking", known or (lambda _name: None))


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


def owe(sandbox: Sandbox, learner: User) -> None:
    top_up = pay_by_card(sandbox, learner, "booking:given", 4_000)
    place_hold(learner=learner, reference="booking:given", amount_cents=4_000)
    sandbox.lose_dispute(sandbox.open_dispute(top_up.charge_id))
    assert books_wrong() == []


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


# --- adding ---


@pytest.mark.requirement("K-3")
@pytest.mark.parametrize("typed", ["50", "50,00", "50.00", " 50,0 € ", "50,00\u00a0€", "0050"])
def test_an_amount_is_read_as_people_write_it(client: Client, learner: User, sandbox: Sandbox, typed: str) -> None:
    answer = client.post(reverse(ADD), {"montant": typed})
    assert answer.status_code == 302
    assert answer["Location"].startswith(sandbox.base_url)
    assert TopUp.objects.get().amount_cents == 5_000


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez un montant."),
        ("abc", "Écrivez un montant en euros"),
        ("12,345", "deux chiffres au plus après la virgule"),
        ("1,2,3", "Écrivez un montant en euros"),
        ("1e3", "Écrivez un montant en euros"),
        ("٥٠", "Écrivez un montant en euros"),
        ("-5", "Ajoutez au moins 1,00 €."),
        ("−5,00", "Ajoutez au moins 1,00 €."),
        ("0", "Ajoutez au moins 1,00 €."),
        ("0,99", "Ajoutez au moins 1,00 €."),
        ("300,01", "Vous pouvez ajouter 300,00 € au plus."),
        ("99999999999999999999", "Vous pouvez ajouter 300,00 € au plus."),
        ("9" * 5000, "Vous pouvez ajouter 300,00 € au plus."),
        ("<b>20</b>", "Écrivez un montant en euros"),
    ],
)
def test_an_amount_that_cannot_be_added_is_said_and_kept(
    client: Client, learner: User, sandbox: Sandbox, typed: str, said: str
) -> None:
    answer = client.post(reverse(ADD), {"montant": typed})
    assert answer.status_code == 200
    assert said in words_of(answer)
    assert answer.context["form"]["montant"].value() == typed
    assert 'aria-invalid="true"' in answer.content.decode()
    assert (TopUp.objects.count(), LedgerTransaction.objects.count(), sandbox.log) == (0, 0, [])


def test_presets_stay_within_what_the_cap_leaves(client: Client, learner: User, sandbox: Sandbox) -> None:
    page = words(client, CREDIT)
    assert "le crédit est limité à 300,00 €" in page
    assert "20 € 50 € 100 €" in page
    add_credit(sandbox, learner, 25_000)
    page = words(client, CREDIT)
    assert "20 € 50 € Montant" in page
    assert "Vous pouvez ajouter 50,00 € au plus" in page
    add_credit(sandbox, learner, 5_000)
    assert "Votre crédit a atteint le maximum de 300,00 €" in words(client, CREDIT)
    preset = client.post(reverse(ADD), {"montant": "20"})
    assert "Votre crédit a atteint le maximum de 300,00 €" in words_of(preset)
    assert TopUp.objects.count() == 2


def test_a_platform_that_takes_money_for_bookings_only_offers_none(
    client: Client, learner: User, sandbox: Sandbox, settings: LazySettings
) -> None:
    settings.CREDIT_TOPUP_MODE = "booking_shortfall"
    assert "Ajouter du crédit" not in words(client, CREDIT)
    client.post(reverse(ADD), {"montant": "20"})
    assert TopUp.objects.count() == 0


def test_a_payment_that_is_open_can_be_taken_up_again(client: Client, learner: User, sandbox: Sandbox) -> None:
    client.post(reverse(ADD), {"montant": "20"})
    page = client.get(reverse(CREDIT)).text
    assert f'href="{TopUp.objects.get().checkout_url}"' in page
    assert "Un paiement de 20,00" in words(client, CREDIT)


# --- coming back from Stripe ---


def back_from_stripe(top_up: TopUp) -> str:
    return reverse("billing:credit_payment", args=[top_up.reference])


@pytest.mark.requirement("K-3")
def test_until_it_is_known_the_page_says_not_to_pay_again_and_looks_by_itself(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    client.post(reverse(ADD), {"montant": "20"})
    top_up = TopUp.objects.get()
    for _reload in range(2):
        answer = client.get(back_from_stripe(top_up))
        assert "Ne payez pas une seconde fois" in words_of(answer)
        assert answer["Refresh"] == "4"
    sandbox.pay(session_of(top_up.checkout_url), ACCEPTED)
    sandbox.faults.add(Fault("GET /v1/checkout/sessions", FaultKind.BROKEN, times=3))
    assert "Paiement en vérification" in words_of(client.get(back_from_stripe(top_up)))
    answer = client.get(back_from_stripe(top_up), follow=True)
    assert "Paiement reçu : 20,00 € ont été ajoutés à votre crédit." in words_of(answer)
    assert credit_left(learner) == 2_000


def test_a_replayed_return_address_adds_nothing(client: Client, learner: User, sandbox: Sandbox) -> None:
    top_up = add_credit(sandbox, learner, 2_000)
    for _replay in range(3):
        assert client.get(back_from_stripe(top_up)).status_code == 302
    assert (credit_left(learner), LedgerTransaction.objects.filter(kind="topup").count()) == (2_000, 1)
    assert books_wrong() == []


def test_a_page_that_expired_is_said_not_to_have_been_paid(client: Client, learner: User, sandbox: Sandbox) -> None:
    client.post(reverse(ADD), {"montant": "20"})
    payments.sweep_payments(now=clock.now() + timedelta(minutes=31))
    answer = client.get(back_from_stripe(TopUp.objects.get()), follow=True)
    assert "Le paiement n’a pas été fait. Rien n’a été débité." in words_of(answer)


def test_a_strangers_return_address_and_that_of_a_booking_do_not_exist(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    other = make_member("Nadia", "Benali")
    client.post(reverse(ADD), {"montant": "20"})
    own = TopUp.objects.get()
    sandbox.pay(session_of(own.checkout_url), ACCEPTED)
    client.force_login(other)
    assert client.get(back_from_stripe(own)).status_code == 404
    own.refresh_from_db()
    assert (own.status, LedgerTransaction.objects.count()) == (TopUpStatus.OPEN, 0)
    booking = pay_by_card(sandbox, other, "booking:a", 2_000)
    assert client.get(back_from_stripe(booking)).status_code == 404


# --- giving back ---


@pytest.mark.requirement("K-3")
def test_a_refund_shows_first_what_each_card_gets(client: Client, learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 2_000)
    add_credit(sandbox, learner, 1_000)
    add_credit(sandbox, learner, 4_000, MASTERCARD)
    assert 'value="70,00"' in client.get(reverse(BACK)).text
    page = words(client, BACK, "?montant=50,5")
    for text in ("Visa •••• 4242 30,00 €", "Mastercard •••• 4444 20,50 €", "19,50 € de crédit", "5 à 10 jours ouvrés"):
        assert text in page, text
    assert Refund.objects.count() == 0
    answer = client.post(reverse(BACK), {"montant": "50,50", "shown_cents": "7000"})
    assert answer["Location"] == reverse(CREDIT)
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 5_050
    assert sweep_refunds() == 3
    assert (credit_left(learner), books_wrong()) == (1_950, [])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Indiquez un montant."),
        ("abc", "Écrivez un montant en euros"),
        ("12,345", "deux chiffres au plus"),
        ("0", "Indiquez un montant supérieur à zéro."),
        ("-1", "Indiquez un montant supérieur à zéro."),
        ("20,01", "Vous pouvez vous faire rembourser 20,00 € au plus."),
        ("9" * 400, "Vous pouvez vous faire rembourser 20,00 € au plus."),
    ],
)
def test_an_amount_that_cannot_be_refunded_is_said_and_kept(
    client: Client, learner: User, sandbox: Sandbox, typed: str, said: str
) -> None:
    add_credit(sandbox, learner, 2_000)
    for answer in (
        client.get(reverse(BACK), {"montant": typed}),
        # As if the amount had been changed in the form that confirms.
        client.post(reverse(BACK), {"montant": typed, "shown_cents": "2000"}),
    ):
        assert said in words_of(answer)
        assert answer.context["form"]["montant"].value() == typed
    assert (Refund.objects.count(), credit_left(learner)) == (0, 2_000)


@pytest.mark.parametrize("shown", ["", "1999", "abc", "-1"])
def test_a_confirmation_of_another_credit_than_the_one_shown_refunds_nothing(
    client: Client, learner: User, sandbox: Sandbox, shown: str
) -> None:
    add_credit(sandbox, learner, 2_000)
    answer = client.post(reverse(BACK), {"montant": "10", "shown_cents": shown})
    assert answer.status_code == 200
    assert "Votre crédit a changé pendant que vous lisiez la page." in words_of(answer)
    assert answer.context["form"]["montant"].value() == "10"
    assert (Refund.objects.count(), credit_left(learner)) == (0, 2_000)


def test_a_confirmation_sent_twice_refunds_once(client: Client, learner: User, sandbox: Sandbox) -> None:
    add_credit(sandbox, learner, 2_000)
    for _twice in range(2):
        client.post(reverse(BACK), {"montant": "10", "shown_cents": "2000"})
    assert (Refund.objects.count(), credit_left(learner)) == (1, 1_000)


def test_without_anything_to_refund_the_page_says_so(client: Client, learner: User) -> None:
    assert "Rien à rembourser pour le moment" in words(client, BACK)
    client.post(reverse(BACK), {"montant": "10", "shown_cents": "0"})
    assert Refund.objects.count() == 0


# --- frozen ---


@pytest.mark.requirement("K-3")
def test_a_credit_frozen_by_a_debt_says_why_and_lets_it_be_paid(
    client: Client, learner: User, sandbox: Sandbox
) -> None:
    owe(sandbox, learner)
    page = words(client, CREDIT)
    for text in ("Votre crédit est suspendu", "vous devez 40,00 €", "Régler ce que je dois : 40,00 €"):
        assert text in page, text
    assert "Votre crédit est suspendu" in words(client, BACK)
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


def test_an_amount_is_cents_and_never_a_float() -> None:
    assert EurosField().clean(f"1{NARROW_SPACE}234,5 €") == 123_450
