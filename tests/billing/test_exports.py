"""Files for accountants and the tax office: exact lines, sums equal to the ledger, nothing a spreadsheet would run."""

import csv
import tracemalloc
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import RequestFactory
from django.test.client import AsyncRequestFactory

from accounts.models import User
from billing.exports import dac7, ereporting, fec
from billing.exports.chart import CHART, JOURNALS
from billing.exports.streaming import as_csv, as_lines
from billing.ledger.accounts import CATALOGUE
from billing.models import BillingProfile, ConnectedAccount, LedgerEntry, Settlement
from billing.models.ledger import Currency
from billing.services.adjustments import adjust
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import VatRegime
from core.streaming import download
from tests.billing.money import NOON, make_business, make_member, make_mentor, make_terms, pay_in

pytestmark = pytest.mark.django_db

DECEMBER_4 = NOON + timedelta(days=1)
JANUARY_2027 = datetime(2027, 1, 8, 10, 0, tzinfo=UTC)


def sell(
    mentor: User,
    learner: User,
    reference: str,
    *,
    at: datetime = NOON,
    regime: str = VatRegime.REGISTERED,
    seconds: int = 3600,
) -> Settlement:
    pay_in(learner, 6_000, at=at)
    place_hold(learner=learner, reference=reference, amount_cents=6_000, now=at)
    return settle(terms=make_terms(reference, learner, mentor, regime=regime, seconds=seconds), now=at)


def make_franchised() -> User:
    mentor = make_mentor(regime=VatRegime.FRANCHISE)
    BillingProfile.objects.filter(user=mentor).update(business_name="Paul Sol EI", siren="732829320")
    return mentor


def read(chunks: Iterable[bytes]) -> list[list[str]]:
    text = b"".join(chunks).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(), delimiter=";"))


def cents(text: str) -> int:
    return int(text.replace(",", ""))


class TestEReporting:
    def test_sales_to_consumers_are_summed_by_day_and_rate_then_what_was_received(self) -> None:
        registered, franchised, learner = make_mentor(), make_franchised(), make_member()
        sell(registered, learner, "booking:a")
        sell(registered, learner, "booking:b", seconds=1800)
        sell(registered, learner, "booking:c", at=DECEMBER_4)
        sell(franchised, learner, "booking:d", regime=VatRegime.FRANCHISE)
        rows = read(ereporting.write(year=2026, month=12))
        ines = ["123456782", "FR11123456782", "Inès Haddad EI", "Assujetti à la TVA"]
        paul = ["732829320", "", "Paul Sol EI", "Franchise en base (TVA non applicable)"]
        assert rows[0][:3] == ["Flux", "SIREN du vendeur", "Numéro de TVA du vendeur"]
        assert rows[1:] == [
            ["10.3", *ines, "2026-12-03", "TPS1", "20,00", "2", "75,00", "15,00", "90,00", "EUR", ""],
            ["10.4", *ines, "2026-12-03", "", "20,00", "", "", "", "90,00", "EUR", ""],
            ["10.3", *ines, "2026-12-04", "TPS1", "20,00", "1", "50,00", "10,00", "60,00", "EUR", ""],
            ["10.4", *ines, "2026-12-04", "", "20,00", "", "", "", "60,00", "EUR", ""],
            ["10.3", *paul, "2026-12-03", "TNT1", "0,00", "1", "60,00", "0,00", "60,00", "EUR", ""],
            ["10.4", *paul, "2026-12-03", "", "0,00", "", "", "", "60,00", "EUR", ""],
        ]

    def test_a_credit_note_lowers_the_day_it_was_given(self) -> None:
        mentor, learner = make_mentor(), make_member()
        sell(mentor, learner, "booking:a")
        adjust(reference="complaint:1", subject="booking:a", amount_cents=1_200, reason="Son coupé.", now=DECEMBER_4)
        rows = [row[5:12] for row in read(ereporting.write(year=2026, month=12)) if row[0] == "10.3"]
        assert rows == [
            ["2026-12-03", "TPS1", "20,00", "1", "50,00", "10,00", "60,00"],
            ["2026-12-04", "TPS1", "20,00", "0", "-10,00", "-2,00", "-12,00"],
        ]

    def test_businesses_and_exempt_activities_are_told_apart(self) -> None:
        mentor, exempt = make_mentor(), make_mentor(regime=VatRegime.EXEMPT)
        french, abroad = make_member("Awa"), make_member("Jan")
        make_business(french)
        make_business(abroad)
        BillingProfile.objects.filter(user=abroad).update(country="BE", siren="", vat_number="BE0123456749")
        sell(mentor, french, "booking:a")
        sell(mentor, abroad, "booking:b")
        sell(exempt, make_member(), "booking:c", regime=VatRegime.EXEMPT)
        rows = read(ereporting.write(year=2026, month=12))[1:]
        assert [(row[0], row[11], row[13]) for row in rows] == [
            ("10.1", "60,00", f"M{mentor.pk}-2026-0002"),
            ("10.2", "60,00", f"M{mentor.pk}-2026-0002"),
            ("facture électronique", "60,00", ""),
            ("hors champ, exonéré", "60,00", ""),
        ]

    def test_the_month_is_that_of_paris_and_one_mentor_can_be_chosen(self) -> None:
        mentor, other, learner = make_mentor(), make_mentor(), make_member()
        # Half past midnight in Paris on the first of January.
        sell(mentor, learner, "booking:a", at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
        sell(other, learner, "booking:b")
        assert [row[5] for row in read(ereporting.write(year=2027, month=1))[1:]] == ["2027-01-01"] * 2
        assert len(read(ereporting.write(year=2026, month=12))) == 3
        assert read(ereporting.write(year=2026, month=12, mentor=mentor))[1:] == []

    def test_the_lines_of_sales_add_up_to_the_ledger(self) -> None:
        mentors = [make_mentor(), make_franchised(), make_mentor(regime=VatRegime.EXEMPT)]
        regimes = [VatRegime.REGISTERED, VatRegime.FRANCHISE, VatRegime.EXEMPT]
        for number in range(9):
            sell(
                mentors[number % 3],
                make_member(),
                f"booking:{number}",
                regime=regimes[number % 3],
                seconds=3600 - 7 * number,
                at=NOON + timedelta(hours=number),
            )
        adjust(reference="complaint:1", subject="booking:4", amount_cents=777, reason="Son coupé.", now=DECEMBER_4)
        rows = read(ereporting.write(year=2026, month=12))[1:]
        sold = sum(cents(row[11]) for row in rows if row[0] not in {"10.2", "10.4"})
        released = moved("settle", "learner.available") + moved("adjust", "learner.available")
        assert sold == moved("settle", "learner.held") + released


class TestDac7:
    def test_each_quarter_has_its_operations_its_net_and_its_fees(self) -> None:
        mentor, learner = make_mentor(), make_member()
        User.objects.filter(pk=mentor.pk).update(last_name="=HADDAD()")
        ConnectedAccount.objects.create(user=mentor, stripe_id="acct_1")
        sell(mentor, learner, "booking:a", at=datetime(2026, 2, 3, tzinfo=UTC))
        sell(mentor, learner, "booking:b", at=datetime(2026, 2, 4, tzinfo=UTC), seconds=1800)
        sell(mentor, learner, "booking:c")
        sell(mentor, learner, "booking:d", at=JANUARY_2027)
        adjust(reference="complaint:1", subject="booking:c", amount_cents=1_000, reason="Son coupé.", now=DECEMBER_4)
        who = [
            "'=HADDAD()",
            "Inès",
            "Inès Haddad EI",
            "14 rue des Tilleuls",
            "44000",
            "Nantes",
            "FR",
            "123456782",
            "FR11123456782",
            "acct_1",
        ]
        assert read(dac7.write(year=2026))[1:] == [
            ["2026", "T1", *who, "2", "72,00", "18,00", "EUR", "oui"],
            ["2026", "T4", *who, "1", "40,00", "10,00", "EUR", "oui"],
        ]

    def test_who_earned_much_is_not_under_the_threshold_in_any_quarter(self) -> None:
        mentor, small, learner = make_mentor(), make_mentor(), make_member()
        for number in range(42):
            sell(mentor, learner, f"booking:{number}", at=NOON - timedelta(days=number))
        sell(small, learner, "booking:small")
        rows = read(dac7.write(year=2026))[1:]
        assert [(row[9], row[1], row[-1]) for row in rows] == [
            ("123456782", "T4", "non"),
            ("123456782", "T4", "oui"),
        ]
        assert [row[12] for row in rows] == ["42", "1"]

    def test_the_year_adds_up_to_the_ledger(self) -> None:
        mentor, learner = make_mentor(), make_member()
        for number in range(5):
            sell(mentor, learner, f"booking:{number}", seconds=3600 - 11 * number)
        adjust(reference="complaint:1", subject="booking:2", amount_cents=333, reason="Son coupé.", now=DECEMBER_4)
        rows = read(dac7.write(year=2026))[1:]
        assert sum(cents(row[13]) for row in rows) == -moved("settle", "mentor.pending") - moved(
            "adjust", "mentor.pending"
        )
        fees = sum(
            moved(kind, code) for kind in ("settle", "adjust") for code in ("revenue.commission", "vat.collected")
        )
        assert sum(cents(row[14]) for row in rows) == -fees


def moved(kind: str, code: str) -> int:
    """Signed sum on the ledger: debits are positive."""
    rows = LedgerEntry.objects.filter(transaction__kind=kind, account__code=code)
    return sum(rows.values_list("amount", flat=True))


Line = dict[str, str]


def fec_of(year: int) -> list[Line]:
    lines = b"".join(fec.write(year=year)).decode().split("\r\n")
    assert lines.pop() == ""
    head, *rows = (line.split("\t") for line in lines)
    assert tuple(head) == fec.COLUMNS
    return [dict(zip(head, row, strict=True)) for row in rows]


class TestFec:
    def test_a_payment_and_a_session_are_written_as_the_law_says(self) -> None:
        mentor, learner = make_mentor(), make_member()
        sell(mentor, learner, "booking:a", at=NOON, seconds=1800)
        rows = fec_of(2026)
        lea, ines = f"M{learner.pk:06d}", f"M{mentor.pk:06d}"
        wanted = ("EcritureNum", "CompteNum", "CompAuxNum", "Debit", "Credit")
        assert [tuple(row[name] for name in wanted) for row in rows] == [
            ("ENC000001", "517000", "", "60,00", "0,00"),
            ("ENC000001", "467200", lea, "0,00", "60,00"),
            ("BLO000001", "467200", lea, "60,00", "0,00"),
            ("BLO000001", "467300", lea, "0,00", "60,00"),
            ("VTE000001", "467300", lea, "60,00", "0,00"),
            ("VTE000001", "445710", "", "0,00", "1,00"),
            ("VTE000001", "706000", "", "0,00", "5,00"),
            ("VTE000001", "467500", ines, "0,00", "24,00"),
            ("VTE000001", "467200", lea, "0,00", "30,00"),
        ]
        first = rows[0]
        # The day of the books is that of Paris.
        recorded = datetime.now(tz=ZoneInfo("Europe/Paris"))
        assert first == {
            "JournalCode": "ENC",
            "JournalLib": "Encaissements par carte",
            "EcritureNum": "ENC000001",
            "EcritureDate": "20261203",
            "CompteNum": "517000",
            "CompteLib": "Stripe",
            "CompAuxNum": "",
            "CompAuxLib": "",
            "PieceRef": first["PieceRef"],
            "PieceDate": "20261203",
            "EcritureLib": f"Encaissements par carte {first['PieceRef']}",
            "Debit": "60,00",
            "Credit": "0,00",
            "EcritureLet": "",
            "DateLet": "",
            "ValidDate": f"{recorded:%Y%m%d}",
            "Montantdevise": "",
            "Idevise": "",
        }
        assert rows[1]["CompAuxLib"] == "Léa Martin"

    def test_the_file_is_named_after_the_siren_and_the_last_day_of_the_year(self) -> None:
        assert fec.filename(2026) == "732829320FEC20261231.txt"

    def test_each_entry_balances_and_each_journal_counts_without_gaps(self) -> None:
        a_year_of_sales()
        rows = fec_of(2026)
        for number, lines in groupby(rows, key=lambda row: row["EcritureNum"]):
            assert sum(cents(row["Debit"]) - cents(row["Credit"]) for row in lines) == 0, number
        by_journal: dict[str, list[str]] = {}
        for row in rows:
            numbers = by_journal.setdefault(row["JournalCode"], [])
            if row["EcritureNum"] not in numbers[-1:]:
                numbers.append(row["EcritureNum"])
        for code, numbers in by_journal.items():
            assert numbers == [f"{code}{number:06d}" for number in range(1, len(numbers) + 1)]

    def test_a_year_begins_with_the_balances_of_the_years_before_and_ends_with_those_of_the_ledger(self) -> None:
        a_year_of_sales()
        rows = fec_of(2027)
        opening = [row for row in rows if row["JournalCode"] == "AN"]
        assert {row["EcritureNum"] for row in opening} == {"AN000001"}
        assert sum(cents(row["Debit"]) - cents(row["Credit"]) for row in opening) == 0
        assert not [row for row in opening if row["CompteNum"][0] in "67"]
        for code, account in CHART.items():
            if account.number[0] in "67":
                continue
            found = sum(
                cents(row["Debit"]) - cents(row["Credit"]) for row in rows if row["CompteNum"] == account.number
            )
            ledger = sum(LedgerEntry.objects.filter(account__code=code).values_list("amount", flat=True))
            assert found == ledger, code

    def test_the_debits_of_two_years_are_those_of_the_ledger(self) -> None:
        a_year_of_sales()
        rows = [row for year in (2026, 2027) for row in fec_of(year) if row["JournalCode"] != "AN"]
        debits = sum(cents(row["Debit"]) for row in rows)
        assert debits == sum(LedgerEntry.objects.filter(amount__gt=0).values_list("amount", flat=True))
        assert len(rows) == LedgerEntry.objects.count()

    def test_a_name_breaks_no_column_and_runs_nothing(self) -> None:
        learner = make_member("Léa\tA", "\n=1+1")
        User.objects.filter(pk=learner.pk).update(first_name="=cmd()\t", last_name="A\nB")
        pay_in(learner, 6_000)
        assert [row["CompAuxLib"] for row in fec_of(2026)] == ["", "'=cmd() A B"]

    def test_each_account_and_each_kind_has_its_place(self) -> None:
        euros = {code for code, kind in CATALOGUE.items() if kind.currency == Currency.EUR}
        assert set(CHART) == euros
        assert all(account.number[:3].isdigit() and account.label for account in CHART.values())
        assert len({account.number for account in CHART.values()}) == len(CHART)
        assert len({journal.label for journal in JOURNALS.values()}) == len({j.code for j in JOURNALS.values()})


def a_year_of_sales() -> None:
    mentor, learner = make_mentor(), make_member()
    for number in range(4):
        sell(mentor, learner, f"booking:{number}", seconds=3600 - 11 * number)
    sell(mentor, learner, "booking:later", at=JANUARY_2027)
    adjust(reference="complaint:1", subject="booking:2", amount_cents=333, reason="Son coupé.", now=JANUARY_2027)


class TestMemory:
    ROWS = 10_000

    def test_ten_thousand_operations_leave_memory_flat(self) -> None:
        learner = make_member()
        pay_in(learner, 6_000)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                WITH written AS (
                  INSERT INTO billing_ledgertransaction (key, kind, reference, occurred_at, created_at)
                  SELECT 'topup:' || number, 'topup', '', %s, now() FROM generate_series(1, %s) AS number
                  RETURNING id)
                INSERT INTO billing_ledgerentry (transaction_id, account_id, amount)
                SELECT written.id, account.id, CASE account.code WHEN 'stripe' THEN 100 ELSE -100 END
                  FROM written, billing_ledgeraccount account""",
                [NOON, self.ROWS],
            )
        list(fec.write(year=2025))
        tracemalloc.start()
        lines = sum(chunk.count(b"\r\n") for chunk in fec.write(year=2026))
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert lines == 1 + 2 * (self.ROWS + 1)
        # The file itself is larger than three megabytes.
        assert peak < 3_000_000


class TestSending:
    def test_the_file_is_sent_as_it_is_made(self) -> None:
        sent: list[int] = []

        def chunks() -> Iterator[bytes]:
            for number in range(3):
                sent.append(number)
                yield b"%d" % number

        answer = download(RequestFactory().post("/"), filename="a.csv", chunks=chunks(), kind="text/csv")
        parts = iter(answer)
        assert next(parts) == b"0"
        assert sent == [0]
        assert b"".join(parts) == b"12"
        assert answer["Content-Disposition"] == 'attachment; filename="a.csv"'
        assert answer["Cache-Control"] == "private, no-store"

    def test_the_server_of_production_gathers_nothing_either(self) -> None:
        answer = download(
            AsyncRequestFactory().post("/"), filename="a.txt", chunks=iter([b"a", b"b"]), kind="text/plain"
        )

        async def gather() -> bytes:
            return b"".join([part async for part in answer])

        assert answer.is_async
        assert async_to_sync(gather)() == b"ab"

    @pytest.mark.parametrize("requests", [RequestFactory, AsyncRequestFactory])
    def test_who_stops_downloading_leaves_no_cursor_open(self, requests: type[RequestFactory]) -> None:
        closed = []

        def chunks() -> Iterator[bytes]:
            try:
                yield b"a"
                yield b"b"
            finally:
                closed.append(True)

        source = chunks()
        answer = download(requests().post("/"), filename="a.csv", chunks=source, kind="text/csv")
        assert next(source) == b"a"
        answer.close()
        assert closed == [True]

    def test_long_files_come_in_chunks_and_short_ones_in_one(self) -> None:
        assert len(list(as_csv(["a"], [["b"]]))) == 1
        chunks = list(as_csv(["a"], (["b" * 100] for _ in range(5_000))))
        assert 5 < len(chunks) < 10
        assert list(as_lines(["é", "b"])) == ["é\r\nb\r\n".encode()]
