"""Names that members choose, in everything that leaves with money: documents, archives, spreadsheets, e-mails."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pikepdf
import pytest
from django.test import Client
from facturx import get_facturx_xml_from_pdf

from accounts.models import User
from billing.forms import BillingProfileForm
from billing.invoices.content import buyer_of
from billing.models import Invoice, Payout
from billing.services.holds import place_hold
from billing.services.invoices import render_now
from billing.services.settlements import settle
from billing.states import VatRegime
from core import clock
from notifications.models import Email
from notifications.services import deliver
from stripe_sandbox import Sandbox
from tests.billing.earned import activate, pay_by_card, sweep
from tests.billing.money import SIREN, make_member, make_mentor, make_terms

pytestmark = pytest.mark.django_db

NAMES = [
    "=1+1",
    "+33",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "Inès\r\nBcc: quelquun@exemple.fr",
    "Inès\x0bH",
    "\x01Inès",
    "Inès\x1f",
    "\ufffe\uffff",
    "\u202efdp.erutcaf",
    "שרה בן־דוד",
    "👩🏽\u200d💻 Inès",
    "../../etc/passwd",
    "a/b\\c",
    "<b>&amp;\"';",
    "]]>",
    'a;b"c\u2028d',
    "{{ 7|add:7 }} %(x)s",
    "é" * 60,
]
RISKY = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(params=NAMES, ids=ascii)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def paid(sandbox: Sandbox, name: str) -> Payout:
    """A session that was paid out, of two people of that name about a subject of that name."""
    mentor, learner = make_mentor(), make_member()
    for member in (mentor, learner):
        member.first_name = member.last_name = name
        member.save(update_fields=["first_name", "last_name"])
    profile = mentor.billing_profile
    profile.business_name = profile.address = profile.city = name
    profile.save()
    activate(sandbox, mentor)
    pay_by_card(sandbox, learner, "booking:a", 6_000)
    place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
    settle(terms=replace(make_terms("booking:a", learner, mentor), label=name))
    return sweep(Payout.objects.get())


def parties(payout: Payout) -> list[User]:
    return [payout.mentor, payout.settlement.learner]


def read(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return b"".join(answer) if answer.streaming else answer.content


def test_the_invoice_is_drawn_whatever_its_parties_are_called(paid: Payout) -> None:
    """A name must not keep a document of somebody else from being made."""
    invoice = Invoice.objects.get()
    assert render_now(invoice=invoice), Invoice.objects.get().last_error
    file = bytes(Invoice.objects.get().pdf or b"")
    xml = get_facturx_xml_from_pdf(file, check_xsd=True)[1].decode()
    with pikepdf.open(BytesIO(file)) as pdf:
        title = str(pdf.docinfo.get("/Title"))
    for text in (xml, title):
        assert not any(mark in text for mark in "\u202e\x01\x0b\x1f\ufffe\uffff")


def test_files_for_spreadsheets_keep_their_columns_and_run_no_formula(client: Client, paid: Payout) -> None:
    year = clock.now().year
    for member in parties(paid):
        client.force_login(member)
        for address in (
            "/credit/operations.csv",
            "/revenus/sessions.csv",
            f"/revenus/releve/{year}.csv",
            f"/factures/{year}.csv",
        ):
            rows = list(csv.reader(StringIO(read(client, address).decode("utf-8-sig"), newline=""), delimiter=";"))
            assert len({len(row) for row in rows}) == 1, address
            assert [cell for cell in cells(rows) if cell.startswith(RISKY) and not is_amount(cell)] == []


def cells(rows: list[list[str]]) -> Iterator[str]:
    for row in rows:
        yield from row


def is_amount(cell: str) -> bool:
    return cell.lstrip("-").replace(",", "").isdecimal()


def test_the_archive_holds_its_folders_only(client: Client, paid: Payout) -> None:
    render_now(invoice=Invoice.objects.get())
    year = clock.now().year
    for member in parties(paid):
        client.force_login(member)
        names = ZipFile(BytesIO(read(client, f"/factures/{year}.zip"))).namelist()
        assert len(names) == 2
        assert all(part not in {"", ".", ".."} for path in names for part in path.split("/"))
        assert all(path.isascii() for path in names)


def test_pages_show_a_name_as_text(client: Client, paid: Payout) -> None:
    for member in parties(paid):
        client.force_login(member)
        for address in ("/credit/", "/revenus/", "/factures/", f"/revenus/releve/{clock.now().year}/"):
            assert "<b>&amp;" not in read(client, address).decode()


def test_every_email_of_it_can_be_sent(paid: Payout) -> None:
    render_now(invoice=Invoice.objects.get())
    emails = list(Email.objects.values_list("pk", flat=True))
    assert emails
    later = clock.now() + timedelta(days=3)
    assert all(deliver(email_id=pk, now=later) for pk in emails)


def test_a_billing_profile_keeps_one_line_of_characters() -> None:
    given = {
        "business_name": "Inès\r\nHaddad\x01",
        "address": "14 rue\tdes Tilleuls\u202e",
        "postcode": "44000",
        "city": "Nantes\x0b",
        "siren": SIREN,
        "vat_regime": VatRegime.FRANCHISE,
    }
    form = BillingProfileForm(given)
    assert form.is_valid(), form.errors
    kept = {name: form.cleaned_data[name] for name in ("business_name", "address", "city")}
    assert kept == {"business_name": "Inès  Haddad", "address": "14 rue des Tilleuls", "city": "Nantes"}
    assert not BillingProfileForm(given | {"business_name": "\x01\u202e"}).is_valid()


def test_somebody_without_a_readable_name_is_a_private_client() -> None:
    assert buyer_of(make_member("\x01", "\ufffe"))["name"] == "Client particulier"
