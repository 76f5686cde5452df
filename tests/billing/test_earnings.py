"""« Revenus »: figures to the cent, for nobody else's eyes."""

import csv
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from billing import earnings
from billing.models import Payout
from billing.services import payouts, suspensions
from billing.states import PayoutStatus, VatRegime
from core import clock, references
from core.references import Described
from stripe_sandbox import Sandbox
from tests.billing.earned import activate, earn
from tests.billing.money import make_member, make_mentor

pytestmark = pytest.mark.django_db

EARNINGS, EXPORT = "billing:earnings", "billing:earnings_csv"


@pytest.fixture
def mentor(client: Client, sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    client.force_login(user)
    return user


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


@pytest.mark.requirement("SK-44", "SK-49")
@pytest.mark.usefixtures("_bookings_are_described")
def test_each_session_shows_gross_commission_net_vat_and_when_it_leaves(
    client: Client, mentor: User, sandbox: Sandbox
) -> None:
    payout = earn(sandbox, mentor)
    page = words(client, EARNINGS)
    for text in ("Léa Martin", "1:00:00", "60,00 €", "− 12,00 €", "20 %", "48,00 €", "dont TVA 10,00 €", "À virer"):
        assert text in page.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " "), text
    assert "La TVA" not in page
    assert "que vous devez reverser" in page
    way = reverse("billing:payout", args=[payout.reference])
    assert f'href="{way}"' in client.get(reverse(EARNINGS)).text
    assert f'href="/reservations/{payout.settlement.reference[8:]}/"' in client.get(way).text


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (PayoutStatus.PAID, "Viré"),
        (PayoutStatus.SUSPENDED, "Suspendu"),
        (PayoutStatus.FAILED, "Échoué"),
        (PayoutStatus.IN_FLIGHT, "En cours d’envoi"),
    ],
)
def test_every_state_of_a_payout_has_a_word(
    client: Client, mentor: User, sandbox: Sandbox, status: PayoutStatus, text: str
) -> None:
    earn(sandbox, mentor)
    Payout.objects.update(status=status, paid_at=clock.now())
    assert f">{text}<" in client.get(reverse(EARNINGS)).text


def test_the_summary_adds_what_waits_what_is_kept_back_and_what_was_sent(
    client: Client, mentor: User, sandbox: Sandbox
) -> None:
    now = clock.now()
    sent, kept, first, second = (earn(sandbox, mentor, at=now - timedelta(hours=hours)) for hours in (49, 3, 2, 1))
    suspensions.suspend(reference=kept.settlement.reference, cause="complaint:1", now=now)
    payouts.sweep_payouts(now=now)
    figures = earnings.summary(mentor, now=now)
    assert (figures.sent_cents, figures.sent_count, figures.suspended_cents) == (4800, 1, 4800)
    assert (figures.next_payout, figures.later_cents) == (first, 4800)
    assert figures.next_before == first.due_at + timedelta(hours=24)
    assert figures.later_before == second.due_at + timedelta(hours=24)
    sent.refresh_from_db()
    assert sent.status == PayoutStatus.PAID
    assert "avant le" in words(client, EARNINGS)


def test_the_totals_are_those_of_the_chosen_period(client: Client, mentor: User, sandbox: Sandbox) -> None:
    earn(sandbox, mentor)
    earn(sandbox, mentor, at=clock.now() - timedelta(days=800))
    assert "120,00" in words(client, EARNINGS, "?periode=tout")
    assert "120,00" not in words(client, EARNINGS)
    assert "120,00" not in words(client, EARNINGS, "?periode=mois")
    assert words(client, EARNINGS, "?periode=nimporte") == words(client, EARNINGS)


def test_a_mentor_without_vat_reads_that_the_net_may_contain_some(client: Client, sandbox: Sandbox) -> None:
    client.force_login(make_mentor(regime=VatRegime.FRANCHISE))
    page = words(client, EARNINGS)
    assert "Le net peut contenir de la TVA" in page
    assert "Vos revenus apparaîtront ici 48 à 72 h après chaque session." in page


@pytest.mark.requirement("SK-25")
def test_an_account_to_complete_is_said_above_the_figures(client: Client, mentor: User, sandbox: Sandbox) -> None:
    assert "Continuer sur Stripe" not in client.get(reverse(EARNINGS)).text
    mentor.connected_account.state = "started"
    mentor.connected_account.save()
    assert "Continuer sur Stripe" in client.get(reverse(EARNINGS)).text


def test_the_export_is_the_same_for_a_spreadsheet_and_runs_no_formula(
    client: Client, mentor: User, sandbox: Sandbox
) -> None:
    earn(sandbox, mentor, learner=make_member("=1+1", "Tom"))
    answer = client.get(reverse(EXPORT))
    head, row = csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert len(head) == len(row)
    assert row[1] == "'=1+1 Tom"
    assert row[3:10] == ["3600", "60,00", "0,00", "-12,00", "48,00", "10,00", "0,00"]


def test_the_list_of_earnings_asks_the_database_a_fixed_number_of_times(
    client: Client, mentor: User, sandbox: Sandbox, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(4):
        earn(sandbox, mentor)
    with django_assert_max_num_queries(25):
        client.get(reverse(EARNINGS))


# --- who may look ---


@pytest.mark.parametrize("name", [EARNINGS, EXPORT])
def test_money_pages_ask_visitors_to_log_in(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [EARNINGS, EXPORT])
def test_money_pages_only_read(client: Client, name: str) -> None:
    client.force_login(make_member())
    assert client.post(reverse(name)).status_code == 405


def test_a_stranger_sees_nothing_of_somebody_elses_money(client: Client, mentor: User, sandbox: Sandbox) -> None:
    learner = make_member()
    earn(sandbox, mentor, learner=learner)
    client.force_login(make_member("Nadia", "Benali"))
    for name in (EARNINGS, EXPORT):
        page = words(client, name)
        assert "60,00" not in page
        assert "Léa Martin" not in page
