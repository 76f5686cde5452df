"""« Factures » by side and by year, and a year in one file."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from billing import archives
from billing.invoices import register
from billing.models import Invoice, Settlement
from billing.services import invoices
from billing.services.commissions import issue_commission_invoices
from billing.states import DocumentKind
from tests.billing.adjusted import make_adjustment, make_settlement
from tests.billing.money import NOON, make_member, make_mentor

pytestmark = pytest.mark.django_db

PAGE = "billing:invoices"
NEXT_YEAR = datetime(2027, 2, 10, tzinfo=UTC)


@pytest.fixture
def mentor() -> User:
    return make_mentor()


@pytest.fixture
def learner() -> User:
    return make_member()


@pytest.fixture
def settled(learner: User, mentor: User) -> Settlement:
    """Invoiced and corrected in 2026, its commission invoiced in 2027; nothing is drawn yet."""
    settlement = make_settlement(learner, mentor, at=NOON)
    give_back(settlement, at=NOON + timedelta(days=4))
    issue_commission_invoices(now=NEXT_YEAR)
    return settlement


def give_back(settlement: Settlement, *, at: datetime) -> Invoice:
    assert settlement.mentor
    adjustment = make_adjustment(settlement, 1_000, at=at)
    return invoices.issue_credit_note(adjustment=adjustment, counter=register.lock_counter(settlement.mentor, at))


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(user: User, **query: str) -> str:
    return as_user(user).get(reverse(PAGE), query).content.decode()


def draw(**which: str) -> None:
    """Bytes in the place of a drawn file: what they are is another test's affair."""
    for invoice in Invoice.objects.filter(rendered_at=None, **which):
        content = b"%PDF " + invoice.full_number.encode()
        digest = sha256(content).hexdigest()
        Invoice.objects.filter(pk=invoice.pk).update(pdf=content, pdf_sha256=digest, rendered_at=NEXT_YEAR)


def file_of(user: User, year: int, kind: str = "zip") -> bytes:
    response = as_user(user).get(reverse(f"billing:invoices_{kind}", args=[year]))
    assert response.status_code == 200
    return response.getvalue() if response.streaming else response.content


def opened(user: User, year: int) -> dict[str, bytes]:
    with ZipFile(BytesIO(file_of(user, year))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


# --- The page ---------------------------------------------------------------------------------------------------------


def test_a_mentor_has_a_tab_for_what_he_issued_and_one_for_commissions(mentor: User, settled: Settlement) -> None:
    issued = page_of(mentor)
    number = f"M{mentor.pk}-2026-0001"
    for text in ("Émises en mon nom", "Commissions", number, "Facture", "Avoir", "−&nbsp;10,00\u00a0€"):
        assert text in issued
    assert "Reçues" not in issued
    assert "C-2027-0001" not in issued
    commissions = page_of(mentor, onglet="commissions")
    assert "C-2027-0001" in commissions
    assert "décembre 2026" in commissions.lower()
    assert "1 session" in commissions
    assert f"M{mentor.pk}-2026-0001" not in commissions


def test_a_learner_has_what_he_received_and_no_tab(learner: User, mentor: User, settled: Settlement) -> None:
    page = page_of(learner)
    assert f"M{mentor.pk}-2026-0002" in page
    assert "Commissions" not in page
    assert "Émises en mon nom" not in page
    assert f"M{mentor.pk}-2026-0001" in page_of(learner, onglet="commissions")


def test_a_note_and_what_it_corrects_lead_to_each_other(learner: User, mentor: User, settled: Settlement) -> None:
    page = page_of(learner)
    invoice = Invoice.objects.get(kind=DocumentKind.INVOICE)
    note = Invoice.objects.get(kind=DocumentKind.CREDIT_NOTE)
    assert f"corrige M{mentor.pk}-2026-0001" in page
    assert f"corrigée par M{mentor.pk}-2026-0002" in page
    for document in (invoice, note):
        assert reverse("billing:invoice_pdf", args=[document.reference]) in page


def test_the_page_shows_one_year_when_asked(learner: User, mentor: User, settled: Settlement) -> None:
    make_settlement(learner, mentor, at=NEXT_YEAR)
    both, first = page_of(learner), page_of(learner, annee="2026")
    old, new = f"M{mentor.pk}-2026-0001", f"M{mentor.pk}-2027-0001"
    assert old in both
    assert new in both
    assert old in first
    assert new not in first
    assert new in page_of(learner, annee="nonsense")


def test_a_year_without_documents_on_this_side_says_so(mentor: User, settled: Settlement) -> None:
    assert "Aucun document de cette année ici" in page_of(mentor, onglet="emises", annee="2027")


def test_the_year_is_the_one_written_on_the_document(learner: User, mentor: User) -> None:
    make_settlement(learner, mentor, at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    assert f"M{mentor.pk}-2027-0001" in page_of(learner, annee="2027")
    assert as_user(learner).get(reverse("billing:invoices_csv", args=[2026])).status_code == 404


def test_a_credit_note_is_called_one_while_it_is_made(learner: User, settled: Settlement) -> None:
    note = Invoice.objects.get(kind=DocumentKind.CREDIT_NOTE)
    answer = as_user(learner).get(reverse("billing:invoice_pdf", args=[note.reference]))
    assert answer.status_code == 202
    assert f"Avoir {note.full_number}" in answer.content.decode()
    draw()
    answer = as_user(learner).get(reverse("billing:invoice_pdf", args=[note.reference]))
    assert answer["Content-Disposition"] == f'inline; filename="Avoir {note.full_number}.pdf"'


def test_the_page_asks_the_same_questions_however_many_documents(
    learner: User, mentor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(6):
        give_back(make_settlement(learner, mentor, at=NOON + timedelta(days=day)), at=NOON + timedelta(days=9))
    client = as_user(mentor)
    with django_assert_max_num_queries(16) as asked:
        client.get(reverse(PAGE))
    assert not any('"pdf"' in query["sql"] for query in asked.captured_queries)


# --- A year in one file -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("SK-51")
def test_a_mentor_takes_a_year_home(mentor: User, settled: Settlement) -> None:
    draw()
    number = f"M{mentor.pk}-2026"
    files = opened(mentor, 2026)
    assert list(files) == [
        f"emises/Facture {number}-0001.pdf",
        f"emises/Avoir {number}-0002.pdf",
        "factures-2026.csv",
    ]
    assert files[f"emises/Avoir {number}-0002.pdf"] == f"%PDF {number}-0002".encode()
    assert list(opened(mentor, 2027)) == ["commissions/Facture de commission C-2027-0001.pdf", "factures-2027.csv"]


def test_a_learner_takes_what_he_received(learner: User, mentor: User, settled: Settlement) -> None:
    draw()
    names = list(opened(learner, 2026))
    assert names == [
        f"recues/Facture M{mentor.pk}-2026-0001.pdf",
        f"recues/Avoir M{mentor.pk}-2026-0002.pdf",
        "factures-2026.csv",
    ]


def test_what_is_not_drawn_yet_is_left_out_and_said(mentor: User, settled: Settlement) -> None:
    draw(kind=DocumentKind.INVOICE)
    files = opened(mentor, 2026)
    assert list(files) == [f"emises/Facture M{mentor.pk}-2026-0001.pdf", "factures-2026.csv"]
    assert [row["Fichier"] for row in rows_of(files["factures-2026.csv"])] == [
        f"Facture M{mentor.pk}-2026-0001.pdf",
        "En préparation",
    ]
    assert "1 document en préparation n’est pas encore dans l’archive." in page_of(mentor)


def test_the_table_adds_up(mentor: User, settled: Settlement) -> None:
    rows = rows_of(file_of(mentor, 2026, "csv"))
    assert [(row["Nature"], row["Total HT"], row["TVA"], row["Total TTC"]) for row in rows] == [
        ("facture", "39,17", "7,83", "47,00"),
        ("avoir", "-8,34", "-1,66", "-10,00"),
    ]
    assert [(row["Date d’émission"], row["Corrige"]) for row in rows] == [
        ("2026-12-03", ""),
        ("2026-12-07", f"M{mentor.pk}-2026-0001"),
    ]
    assert {row["Client"] for row in rows} == {"Léa Martin"}


def test_names_are_not_taken_for_formulas(mentor: User) -> None:
    make_settlement(make_member('=HYPERLINK("http://example.org")', "Ruse"), mentor, at=NOON)
    (row,) = rows_of(file_of(mentor, 2026, "csv"))
    assert row["Client"].startswith("'=HYPERLINK")


def test_a_stranger_has_no_year_and_nobody_else_s(learner: User, mentor: User, settled: Settlement) -> None:
    stranger, other = make_member("Nadia"), make_mentor()
    make_settlement(stranger, other, at=NOON)
    draw()
    assert list(opened(stranger, 2026)) == [f"recues/Facture M{other.pk}-2026-0001.pdf", "factures-2026.csv"]
    nobody = as_user(make_member("Paul"))
    for kind in ("zip", "csv"):
        assert nobody.get(reverse(f"billing:invoices_{kind}", args=[2026])).status_code == 404
        assert nobody.get(f"/factures/99999999999999999999.{kind}").status_code == 404
        assert nobody.post(reverse(f"billing:invoices_{kind}", args=[2026])).status_code == 405


def test_the_files_are_read_one_at_a_time_while_the_archive_is_sent(
    mentor: User, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for day in range(5):
        make_settlement(learner, mentor, at=NOON + timedelta(days=day))
    draw()
    chunks: Iterator[bytes] = archives.zip_of_year(mentor, 2026, language="fr")
    first = next(chunks)
    assert b"-2026-0001" in first
    assert b"-2026-0002" not in first
    with django_assert_num_queries(1) as asked:
        assert b"-2026-0002" in next(chunks)
    assert '"pdf"' in asked.captured_queries[0]["sql"]
    assert all(list(chunks))


def test_the_archive_is_streamed_and_kept_by_nobody(mentor: User, settled: Settlement) -> None:
    response = as_user(mentor).get(reverse("billing:invoices_zip", args=[2026]))
    assert response.streaming
    assert response["Content-Disposition"] == 'attachment; filename="factures-2026.zip"'
    assert response["Cache-Control"] == "private, no-store"
    assert response.getvalue().startswith(b"PK")


def test_the_table_speaks_the_readers_language(mentor: User, settled: Settlement) -> None:
    with ZipFile(BytesIO(b"".join(archives.zip_of_year(mentor, 2026, language="en")))) as archive:
        head = archive.read("factures-2026.csv").decode("utf-8-sig").splitlines()[0]
    assert "Numéro" not in head
