"""« Avoir »: the only thing that corrects an invoice."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from billing.invoices import register, rendering
from billing.invoices.content import freeze_credit_note
from billing.invoices.document import render_html
from billing.invoices.upgrade import upgrade
from billing.models import Adjustment, BillingMandate, BillingProfile, Invoice, Settlement
from billing.services.invoices import issue_credit_note
from billing.states import DocumentKind, VatRegime
from tests.billing.adjusted import make_adjustment, make_settlement
from tests.billing.first_version import FIRST_VERSION
from tests.billing.money import NOON, make_business, make_member, make_mentor

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=4)


@pytest.fixture
def mentor() -> User:
    return make_mentor()


@pytest.fixture
def learner() -> User:
    return make_member()


@transaction.atomic
def correct(settlement: Settlement, cents: int, *, at: datetime = LATER) -> Invoice:
    assert settlement.mentor
    counter = register.lock_counter(settlement.mentor, at)
    return issue_credit_note(adjustment=make_adjustment(settlement, cents, at=at), counter=counter)


def test_a_credit_note_takes_the_next_number_of_the_mentors_series(learner: User, mentor: User) -> None:
    settlement = make_settlement(learner, mentor, at=NOON)
    note = correct(settlement, 1_000)
    invoice = Invoice.objects.get(kind=DocumentKind.INVOICE)
    assert (invoice.full_number, note.full_number) == (f"M{mentor.pk}-2026-0001", f"M{mentor.pk}-2026-0002")
    assert note.kind == DocumentKind.CREDIT_NOTE
    assert note.corrects == invoice
    assert (note.subject, note.total_cents, note.issued_at) == (settlement.reference, 1_000, LATER)
    assert (note.issuer, note.recipient) == (mentor, learner)
    assert note.adjustment == Adjustment.objects.get()


def test_the_series_is_the_one_of_the_year_of_the_decision(learner: User, mentor: User) -> None:
    note = correct(make_settlement(learner, mentor, at=NOON), 1_000, at=datetime(2027, 1, 4, 9, 0, tzinfo=UTC))
    assert note.full_number == f"M{mentor.pk}-2027-0001"


def test_its_amounts_are_positive_and_those_of_the_adjustment(learner: User, mentor: User) -> None:
    content = correct(make_settlement(learner, mentor, at=NOON), 1_000).content
    assert content["amounts"] == {
        "total_cents": 1_000,
        "without_vat_cents": 834,
        "vat_cents": 166,
        "held_cents": 0,
        "released_cents": 0,
    }
    assert [(line["total_cents"], line["seconds"]) for line in content["lines"]] == [(1_000, 0)]
    assert content["corrects"] == {"number": f"M{mentor.pk}-2026-0001", "issued_on": "2026-12-03"}


def test_two_decisions_give_two_notes_that_add_up_to_the_invoice(learner: User, mentor: User) -> None:
    settlement = make_settlement(learner, mentor, at=NOON)
    notes = [correct(settlement, 1_001), correct(settlement, 3_699)]
    invoice = Invoice.objects.get(kind=DocumentKind.INVOICE)
    for part in ("total_cents", "without_vat_cents", "vat_cents"):
        assert sum(note.content["amounts"][part] for note in notes) == invoice.content["amounts"][part]
    assert [note.number for note in notes] == [2, 3]


def test_one_decision_gives_one_note(learner: User, mentor: User) -> None:
    note = correct(make_settlement(learner, mentor, at=NOON), 1_000)
    assert note.adjustment
    with pytest.raises(IntegrityError), transaction.atomic():
        issue_credit_note(adjustment=note.adjustment, counter=register.lock_counter(mentor, LATER))
    assert register.lock_counter(mentor, LATER).last_number == 2


def test_the_parties_are_those_of_the_invoice_whatever_changed_since(learner: User, mentor: User) -> None:
    make_business(learner)
    settlement = make_settlement(learner, mentor, at=NOON)
    BillingMandate.objects.all().delete()
    BillingProfile.objects.filter(user=mentor).update(
        business_name="Autre nom", vat_regime=VatRegime.FRANCHISE, vat_number=""
    )
    content = correct(settlement, 1_000).content
    invoiced = Invoice.objects.get(kind=DocumentKind.INVOICE).content
    assert content["seller"] == invoiced["seller"]
    assert content["buyer"] == invoiced["buyer"]
    assert "exemption" not in content


def test_it_says_what_it_corrects_why_and_how_it_is_given_back(learner: User, mentor: User) -> None:
    page = render_html(correct(make_settlement(learner, mentor, at=NOON), 1_000).content)
    for text in (
        "Avoir",
        f"corrige la facture n°\u00a0M{mentor.pk}-2026-0001 du 3\u00a0décembre\u00a02026",
        "Motif\u202f: Son coupé",
        "Session vidéo de mentorat\u202f: lire un jeu de données",
        "Rendu à votre crédit le 7\u00a0décembre\u00a02026",
        "8,34\u00a0€",
        "1,66\u00a0€",
        "10,00\u00a0€",
        (
            "Avoir établi par Skilmi au nom et pour le compte d’Inès Haddad EI, en vertu du mandat de facturation"
            " accepté le 12\u00a0janvier\u00a02026."
        ),
    ):
        assert text in page
    assert "Réglé par carte" not in page


def test_a_mentor_without_vat_gives_back_without_vat(learner: User) -> None:
    page = render_html(
        correct(make_settlement(learner, make_mentor(regime=VatRegime.FRANCHISE), at=NOON), 1_000).content
    )
    assert "TVA non applicable, art. 293 B du CGI" in page
    assert "TTC" not in page


def test_machines_read_a_381_that_names_the_invoice(learner: User, mentor: User) -> None:
    xml = rendering.render_xml(correct(make_settlement(learner, mentor, at=NOON), 1_000).content).decode()
    assert "<ram:TypeCode>381</ram:TypeCode>" in xml
    assert f"<ram:IssuerAssignedID>M{mentor.pk}-2026-0001</ram:IssuerAssignedID>" in xml
    assert "20261203" in xml
    assert "<ram:GrandTotalAmount>10.00</ram:GrandTotalAmount>" in xml
    assert "Son coupé" in xml


def test_a_note_on_an_invoice_of_the_first_version_reads_its_content(learner: User, mentor: User) -> None:
    adjustment = make_adjustment(make_settlement(learner, mentor, at=NOON), 1_000, at=LATER)
    content = freeze_credit_note(adjustment=adjustment, corrected=upgrade(FIRST_VERSION), number="M7-2026-0043")
    assert content["version"] == 2
    assert content["lines"][0]["title"] == "Session vidéo de mentorat\u202f: lire un jeu de données"
    assert content["corrects"] == {"number": "M7-2026-0042", "issued_on": "2026-12-03"}
    assert "corrige la facture n°\u00a0M7-2026-0042" in render_html(content)
