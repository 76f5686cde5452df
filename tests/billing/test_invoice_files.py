"""The file itself: valid EN 16931 inside, PDF/A-3b outside."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import cast

import pikepdf
import pytest
from facturx import get_facturx_xml_from_pdf

from accounts.models import User
from billing.invoices import register, rendering
from billing.invoices.commission import earned, freeze_commission
from billing.invoices.content import Content, freeze
from billing.invoices.months import Month
from billing.invoices.upgrade import upgrade
from billing.models import Invoice, Settlement
from billing.rules import compute_charge
from billing.services.invoices import issue_credit_note
from billing.states import VatRegime
from tests.billing.adjusted import make_adjustment, make_settlement
from tests.billing.first_version import FIRST_VERSION
from tests.billing.money import NOON, make_business, make_member, make_mentor
from tests.billing.schematron import check

pytestmark = pytest.mark.django_db

WHOLE_MINUTES, SECONDS = 2820, 2828
MONTH = Month(date(2026, 12, 1))
LABELS = (
    "Lire un jeu de données",
    "Python",
    "Préparer un entretien d’embauche dans la finance, en anglais et en français",
)

# name: (VAT regime, the client is a business, billed seconds)
INVOICES = {
    "b2c-vat-minutes": (VatRegime.REGISTERED, False, WHOLE_MINUTES),
    "b2c-vat-seconds": (VatRegime.REGISTERED, False, SECONDS),
    "b2c-franchise-minutes": (VatRegime.FRANCHISE, False, WHOLE_MINUTES),
    "b2c-franchise-seconds": (VatRegime.FRANCHISE, False, SECONDS),
    "b2b-vat-minutes": (VatRegime.REGISTERED, True, WHOLE_MINUTES),
    "b2b-vat-seconds": (VatRegime.REGISTERED, True, SECONDS),
    "b2b-franchise-minutes": (VatRegime.FRANCHISE, True, WHOLE_MINUTES),
    "b2b-franchise-seconds": (VatRegime.FRANCHISE, True, SECONDS),
    "b2c-exempt": (VatRegime.EXEMPT, False, WHOLE_MINUTES),
    "b2b-exempt": (VatRegime.EXEMPT, True, SECONDS),
    "one-cent": (VatRegime.REGISTERED, False, 1),
}
# name: (VAT regime, the client is a business, cents given back)
CREDIT_NOTES = {
    "b2c-vat-credit": (VatRegime.REGISTERED, False, 1_000),
    "b2c-franchise-credit": (VatRegime.FRANCHISE, False, 1_000),
    "b2b-vat-credit": (VatRegime.REGISTERED, True, 1_000),
    "b2b-franchise-credit": (VatRegime.FRANCHISE, True, 1_000),
    "b2b-one-cent-credit": (VatRegime.REGISTERED, True, 1),
    "b2b-whole-credit": (VatRegime.REGISTERED, True, 4_700),
}
SESSIONS = (1, 12, 200)


def make_settled(regime: str, seconds: int, *, to_business: bool) -> Settlement:
    learner, mentor = make_member(), make_mentor(regime=regime)
    if to_business:
        make_business(learner)
    return make_settlement(learner, mentor, at=NOON, seconds=seconds, rate_cents=6_000)


def make_content(regime: str, seconds: int, *, to_business: bool) -> Content:
    content: Content = Invoice.objects.get(
        subject=make_settled(regime, seconds, to_business=to_business).reference
    ).content
    return content


def make_credit_note(regime: str, cents: int, *, to_business: bool) -> Content:
    settlement = make_settled(regime, WHOLE_MINUTES, to_business=to_business)
    note = issue_credit_note(
        adjustment=make_adjustment(settlement, cents, at=NOON),
        counter=register.lock_counter(cast(User, settlement.mentor), NOON),
    )
    content: Content = note.content
    return content


def make_agreed(*, to_business: bool) -> Content:
    """A part of the price, agreed for a session that did not take place."""
    settlement = make_settled(VatRegime.REGISTERED, WHOLE_MINUTES, to_business=to_business)
    settlement.billed_seconds = 0
    settlement.service_started_at = settlement.service_ended_at = None
    return freeze(settlement=settlement, number="M7-2026-0009", paid_at=NOON)


def make_commission(sessions: int, *, regime: str = VatRegime.REGISTERED, is_credit: bool = False) -> Content:
    """Roundings of every size. The settlements are on no database."""
    mentor = make_mentor(regime=regime)
    charges = [
        compute_charge(
            rate_cents=6_000 + 7 * number,
            seconds=1_800 + 13 * number,
            commission_basis_points=2_000,
            vat_regime=regime,
            vat_basis_points=2_000,
        )
        for number in range(sessions)
    ]
    lines = [
        earned(
            Settlement(
                reference=f"booking:{number}",
                label=LABELS[number % len(LABELS)],
                charged_cents=charge.total_cents,
                commission_cents=charge.commission_cents,
                commission_vat_cents=charge.commission_vat_cents,
                vat_basis_points=charge.vat_basis_points,
                settled_at=NOON,
            ),
            [],
        )
        for number, charge in enumerate(charges)
    ]
    corrected = Invoice(full_number="C-2026-0041", content={"issued_on": "2026-12-01"}) if is_credit else None
    return freeze_commission(
        mentor=mentor, month=MONTH, lines=lines, number="C-2027-0007", issued_at=MONTH.closes_at, corrected=corrected
    )


def every_case() -> dict[str, Content]:
    cases = {
        name: make_content(regime, seconds, to_business=to_business)
        for name, (regime, to_business, seconds) in INVOICES.items()
    }
    cases |= {
        name: make_credit_note(regime, cents, to_business=to_business)
        for name, (regime, to_business, cents) in CREDIT_NOTES.items()
    }
    cases |= {"b2c-agreed": make_agreed(to_business=False), "b2b-agreed": make_agreed(to_business=True)}
    for sessions in SESSIONS:
        cases[f"b2b-commission-{sessions}"] = make_commission(sessions)
        cases[f"b2b-commission-credit-{sessions}"] = make_commission(sessions, is_credit=True)
    cases["b2b-commission-franchise"] = make_commission(12, regime=VatRegime.FRANCHISE)
    cases["b2c-first-version"] = upgrade(FIRST_VERSION)
    return cases


@pytest.mark.requirement("SK-50")
def test_every_document_passes_the_schematron_of_europe_and_between_businesses_of_france(tmp_path: Path) -> None:
    files = {}
    for name, content in every_case().items():
        files[name] = tmp_path / f"{name}.xml"
        files[name].write_bytes(rendering.render_xml(content))
    between = {name: file for name, file in files.items() if name.startswith("b2b-")}
    assert len(between) > len(files) / 2
    for rules, wanted in (("en16931", files), ("br-fr", between)):
        found = dict(zip(wanted, check(rules, list(wanted.values())), strict=True))
        assert {name: failures for name, failures in found.items() if failures} == {}


def test_the_french_rules_do_find_a_business_without_address(tmp_path: Path) -> None:
    content = make_content(VatRegime.REGISTERED, WHOLE_MINUTES, to_business=False)
    wrong = tmp_path / "wrong.xml"
    wrong.write_bytes(rendering.render_xml(content))
    assert {failure[:8] for failure in check("br-fr", [wrong])[0]} == {"BR-FR-05", "BR-FR-12", "BR-FR-13"}


def test_the_schematron_does_find_a_wrong_total(tmp_path: Path) -> None:
    content = make_content(VatRegime.REGISTERED, WHOLE_MINUTES, to_business=False)
    content["amounts"]["without_vat_cents"] += 500
    wrong = tmp_path / "wrong.xml"
    wrong.write_bytes(rendering.render_xml(content))
    assert any("BR-CO" in failure for failure in check("en16931", [wrong])[0])


@pytest.mark.parametrize(
    ("seconds", "quantity", "unit", "base"), [(WHOLE_MINUTES, "47", "MIN", "60"), (SECONDS, "2828", "SEC", "3600")]
)
def test_the_quantity_is_in_minutes_or_else_in_seconds(seconds: int, quantity: str, unit: str, base: str) -> None:
    xml = rendering.render_xml(make_content(VatRegime.REGISTERED, seconds, to_business=False)).decode()
    assert re.search(rf'BilledQuantity unitCode="{unit}">{quantity}<', xml)
    assert re.search(rf"BasisQuantity[^>]*>{base}<", xml)


def test_without_vat_the_reason_is_coded_and_the_siren_registers_the_seller() -> None:
    xml = rendering.render_xml(make_content(VatRegime.FRANCHISE, SECONDS, to_business=False)).decode()
    assert "VATEX-FR-FRANCHISE" in xml
    assert re.search(r'schemeID="FC">123456782<', xml)


# --- The PDF ----------------------------------------------------------------------------------------------------------


KINDS: dict[str, Callable[[], Content]] = {
    "Facture": lambda: make_content(VatRegime.REGISTERED, SECONDS, to_business=False),
    "Avoir": lambda: make_credit_note(VatRegime.FRANCHISE, 1_000, to_business=True),
    "Facture de commission": lambda: make_commission(40),
    "Avoir de commission": lambda: make_commission(2, is_credit=True),
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    return {}


@pytest.fixture(params=KINDS)
def title(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def file(title: str, drawn: dict[str, bytes]) -> bytes:
    """Drawn once for the module."""
    if title not in drawn:
        drawn[title] = rendering.render(KINDS[title]())
    return drawn[title]


@pytest.fixture
def pdf(file: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(file)) as document:
        yield document


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    return (thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary))


def elements(pdf: pikepdf.Pdf, *kinds: str) -> list[pikepdf.Dictionary]:
    """The elements of the structure, which a screen reader follows."""
    return [thing for thing in dictionaries(pdf) if str(thing.get("/S")) in kinds and "/P" in thing]


def test_every_font_is_embedded_and_holds_what_is_used_alone(pdf: pikepdf.Pdf) -> None:
    descriptors = [thing for thing in dictionaries(pdf) if thing.get("/Type") == "/FontDescriptor"]
    assert descriptors
    for font in descriptors:
        assert any(key in font for key in ("/FontFile", "/FontFile2", "/FontFile3"))
        assert re.match(r"/[A-Z]{6}\+", str(font.FontName))
    used = [thing for thing in dictionaries(pdf) if thing.get("/Type") == "/Font" and "/FontDescriptor" in thing]
    named = [thing for thing in dictionaries(pdf) if str(thing.get("/Subtype")) in {"/TrueType", "/Type1", "/Type3"}]
    assert len(used) == len(descriptors)
    assert named == []


def test_the_file_is_tagged_and_speaks_french(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang).startswith("fr")
    assert bool(pdf.Root.MarkInfo.Marked)
    assert "/StructTreeRoot" in pdf.Root
    assert [len(elements(pdf, kind)) for kind in ("/H1", "/H2", "/Caption")] == [1, 2, 1]
    # On each page the table goes on with its head.
    assert len(elements(pdf, "/Table")) == len(elements(pdf, "/THead")) >= 1
    assert elements(pdf, "/P")


def test_every_cell_names_its_headers(pdf: pikepdf.Pdf) -> None:
    known = {str(cell.ID) for cell in elements(pdf, "/TH")}
    cells = elements(pdf, "/TD")
    assert cells
    for cell in cells:
        named = {str(header) for header in cell.A.Headers}
        assert len(named) == 2  # its column and its row
        assert named <= known


def test_the_metadata_say_pdf_a_3b_and_factur_x(title: str, pdf: pikepdf.Pdf) -> None:
    assert "/Filter" not in pdf.Root.Metadata
    metadata = bytes(pdf.Root.Metadata.read_bytes()).decode()
    assert re.search(r"pdfaid:part[>=\"']+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"']+B", metadata)
    for name, value in (
        ("DocumentType", "INVOICE"),
        ("DocumentFileName", "factur-x.xml"),
        ("ConformanceLevel", "EN 16931"),
        ("Version", "1.0"),
    ):
        assert f"<fx:{name}>{value}</fx:{name}>" in metadata
        assert f"<pdfaProperty:name>{name}</pdfaProperty:name>" in metadata
    assert "<pdfaSchema:namespaceURI>urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#<" in metadata
    assert f">{title} " in metadata
    assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert "/DestOutputProfile" in pdf.Root.OutputIntents[0]
    assert "/ID" in pdf.trailer


def test_the_file_holds_nothing_active(pdf: pikepdf.Pdf) -> None:
    actions = {str(thing.get("/S")) for thing in dictionaries(pdf)}
    assert not actions & {"/JavaScript", "/Launch"}
    assert not {"/OpenAction", "/AA"} & set(pdf.Root.keys())
    assert not pdf.is_encrypted


def test_the_xml_comes_back_out_of_the_file(file: bytes, pdf: pikepdf.Pdf) -> None:
    name, xml = get_facturx_xml_from_pdf(file, check_xsd=True)
    assert name == "factur-x.xml"
    assert b"urn:cen.eu:en16931:2017" in xml
    (attached,) = pdf.Root.AF
    assert str(attached.AFRelationship) == "/Data"
    assert str(attached.UF) == "factur-x.xml"
    assert attached.EF.F.Subtype == "/text/xml"
    assert bytes(attached.EF.F.read_bytes()) == xml


def test_two_hundred_sessions_take_as_many_pages_as_they_need() -> None:
    with pikepdf.open(BytesIO(rendering.render_page(make_commission(200)))) as document:
        assert len(document.pages) > 5
        heads = len(elements(document, "/THead"))
        assert len(elements(document, "/TR")) == heads + 200 + 1  # their sum


def test_a_document_loads_nothing_from_elsewhere() -> None:
    with pytest.raises(ValueError, match="loads nothing"):
        rendering._refuse_address("https://example.org/logo.png")
