"""Numbers, frozen content and the page « Factures »."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from billing.invoices import mentions
from billing.invoices.content import freeze
from billing.invoices.document import render_html
from billing.invoices.upgrade import upgrade
from billing.models import BillingProfile, Invoice, Settlement
from billing.reconciliation import run_checks
from billing.services import invoices
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.signals import invoice_ready
from billing.states import VatRegime
from billing.tasks import render_due_invoices, render_invoice
from core import clock, references
from notifications.models import Email, Notice
from tests.billing.first_version import FIRST_VERSION
from tests.billing.money import NOON, make_business, make_member, make_mentor, make_terms, pay_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor() -> User:
    return make_mentor()


@pytest.fixture
def learner() -> User:
    return make_member()


def settle_one(
    learner: User, mentor: User, name: str = "a", *, seconds: int = 3312, now: datetime = NOON, rate: int = 4700
) -> Invoice:
    """55 min 12 s at 47,00 €/h, as in the mockups: 43,24 €."""
    pay_in(learner, rate, at=now - timedelta(days=1))
    place_hold(learner=learner, reference=f"booking:{name}", amount_cents=rate, now=now - timedelta(days=1))
    regime = mentor.billing_profile.vat_regime
    settle(
        terms=make_terms(f"booking:{name}", learner, mentor, seconds=seconds, rate_cents=rate, regime=regime), now=now
    )
    return Invoice.objects.get(subject=f"booking:{name}")


@pytest.mark.requirement("SK-50")
def test_numbers_follow_each_other_per_mentor_and_year(learner: User, mentor: User) -> None:
    other = make_mentor()
    new_year = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)  # already 2027 in Paris
    numbers = [
        settle_one(learner, mentor, "a").full_number,
        settle_one(learner, mentor, "b").full_number,
        settle_one(learner, other, "c").full_number,
        settle_one(learner, mentor, "d", now=new_year).full_number,
    ]
    assert numbers == [
        f"M{mentor.pk}-2026-0001",
        f"M{mentor.pk}-2026-0002",
        f"M{other.pk}-2026-0001",
        f"M{mentor.pk}-2027-0001",
    ]
    assert not any(check.rows for check in run_checks(NOON))


@pytest.mark.requirement("SK-50")
def test_the_content_is_frozen_with_the_settlement(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    BillingProfile.objects.filter(user=mentor).update(business_name="Autre nom", address="ailleurs")
    invoice.refresh_from_db()
    content = invoice.content
    assert content["seller"]["name"] == "Inès Haddad EI"
    assert content["buyer"] == {
        "name": "Léa Martin",
        "address": "",
        "postcode": "",
        "city": "",
        "country": "FR",
        "siren": "",
        "vat_number": "",
    }
    assert content["amounts"] == {
        "total_cents": 4324,
        "without_vat_cents": 3603,
        "vat_cents": 721,
        "held_cents": 4700,
        "released_cents": 376,
    }
    assert (content["issued_on"], content["paid_on"]) == ("2026-12-03", "2026-12-02")
    assert [line["ended_at"] for line in content["lines"]] == ["2026-12-03T12:00:00+01:00"]
    assert content["taxes"] == [{"basis_points": 2000, "without_vat_cents": 3603, "vat_cents": 721}]


@pytest.mark.requirement("SK-50")
def test_the_document_carries_what_the_law_asks_for(learner: User, mentor: User) -> None:
    page = render_html(settle_one(learner, mentor).content)
    for text in (
        "Facture",
        f"M{mentor.pk}-2026-0001",
        "3\u00a0décembre\u00a02026",
        "Inès Haddad EI",
        "14 rue des Tilleuls",
        "SIREN\u00a0123\u00a0456\u00a0782",
        "TVA\u00a0FR11\u00a0123456782",
        "Léa Martin",
        "Prestation de services",
        "Jeudi 3\u00a0décembre\u00a02026, de 11:04:48 à 12:00:00 (Europe/Paris).",
        "55\u00a0min 12\u00a0s",
        "Décompte\u202f: relevé de session",
        "39,17\u00a0€/h",
        "36,03\u00a0€",
        "7,21\u00a0€",
        "43,24\u00a0€",
        "Réglé par carte le 2\u00a0décembre\u00a02026",
        (
            "Facture établie par Skilmi au nom et pour le compte d’Inès Haddad EI, en vertu du mandat de facturation"
            " accepté le 12\u00a0janvier\u00a02026."
        ),
        "3,76\u00a0€ ont été rendus au crédit du client",
        "/cgps/",
    ):
        assert text in page
    assert "Pénalités de retard" not in page


@pytest.mark.requirement("SK-24", "SK-50")
def test_a_mentor_without_vat_says_why(learner: User) -> None:
    page = render_html(settle_one(learner, make_mentor(regime=VatRegime.FRANCHISE)).content)
    assert "TVA non applicable, art. 293 B du CGI" in page
    assert "TTC" not in page
    assert "TVA\u00a020" not in page


def test_a_business_client_reads_its_numbers_and_the_late_payment_terms(learner: User, mentor: User) -> None:
    make_business(learner)
    page = render_html(settle_one(learner, mentor).content)
    assert "Ma jolie boutique SARL" in page
    assert "SIREN\u00a0787\u00a0878\u00a0784" in page
    assert "Pénalités de retard" in page
    assert "40\u00a0€" in page
    assert "Conditions générales" not in page


def test_a_consumer_is_told_who_the_mediator_is(learner: User, mentor: User, settings: Settings) -> None:
    settings.PLATFORM = settings.PLATFORM | {"mediator": "Médiation Exemple, mediation.example"}
    page = render_html(settle_one(learner, mentor).content)
    assert "Médiateur de la consommation\u202f: Médiation Exemple, mediation.example" in page


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Inès Haddad EI", "d’Inès"), ("Éric Petit", "d’Éric"), ("Paul Durand", "de Paul"), ("42 SARL", "de 42")],
)
def test_the_maker_is_named_in_good_french(name: str, expected: str) -> None:
    maker = mentions.of(seller=name, platform="Skilmi", mediator="", to_business=False)[0]
    assert f"au nom et pour le compte {expected}" in maker.text


@pytest.mark.requirement("SK-50")
def test_an_agreed_amount_is_one_unit_and_names_no_hours(learner: User, mentor: User) -> None:
    settlement = Settlement(
        reference="booking:split",
        learner=learner,
        mentor=mentor,
        label="lire un jeu de données",
        rate_cents=4_700,
        held_cents=4_700,
        charged_cents=2_350,
        vat_cents=392,
        vat_regime=VatRegime.REGISTERED,
        vat_basis_points=2_000,
        settled_at=NOON,
    )
    content = freeze(settlement=settlement, number="M7-2026-0009", paid_at=NOON)
    (line,) = content["lines"]
    assert (line["seconds"], line["rate_cents"], line["started_at"]) == (0, 0, "")
    page = render_html(content)
    assert "Montant convenu, sans décompte de temps." in page
    assert "19,58\u00a0€" in page
    assert "€/h" not in page
    assert "3\u00a0décembre\u00a02026" in page
    assert "min" not in page.split("<tbody>")[1].split("</tbody>")[0]


def test_an_invoice_of_the_first_version_still_reads_the_same() -> None:
    page = render_html(upgrade(FIRST_VERSION))
    for text in (
        "Facture",
        "M7-2026-0042",
        "Session vidéo de mentorat\u202f: lire un jeu de données",
        "Jeudi 3\u00a0décembre\u00a02026, de 11:04:48 à 12:00:00 (Europe/Paris).",
        "55\u00a0min 12\u00a0s",
        "39,17\u00a0€/h",
        "7,21\u00a0€",
        "43,24\u00a0€",
        "accepté le 12\u00a0janvier\u00a02026",
        "3,76\u00a0€ ont été rendus au crédit du client",
    ):
        assert text in page
    assert FIRST_VERSION["version"] == 1


def test_the_mention_in_force_is_the_one_of_the_day() -> None:
    day = NOON.date()
    rows = (mentions.Dated(day - timedelta(days=9), "old"), mentions.Dated(day, "new"))
    assert mentions.in_force(rows, day - timedelta(days=1)) == "old"
    assert mentions.in_force(rows, day) == "new"


# --- Rendering --------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("SK-50", "SK-51")
def test_a_rendered_invoice_is_stored_once_and_announced_to_both(learner: User, mentor: User) -> None:
    heard: list[Invoice] = []

    def listen(*, invoice: Invoice, **_: object) -> None:
        heard.append(invoice)

    invoice = settle_one(learner, mentor, now=clock.now())
    invoice_ready.connect(listen)
    try:
        render_invoice(invoice.pk)
        render_invoice(invoice.pk)
        render_due_invoices()
    finally:
        invoice_ready.disconnect(listen)
    invoice.refresh_from_db()
    assert invoice.is_ready
    assert bytes(invoice.pdf or b"").startswith(b"%PDF")
    assert invoice.pdf_sha256 == sha256(bytes(invoice.pdf or b"")).hexdigest()
    assert invoice.attempts == 1
    assert heard == [invoice]
    kinds = Notice.objects.order_by("pk").values_list("recipient", "kind", "reference")
    assert list(kinds) == [
        (mentor.pk, "billing.invoice_ready", f"invoice:{invoice.reference}"),
        (learner.pk, "billing.invoice_ready", f"invoice:{invoice.reference}"),
    ]
    mails = {mail.to: mail for mail in Email.objects.filter(kind="billing.invoice_ready")}
    assert "43,24\u00a0€" in mails[learner.email].subject
    assert "établie en votre nom" in mails[mentor.email].body_text
    assert "Elle est déjà payée" in mails[learner.email].body_text


def test_what_waits_is_found_by_the_sweep(learner: User, mentor: User) -> None:
    first, second = settle_one(learner, mentor, "a"), settle_one(learner, mentor, "b")
    assert invoices.render_due_invoices(now=NOON - timedelta(seconds=1)) == 0
    assert invoices.render_due_invoices(now=NOON) == 2
    assert all(Invoice.objects.get(pk=row.pk).is_ready for row in (first, second))


def test_a_rendering_that_fails_says_why_and_is_tried_again(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    broken = Invoice.objects.create(
        series="X",
        number=1,
        full_number="X-1",
        recipient=learner,
        subject="booking:broken",
        total_cents=1,
        issued_at=NOON,
        content={"number": "X-1"},
        next_render_at=NOON,
    )
    assert invoices.render_due_invoices(now=NOON) == 1
    broken.refresh_from_db()
    assert not broken.is_ready
    assert "KeyError" in broken.last_error
    assert broken.next_render_at == NOON + invoices.RETRY_AFTER
    assert not invoices.render_invoice(invoice_id=broken.pk, now=NOON + timedelta(minutes=1))
    assert broken.attempts == 1
    assert not invoices.render_invoice(invoice_id=broken.pk, now=NOON + timedelta(minutes=6))
    broken.refresh_from_db()
    assert broken.attempts == 2
    assert Invoice.objects.get(pk=invoice.pk).is_ready


def test_the_team_tries_a_failed_rendering_again_at_once(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    Invoice.objects.filter(pk=invoice.pk).update(
        attempts=7, last_error="OSError('no font')", next_render_at=NOON + timedelta(hours=1)
    )
    assert not invoices.render_invoice(invoice_id=invoice.pk, now=NOON)
    assert invoices.render_now(invoice=invoice, now=NOON)
    invoice.refresh_from_db()
    assert (invoice.is_ready, invoice.attempts, invoice.last_error) == (True, 8, "")
    first = invoice.pdf_sha256
    assert not invoices.render_now(invoice=invoice, now=NOON + timedelta(minutes=1))
    invoice.refresh_from_db()
    assert invoice.pdf_sha256 == first


# --- Pages ------------------------------------------------------------------------------------------------------------


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def pdf_address(invoice: Invoice) -> str:
    return reverse("billing:invoice_pdf", args=[invoice.reference])


@pytest.mark.requirement("SK-51")
def test_both_sides_find_the_invoice_and_its_file(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    invoices.render_invoice(invoice_id=invoice.pk, now=NOON)
    for reader, other in ((learner, "Inès Haddad EI"), (mentor, "Léa Martin")):
        page = as_user(reader).get(reverse("billing:invoices")).content.decode()
        assert invoice.full_number in page
        assert "43,24\u00a0€" in page
        assert other in page
        assert pdf_address(invoice) in page
        answer = as_user(reader).get(pdf_address(invoice))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert f"Facture {invoice.full_number}.pdf" in answer["Content-Disposition"]
        assert sha256(answer.content).hexdigest() == Invoice.objects.get().pdf_sha256


def test_an_invoice_being_prepared_says_so(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    page = as_user(learner).get(reverse("billing:invoices")).content.decode()
    assert "En préparation" in page
    assert pdf_address(invoice) not in page
    answer = as_user(learner).get(pdf_address(invoice))
    assert answer.status_code == 202
    assert "en préparation" in answer.content.decode()


def test_a_stranger_sees_neither_the_invoice_nor_its_line(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    stranger = as_user(make_member("Nadia"))
    assert stranger.get(pdf_address(invoice)).status_code == 404
    assert invoice.full_number not in stranger.get(reverse("billing:invoices")).content.decode()


def test_anonymous_people_are_sent_to_the_login_page(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    for address in (reverse("billing:invoices"), pdf_address(invoice)):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


def test_the_pages_are_only_read(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    for address in (reverse("billing:invoices"), pdf_address(invoice)):
        assert as_user(learner).post(address).status_code == 405


def test_a_member_without_invoices_is_told_when_they_come(learner: User) -> None:
    page = as_user(learner).get(reverse("billing:invoices")).content.decode()
    assert "Vos factures apparaîtront ici" in page


def test_a_mentor_who_also_learns_has_both_lists(mentor: User, learner: User) -> None:
    issued = settle_one(learner, mentor, "a")
    received = settle_one(mentor, make_mentor(), "b")
    client = as_user(mentor)
    first = client.get(reverse("billing:invoices")).content.decode()
    second = client.get(reverse("billing:invoices"), {"onglet": "recues"}).content.decode()
    assert issued.full_number in first
    assert received.full_number not in first
    assert received.full_number in second
    assert issued.full_number not in second


def test_the_list_needs_the_same_queries_however_long(
    learner: User, mentor: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for name in "abcdefgh":
        settle_one(learner, mentor, name)
    client = as_user(learner)
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("billing:invoices"))
    assert not any('"pdf"' in query["sql"] for query in few.captured_queries)


def test_the_reference_of_an_invoice_describes_itself(learner: User, mentor: User) -> None:
    invoice = settle_one(learner, mentor)
    described = references.describe(f"invoice:{invoice.reference}")
    assert described is not None
    assert (described.label, described.url) == (f"Facture {invoice.full_number}", pdf_address(invoice))
    assert references.describe("invoice:unknown") is None
