"""The platform's invoices to its mentors: the commissions of a month, exactly as the ledger has them."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum

from accounts.models import User
from billing.invoices.commission import TOLERATED_CENTS, earned, in_documents
from billing.invoices.document import render_html
from billing.invoices.months import Month, last_closed
from billing.models import Invoice, LedgerEntry, Settlement
from billing.reconciliation import run_checks
from billing.services import invoices
from billing.services.commissions import issue_commission_invoices
from billing.states import DocumentKind, VatRegime
from notifications.models import Email, Notice
from tests.billing.adjusted import make_adjustment, make_settlement
from tests.billing.money import NOON, make_member, make_mentor

pytestmark = pytest.mark.django_db

DECEMBER = Month(date(2026, 12, 1))
JANUARY = DECEMBER.next
# 4 o'clock in Paris on the 1st of the next month.
AFTER_DECEMBER, AFTER_JANUARY = DECEMBER.closes_at, JANUARY.closes_at


@pytest.fixture
def mentor() -> User:
    return make_mentor()


@pytest.fixture
def learner() -> User:
    return make_member()


def commissions() -> list[Invoice]:
    return list(Invoice.objects.filter(kind=DocumentKind.COMMISSION).order_by("series", "number"))


def credits_of() -> list[Invoice]:
    return list(Invoice.objects.filter(kind=DocumentKind.COMMISSION_CREDIT).order_by("series", "number"))


def posted(mentor: User, month: Month) -> tuple[int, int]:
    """What the ledger has of this mentor's month: commission without VAT, and its VAT."""
    references = Settlement.objects.filter(mentor=mentor).values("reference")
    rows = LedgerEntry.objects.filter(
        transaction__reference__in=references,
        transaction__occurred_at__gte=month.starts_at,
        transaction__occurred_at__lt=month.ends_at,
    )

    def kept(code: str) -> int:
        return -int(rows.filter(account__code=code).aggregate(cents=Sum("amount"))["cents"] or 0)

    return kept("revenue.commission"), kept("vat.collected")


def documented(mentor: User, month: Month) -> tuple[int, int]:
    """The same from the documents: invoices less credit notes."""
    sums = [0, 0]
    for invoice in Invoice.objects.filter(issuer=None, recipient=mentor):
        if invoice.content["period"]["first"] == month.first.isoformat():
            sign = 1 if invoice.kind == DocumentKind.COMMISSION else -1
            amounts = invoice.content["amounts"]
            sums = [sums[0] + sign * amounts["without_vat_cents"], sums[1] + sign * amounts["vat_cents"]]
    return sums[0], sums[1]


# --- One month --------------------------------------------------------------------------------------------------------


def test_a_month_of_sessions_is_one_invoice_from_the_platform(learner: User, mentor: User) -> None:
    make_settlement(learner, mentor, at=NOON)
    make_settlement(learner, mentor, at=NOON + timedelta(days=2), seconds=1_834)
    assert issue_commission_invoices(now=AFTER_DECEMBER) == 1
    (invoice,) = commissions()
    assert (invoice.full_number, invoice.subject) == ("C-2027-0001", f"commission:{mentor.pk}:2026-12")
    assert (invoice.issuer, invoice.recipient, invoice.corrects) == (None, mentor, None)
    assert invoice.total_cents == 940 + 479
    content = invoice.content
    assert content["period"] == {"first": "2026-12-01", "last": "2026-12-31"}
    assert content["issued_on"] == "2027-01-01"
    assert (content["seller"]["name"], content["seller"]["siren"]) == ("Skilmi", "732829320")
    assert content["buyer"]["name"] == "Inès Haddad EI"
    assert [(line["served_on"], line["paid_cents"], line["total_cents"]) for line in content["lines"]] == [
        ("2026-12-03", 4_700, 940),
        ("2026-12-05", 2_394, 479),
    ]
    assert documented(mentor, DECEMBER) == posted(mentor, DECEMBER) == (1_182, 237)


def test_it_waits_for_four_in_the_morning_in_paris(learner: User, mentor: User) -> None:
    make_settlement(learner, mentor, at=NOON)
    assert issue_commission_invoices(now=datetime(2027, 1, 1, 2, 59, 59, tzinfo=UTC)) == 0
    assert issue_commission_invoices(now=datetime(2027, 1, 1, 3, 0, tzinfo=UTC)) == 1


def test_the_month_is_the_one_in_paris(learner: User, mentor: User) -> None:
    make_settlement(learner, mentor, at=datetime(2026, 12, 31, 22, 59, tzinfo=UTC))
    make_settlement(learner, mentor, at=datetime(2026, 12, 31, 23, 1, tzinfo=UTC))
    issue_commission_invoices(now=AFTER_JANUARY)
    assert [
        (row.full_number, row.subject, [line["served_on"] for line in row.content["lines"]]) for row in commissions()
    ] == [
        ("C-2027-0001", f"commission:{mentor.pk}:2026-12", ["2026-12-31"]),
        ("C-2027-0002", f"commission:{mentor.pk}:2027-01", ["2027-01-01"]),
    ]


def test_summer_time_does_not_move_the_hour() -> None:
    july = Month(date(2026, 7, 1))
    assert july.closes_at == datetime(2026, 8, 1, 2, 0, tzinfo=UTC)
    assert last_closed(datetime(2026, 8, 1, 1, 59, tzinfo=UTC)) == Month(date(2026, 6, 1))
    assert last_closed(datetime(2026, 8, 1, 2, 0, tzinfo=UTC)) == july


def test_a_repeat_issues_nothing(learner: User, mentor: User) -> None:
    make_settlement(learner, mentor, at=NOON)
    assert [issue_commission_invoices(now=AFTER_DECEMBER + timedelta(hours=hour)) for hour in range(3)] == [1, 0, 0]


def test_a_month_without_commission_gives_nothing(learner: User, mentor: User) -> None:
    make_settlement(learner, mentor, at=NOON, rate_cents=2_00, seconds=18)  # one cent, without commission
    assert Settlement.objects.get().commission_cents == 0
    assert issue_commission_invoices(now=AFTER_DECEMBER) == 0


def test_months_missed_in_an_outage_are_issued_in_order(learner: User, mentor: User) -> None:
    other = make_mentor()
    for days in (0, 31, 62):
        make_settlement(learner, mentor, at=NOON + timedelta(days=days))
    make_settlement(learner, other, at=NOON)
    assert issue_commission_invoices(now=NOON + timedelta(days=100)) == 4
    assert [(row.number, row.subject) for row in commissions()] == [
        (1, f"commission:{mentor.pk}:2026-12"),
        (2, f"commission:{other.pk}:2026-12"),
        (3, f"commission:{mentor.pk}:2027-01"),
        (4, f"commission:{mentor.pk}:2027-02"),
    ]
    assert [check for check in run_checks(NOON) if "series" in str(check.title) and check.rows] == []


# --- What is given back -----------------------------------------------------------------------------------------------


def test_what_is_given_back_within_the_month_is_not_invoiced(learner: User, mentor: User) -> None:
    settlement = make_settlement(learner, mentor, at=NOON)
    make_adjustment(settlement, 1_000, at=NOON + timedelta(days=3))
    issue_commission_invoices(now=AFTER_DECEMBER)
    (invoice,) = commissions()
    assert invoice.total_cents == 740
    assert [(line["paid_cents"], line["total_cents"]) for line in invoice.content["lines"]] == [(3_700, 740)]
    assert credits_of() == []
    assert documented(mentor, DECEMBER) == posted(mentor, DECEMBER)


def test_a_month_given_back_entirely_gives_nothing(learner: User, mentor: User) -> None:
    make_adjustment(make_settlement(learner, mentor, at=NOON), 4_700, at=NOON + timedelta(days=3))
    assert issue_commission_invoices(now=AFTER_DECEMBER) == 0
    assert posted(mentor, DECEMBER) == (0, 0)


def test_what_is_given_back_later_corrects_the_invoice_of_its_month(learner: User, mentor: User) -> None:
    first, second = make_settlement(learner, mentor, at=NOON), make_settlement(learner, mentor, at=NOON)
    issue_commission_invoices(now=AFTER_DECEMBER)
    for settlement, cents in ((first, 1_000), (second, 4_700), (first, 500)):
        make_adjustment(settlement, cents, at=AFTER_DECEMBER + timedelta(days=5))
    assert issue_commission_invoices(now=AFTER_JANUARY) == 1
    (note,) = credits_of()
    assert note.corrects == commissions()[0]
    assert (note.full_number, note.subject) == ("C-2027-0002", f"commission:{mentor.pk}:2027-01")
    assert note.total_cents == 200 + 940 + 100
    assert note.content["corrects"] == {"number": "C-2027-0001", "issued_on": "2027-01-01"}
    assert documented(mentor, JANUARY) == posted(mentor, JANUARY)
    assert issue_commission_invoices(now=AFTER_JANUARY + timedelta(days=1)) == 0


def test_one_note_for_each_invoice_corrected_beside_the_months_own_invoice(learner: User, mentor: User) -> None:
    sold = [make_settlement(learner, mentor, at=NOON + timedelta(days=days)) for days in (0, 31, 62)]
    for settlement in sold:
        make_adjustment(settlement, 1_000, at=NOON + timedelta(days=63))
    issue_commission_invoices(now=NOON + timedelta(days=100))
    december, january, february = commissions()
    assert [note.corrects for note in credits_of()] == [december, january]
    assert {note.subject for note in credits_of()} == {february.subject}
    assert february.total_cents == 740
    for month in (DECEMBER, JANUARY, JANUARY.next):
        assert documented(mentor, month) == posted(mentor, month)


@pytest.mark.parametrize("seed", range(4))
def test_the_documents_are_the_ledger_to_the_cent(learner: User, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (a history, not a secret)
    mentors = [make_mentor(), make_mentor(regime=VatRegime.FRANCHISE)]
    sold: list[Settlement] = []
    for day in range(0, 90, 2):
        at = NOON + timedelta(days=day)
        if sold and chance.random() < 0.5:
            settlement = chance.choice(sold)
            left = settlement.charged_cents - sum(row.amount_cents for row in settlement.adjustments.all())
            if left:
                make_adjustment(settlement, chance.randint(1, left), at=at)
        rate, seconds = chance.randint(500, 9_999), chance.randint(1, 3_600)
        sold.append(make_settlement(learner, chance.choice(mentors), at=at, rate_cents=rate, seconds=seconds))
        if chance.random() < 0.2:
            issue_commission_invoices(now=at)
    issue_commission_invoices(now=NOON + timedelta(days=150))
    for mentor in mentors:
        for month in (DECEMBER, JANUARY, JANUARY.next, JANUARY.next.next):
            assert documented(mentor, month) == posted(mentor, month)
    assert [check for check in run_checks(NOON) if "series" in str(check.title) and check.rows] == []


def test_one_month_that_cannot_be_invoiced_keeps_nobody_else_back(
    learner: User, mentor: User, caplog: pytest.LogCaptureFixture
) -> None:
    lost = make_settlement(learner, mentor, at=NOON)
    Invoice.objects.create(
        kind=DocumentKind.COMMISSION,
        series="X",
        number=1,
        full_number="X-1",
        recipient=mentor,
        subject=f"commission:{mentor.pk}:2026-12",
        total_cents=1,
        issued_at=NOON,
        content={"lines": []},
        next_render_at=NOON,
    )
    make_adjustment(lost, 1_000, at=AFTER_DECEMBER)
    make_settlement(learner, mentor, at=AFTER_DECEMBER)
    other = make_mentor()
    make_settlement(learner, other, at=AFTER_DECEMBER)
    assert issue_commission_invoices(now=AFTER_JANUARY) == 1
    assert [row.recipient for row in commissions() if row.series != "X"] == [other]
    assert f"commissions of mentor {mentor.pk} for 2027-01 were not invoiced" in caplog.text


# --- Roundings --------------------------------------------------------------------------------------------------------


def sessions(number: int, cents: int) -> list[Settlement]:
    """Commissions of `cents`, on no database."""
    vat = cents - (cents * 10_000 + 6_000) // 12_000
    return [
        Settlement(
            reference=f"booking:{index}",
            label="lire un jeu de données",
            charged_cents=cents * 5,
            commission_cents=cents,
            commission_vat_cents=vat,
            vat_basis_points=2_000,
            settled_at=NOON,
        )
        for index in range(number)
    ]


def test_two_hundred_sessions_of_all_prices_are_one_document() -> None:
    lines = [earned(row, []) for cents in range(500, 700) for row in sessions(1, cents)]
    assert len(in_documents(lines)) == 1


def test_roundings_that_all_lean_one_way_are_written_on_two_documents() -> None:
    """9,03 € is 7,525 € and its VAT: each line has half a cent too little of it."""
    lines = [earned(row, []) for row in sessions(250, 903)]
    documents = in_documents(lines)
    assert [len(own) for own in documents] == [165, 85]
    assert [line for own in documents for line in own] == lines
    for own in documents:
        without, vat = (sum(line[part] for line in own) for part in ("without_vat_cents", "vat_cents"))
        assert abs(vat - without * 0.2) <= TOLERATED_CENTS + 0.5


# --- The page, the notice ---------------------------------------------------------------------------------------------


def test_the_page_says_whose_commission_on_what(learner: User, mentor: User) -> None:
    make_settlement(learner, mentor, at=NOON)
    issue_commission_invoices(now=AFTER_DECEMBER)
    page = render_html(commissions()[0].content)
    for text in (
        "Facture de commission",
        "C-2027-0001",
        "1er\u00a0janvier\u00a02027",
        "décembre 2026",
        "Skilmi",
        "SIREN\u00a0732\u00a0829\u00a0320",
        "Inès Haddad EI",
        "lire un jeu de données",
        "03/12/2026",
        "47,00\u00a0€",
        "7,83\u00a0€",
        "1,57\u00a0€",
        "9,40\u00a0€",
        "Retenu sur le prix des sessions",
        "Pénalités de retard",
    ):
        assert text in page
    assert "Facture établie par" not in page
    assert learner.get_full_name() not in page


def test_the_mentor_is_told_of_both_documents(learner: User, mentor: User) -> None:
    settlement = make_settlement(learner, mentor, at=NOON)
    issue_commission_invoices(now=AFTER_DECEMBER)
    make_adjustment(settlement, 1_000, at=AFTER_DECEMBER)
    issue_commission_invoices(now=AFTER_JANUARY)
    for document in (*commissions(), *credits_of()):
        assert invoices.render_invoice(invoice_id=document.pk, now=AFTER_JANUARY)
    mails = list(Email.objects.filter(kind="billing.commission_invoice").order_by("pk"))
    assert [mail.to for mail in mails] == [mentor.email, mentor.email]
    assert "Votre facture de commission C-2027-0001 de 9,40\u00a0€" in mails[0].subject
    assert "vos sessions de décembre 2026" in mails[0].body_text
    assert "Votre avoir de commission C-2027-0002 de 2,00\u00a0€" in mails[1].subject
    assert "corrige votre facture de commission C-2027-0001" in mails[1].body_text
    notices = Notice.objects.filter(kind="billing.commission_invoice")
    assert {notice.recipient for notice in notices} == {mentor}
    assert all(notice.url.endswith("?onglet=commissions") for notice in notices)
