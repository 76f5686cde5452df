"""« Relevé » and the way of one payout: what they say is what the ledger and the rows say, to the cent."""

import csv
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing import mentor_statement, payout_story
from billing.ledger import balance
from billing.ledger.accounts import pending, recoverable
from billing.mentor_statement import MentorStatement, Period, read_period, statement_of
from billing.models import Payout, Settlement
from billing.reconciliation import run_checks
from billing.services import corrections, payouts, reversals, suspensions
from billing.services.adjustments import adjust
from billing.services.commissions import issue_commission_invoices
from billing.services.corrections import Proposal
from billing.services.invoices import render_due_invoices
from billing.states import CorrectionKind, PayoutStatus
from core import clock
from stripe_sandbox import Sandbox
from tests.billing.earned import DUE, activate, earn
from tests.billing.money import make_member, make_mentor

pytestmark = pytest.mark.django_db

# Fixed in the past of whatever day the tests run on, so that no period is ever ahead.
NOVEMBER = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
DECEMBER = datetime(2025, 12, 10, 9, 0, tzinfo=UTC)
JANUARY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def mentor(client: Client, sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    client.force_login(user)
    return user


@pytest.fixture
def busy_mentor(mentor: User, sandbox: Sandbox) -> User:
    """Two sessions in November; one is made cheaper in December, after its payout; a third one pays that debt."""
    first, _second = (earn(sandbox, mentor, at=NOVEMBER + timedelta(hours=number)) for number in range(2))
    payouts.sweep_payouts(now=NOVEMBER + DUE + timedelta(hours=1, minutes=5))
    sandbox.empty_account(mentor.connected_account.stripe_id)
    give_back(first, 1000, at=DECEMBER)
    reversals.sweep_reversals(now=DECEMBER)
    earn(sandbox, mentor, at=DECEMBER)
    third = earn(sandbox, mentor, at=DECEMBER + timedelta(days=18))
    suspensions.suspend(reference=third.settlement.reference, cause="complaint:9", now=DECEMBER + timedelta(days=18))
    payouts.sweep_payouts(now=DECEMBER + DUE)
    return mentor


def give_back(payout: Payout, cents: int, *, at: datetime) -> None:
    adjust(
        reference=f"complaint:{payout.pk}",
        subject=payout.settlement.reference,
        amount_cents=cents,
        reason="Son coupé vingt minutes",
        now=at,
    )


def spaced(text: str) -> str:
    words = unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").replace("\u202f", " ")
    return " ".join(words.split()).replace(" ,", ",")


def page(client: Client, period: str) -> str:
    answer = client.get(reverse("billing:statement", args=[period]))
    assert answer.status_code == 200
    return spaced(answer.text)


def adds_up(found: MentorStatement) -> bool:
    return found.opening_cents + sum(line.cents for line in found.lines) == found.closing_cents


# --- the sums ---


@pytest.mark.requirement("SK-44", "SK-49")
def test_the_opening_what_changed_and_the_closing_add_up_for_every_period(busy_mentor: User) -> None:
    months = [Period(2025, 11), Period(2025, 12), Period(2026, 1)]
    found = [statement_of(busy_mentor, period) for period in months]
    assert [adds_up(row) for row in found] == [True, True, True]
    assert [row.opening_cents for row in found] == [0, *(row.closing_cents for row in found[:-1])]
    year = statement_of(busy_mentor, Period(2025))
    assert adds_up(year)
    assert (year.opening_cents, year.closing_cents) == (found[0].opening_cents, found[1].closing_cents)
    assert sum(line.cents for line in year.lines) == sum(line.cents for row in found[:2] for line in row.lines)
    issue_commission_invoices()
    render_due_invoices()
    assert [check for check in run_checks() if check.rows] == []


@pytest.mark.requirement("SK-44")
def test_the_closing_is_what_the_ledger_owes_the_mentor_less_what_he_owes(busy_mentor: User) -> None:
    now = Period(clock.now().year)
    owed = balance(pending(busy_mentor)) - balance(recoverable(busy_mentor))
    assert statement_of(busy_mentor, now).closing_cents == owed == 4800


def test_each_line_is_the_sum_of_its_rows(busy_mentor: User) -> None:
    for period in (Period(2025, 11), Period(2025, 12), Period(2025)):
        found = statement_of(busy_mentor, period)
        lines = {line.kind: line.cents for line in found.lines}
        assert (
            lines.get("settle", 0) == found.totals.net_cents == sum(row.settlement.net_cents for row in found.sessions)
        )
        assert lines.get("adjust", 0) == -sum(row.net_cents for row in found.adjustments)
        assert lines.get("payout", 0) == -found.sent_cents
        assert lines.get("reversal", 0) == found.reversed_cents


def test_a_december_of_a_debt_says_what_was_kept_and_what_was_sent(busy_mentor: User) -> None:
    found = statement_of(busy_mentor, Period(2025, 12))
    # 10,00 € given back: 8,00 € of the net, which Stripe could not take back, kept from the next payout of 48,00 €.
    assert {line.kind: line.cents for line in found.lines} == {"settle": 9600, "adjust": -800, "payout": -4000}
    assert (found.set_off_cents, found.sent_cents, found.closing_cents) == (800, 4000, 4800)
    assert (found.turnover_cents, found.vat_cents, found.commission_cents) == (11000, 1833, 2200)


def test_a_reversal_made_by_stripe_and_a_forgiven_debt_have_their_lines(mentor: User, sandbox: Sandbox) -> None:
    sent, other = (earn(sandbox, mentor, at=NOVEMBER) for _number in range(2))
    payouts.sweep_payouts(now=NOVEMBER + DUE)
    give_back(sent, 1000, at=DECEMBER)
    reversals.sweep_reversals(now=DECEMBER)
    sandbox.empty_account(mentor.connected_account.stripe_id)
    give_back(other, 500, at=DECEMBER)
    reversals.sweep_reversals(now=DECEMBER)
    one, two = (make_member(name, "Équipe") for name in ("Ada", "Bob"))
    proposal = Proposal(CorrectionKind.FORGIVE_MENTOR, 400, "Erreur de notre part", member=mentor)
    proposed = corrections.propose(by=one, proposal=proposal, now=DECEMBER)
    corrections.approve(correction=proposed, by=two, note="", now=DECEMBER)
    found = statement_of(mentor, Period(2025, 12))
    assert {line.kind: line.cents for line in found.lines} == {"adjust": -1200, "reversal": 800, "correction": 400}
    assert adds_up(found)
    assert found.closing_cents == balance(pending(mentor)) - balance(recoverable(mentor)) == 0


def test_a_period_begins_and_ends_at_midnight_of_the_country(mentor: User, sandbox: Sandbox) -> None:
    """23:30 UTC on 31 December is already the new year in Paris."""
    earn(sandbox, mentor, at=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
    earn(sandbox, mentor, at=datetime(2025, 12, 31, 23, 0, tzinfo=UTC))
    assert [statement_of(mentor, Period(year)).totals.sessions for year in (2025, 2026)] == [1, 1]


# --- the pages ---


@pytest.mark.requirement("SK-49")
def test_the_page_says_the_turnover_the_vat_and_the_two_official_addresses(client: Client, busy_mentor: User) -> None:
    text = page(client, "2025-12")
    for words in (
        "Relevé de décembre 2025",
        "Chiffre d’affaires TTC 110,00 €",
        "dont TVA à reverser 18,33 €",
        "À recevoir au début, le lundi 1er décembre 2025 0,00 €",
        "Envoyé sur votre compte Stripe − 40,00 €",
        "À recevoir à la fin de la période 48,00 €",
        "8,00 € ont été retenus sur vos virements",
        "Votre chiffre d’affaires est le montant payé par les apprenants, pas le net que vous recevez.",
        "Son coupé vingt minutes",
    ):
        assert words in text, words
    html = client.get(reverse("billing:statement", args=["2025-12"])).text
    assert f'href="{mentor_statement.TAX_PAGE}"' in html
    assert f'href="{mentor_statement.SOCIAL_PAGE}"' in html
    assert mentor_statement.TAX_PAGE.startswith("https://www.impots.gouv.fr/")
    assert mentor_statement.SOCIAL_PAGE.startswith("https://www.urssaf.fr/")


def test_the_page_leads_to_the_other_periods(client: Client, busy_mentor: User) -> None:
    html = client.get(reverse("billing:statement", args=["2025"])).text
    for period in ("2025-11", "2025-12", "2026"):
        assert f'href="{reverse("billing:statement", args=[period])}"' in html, period
    assert reverse("billing:statement", args=["2025-10"]) not in html


@pytest.mark.parametrize("period", ["2019", "2025-13", "2025-00", "25", "abc", "2999", "2025-1", "2025-111", "٢٠٢٦"])
def test_what_is_no_period_or_lies_ahead_is_not_found(client: Client, mentor: User, period: str) -> None:
    for name in ("billing:statement", "billing:statement_csv"):
        assert client.get(reverse(name, args=[period])).status_code == 404


def test_a_running_month_is_a_period_and_the_next_is_not() -> None:
    now = datetime(2026, 12, 3, 11, 0, tzinfo=UTC)
    assert read_period("2026-12", now=now) == Period(2026, 12)
    assert read_period("2027-01", now=now) is None
    assert read_period("2027", now=now) is None


def test_the_last_line_of_the_file_is_the_sum_of_the_others(client: Client, busy_mentor: User) -> None:
    for period in ("2025-11", "2025-12", "2025", "2026"):
        answer = client.get(reverse("billing:statement_csv", args=[period]))
        _head, *rows = csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        cents = [int(row[-1].replace(",", "")) for row in rows]
        assert sum(cents[:-1]) == cents[-1], period
    assert "releve-2026.csv" in answer["Content-Disposition"]


def test_a_name_that_looks_like_a_formula_stays_text_in_the_file(
    client: Client, mentor: User, sandbox: Sandbox
) -> None:
    earn(sandbox, mentor, learner=make_member("=1+1", "Tom"), at=DECEMBER)
    answer = client.get(reverse("billing:statement_csv", args=["2025"]))
    assert "'=1+1 Tom" in answer.content.decode()


def test_somebody_without_a_session_reads_an_empty_statement(client: Client) -> None:
    client.force_login(make_member())
    assert "Aucune session payée pendant cette période." in page(client, "2025")


def test_nobody_reads_the_statement_of_another(client: Client, busy_mentor: User) -> None:
    client.force_login(make_mentor())
    assert "Chiffre d’affaires TTC 0,00 €" in page(client, "2025")
    assert "Léa Martin" not in page(client, "2025")


# --- the way of one payout ---


def way(client: Client, payout: Payout) -> str:
    return spaced(client.get(reverse("billing:payout", args=[payout.reference])).text)


@pytest.mark.requirement("SK-44", "SK-51")
def test_the_way_of_a_payout_is_told_step_by_step_with_its_documents(client: Client, busy_mentor: User) -> None:
    first = Payout.objects.earliest("pk")
    text = way(client, first)
    steps = (
        "Session close + 48,00 €",
        "60,00 € payés, 12,00 € de commission",
        "Envoyé sur votre compte Stripe 48,00 €",
        first.parts.get().transfer_id,
        "Virement terminé",
        "10,00 € rendus à l’apprenant − 8,00 €",
        "Son coupé vingt minutes",
        "8,00 € à reprendre sur votre compte Stripe",
        "Reprise impossible : 8,00 € seront retenus sur vos prochains virements",
    )
    places = [text.find(words) for words in steps]
    assert -1 not in places, steps[places.index(-1)]
    assert places == sorted(places)
    documents = payout_story.documents_of(first)
    assert documents.invoice
    assert documents.invoice.full_number in text
    assert [note.full_number in text for note in documents.credit_notes] == [True]


@pytest.mark.requirement("SK-52")
def test_a_payout_that_waits_says_why_and_what_was_kept_of_another(client: Client, busy_mentor: User) -> None:
    _one, _two, set_off, waiting = Payout.objects.order_by("pk")
    assert "Retenu sur ce que vous deviez − 8,00 €" in way(client, set_off)
    text = way(client, waiting)
    for words in ("Suspendu", "réclamation en cours", "L’apprenant a déposé une réclamation.", "quand la suspension"):
        assert words in text, words
    suspensions.lift(reference=waiting.settlement.reference, cause="complaint:9")
    text = way(client, waiting)
    assert "Suspension levée" in text
    assert "Virement au plus tard" in text


def test_a_payout_taken_back_in_full_before_it_left_is_canceled(client: Client, mentor: User, sandbox: Sandbox) -> None:
    payout = earn(sandbox, mentor)
    give_back(payout, 6000, at=clock.now())
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.CANCELED
    text = way(client, payout)
    assert "Annulé" in text
    assert "tout a été rendu" in text
    assert "Net pour vous 0,00 €" in text


def test_a_payout_that_only_paid_a_debt_is_said_set_off(client: Client, mentor: User, sandbox: Sandbox) -> None:
    sent = earn(sandbox, mentor, at=NOVEMBER)
    payouts.sweep_payouts(now=NOVEMBER + DUE)
    sandbox.empty_account(mentor.connected_account.stripe_id)
    give_back(sent, 6000, at=DECEMBER)
    reversals.sweep_reversals(now=DECEMBER)
    assert "Vous devez 48,00 €" in spaced(client.get(reverse("billing:earnings")).text)
    kept = earn(sandbox, mentor, at=DECEMBER)
    payouts.sweep_payouts(now=DECEMBER + DUE)
    kept.refresh_from_db()
    assert (kept.status, kept.to_send_cents) == (PayoutStatus.PAID, 0)
    assert "Compensé" in way(client, kept)
    home = spaced(client.get(reverse("billing:earnings") + "?periode=tout").text)
    assert "48,00 € retenus pour une dette" in home
    assert "Vous devez" not in home


def test_only_its_mentor_sees_a_payout(client: Client, busy_mentor: User) -> None:
    payout = Payout.objects.earliest("pk")
    address = reverse("billing:payout", args=[payout.reference])
    learner = Settlement.objects.get(payout=payout).learner
    for stranger in (learner, make_mentor()):
        client.force_login(stranger)
        assert client.get(address).status_code == 404
    client.logout()
    assert client.get(address).status_code == 302
