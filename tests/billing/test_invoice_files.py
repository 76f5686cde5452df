"""The file itself: valid EN 16931 inside, PDF/A-3b outside."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from facturx import get_facturx_xml_from_pdf

from billing.invoices import rendering
from billing.invoices.content import Content
from billing.models import Invoice
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.states import VatRegime
from tests.billing.money import NOON, make_business, make_member, make_mentor, make_terms, pay_in

pytestmark = pytest.mark.django_db

WHOLE_MINUTES, SECONDS = 2820, 2828

# name: (VAT regime, the client is a business, billed seconds)
CASES = {
    "b2c-vat-minutes": (VatRegime.REGISTERED, False, WHOLE_MINUTES),
    "b2c-vat-seconds": (VatRegime.REGISTERED, False, SECONDS),
    "b2c-franchise-minutes": (VatRegime.FRANCHISE, False, WHOLE_MINUTES),
    "b2c-franchise-seconds": (VatRegime.FRANCHISE, False, SECONDS),
    "b2c-exempt": (VatRegime.EXEMPT, False, WHOLE_MINUTES),
    "b2b-vat-minutes": (VatRegime.REGISTERED, True, WHOLE_MINUTES),
    "b2b-vat-seconds": (VatRegime.REGISTERED, True, SECONDS),
    "b2b-franchise": (VatRegime.FRANCHISE, True, SECONDS),
    "one-cent": (VatRegime.REGISTERED, False, 1),
}


def make_content(regime: str, seconds: int, *, to_business: bool) -> Content:
    learner, mentor = make_member(), make_mentor(regime=regime)
    if to_business:
        make_business(learner)
    pay_in(learner, 6_000)
    reference = f"booking:{learner.pk}"
    place_hold(learner=learner, reference=reference, amount_cents=6_000)
    settle(terms=make_terms(reference, learner, mentor, seconds=seconds, regime=regime), now=NOON)
    content: Content = Invoice.objects.get(subject=reference).content
    return content


def check(*files: Path) -> list[list[str]]:
    """Failures per file, from a process of its own."""
    command = [sys.executable, "-m", "tests.billing.schematron", *map(str, files)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return [json.loads(line) for line in answer.stdout.splitlines()]


@pytest.mark.requirement("SK-50")
def test_every_kind_of_invoice_passes_the_schematron(tmp_path: Path) -> None:
    files = []
    for name, (regime, to_business, seconds) in CASES.items():
        xml = rendering.render_xml(make_content(regime, seconds, to_business=to_business))
        files.append(tmp_path / f"{name}.xml")
        files[-1].write_bytes(xml)
    assert dict(zip(CASES, check(*files), strict=True)) == {name: [] for name in CASES}


def test_the_schematron_does_find_a_wrong_total(tmp_path: Path) -> None:
    content = make_content(VatRegime.REGISTERED, WHOLE_MINUTES, to_business=False)
    content["amounts"]["without_vat_cents"] += 500
    wrong = tmp_path / "wrong.xml"
    wrong.write_bytes(rendering.render_xml(content))
    assert any("BR-CO" in failure for failure in check(wrong)[0])


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


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    return {}


@pytest.fixture
def file(drawn: dict[str, bytes]) -> bytes:
    """Drawn once for the module."""
    if not drawn:
        drawn["pdf"] = rendering.render(make_content(VatRegime.REGISTERED, SECONDS, to_business=False))
    return drawn["pdf"]


@pytest.fixture
def pdf(file: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(file)) as document:
        yield document


def test_every_font_is_embedded(pdf: pikepdf.Pdf) -> None:
    descriptors = [
        thing
        for thing in pdf.objects
        if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor"
    ]
    assert descriptors
    assert all(any(key in font for key in ("/FontFile", "/FontFile2", "/FontFile3")) for font in descriptors)


def test_the_file_is_tagged_and_speaks_french(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang).startswith("fr")
    assert bool(pdf.Root.MarkInfo.Marked)
    assert "/StructTreeRoot" in pdf.Root
    used = {str(thing.get("/S")) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/S" in thing}
    assert {"/H1", "/H2", "/P", "/Table", "/TR", "/TH", "/TD"} <= used


def test_the_metadata_say_pdf_a_3b_and_factur_x(pdf: pikepdf.Pdf) -> None:
    metadata = bytes(pdf.Root.Metadata.read_bytes()).decode()
    assert re.search(r"pdfaid:part[>=\"']+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"']+B", metadata)
    assert "EN 16931" in metadata
    assert "pdfaExtension" in metadata
    assert "Facture M" in metadata
    assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert "/ID" in pdf.trailer


def test_the_file_holds_nothing_active(pdf: pikepdf.Pdf) -> None:
    actions = {str(thing.get("/S")) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)}
    assert not actions & {"/JavaScript", "/Launch"}
    assert not pdf.is_encrypted


def test_the_xml_comes_back_out_of_the_file(file: bytes, pdf: pikepdf.Pdf) -> None:
    name, xml = get_facturx_xml_from_pdf(file, check_xsd=True)
    assert name == "factur-x.xml"
    assert b"urn:cen.eu:en16931:2017" in xml
    attached = pdf.Root.AF[0]
    assert str(attached.AFRelationship) in {"/Data", "/Alternative", "/Source"}


def test_a_document_loads_nothing_from_elsewhere() -> None:
    with pytest.raises(ValueError, match="loads nothing"):
        rendering._refuse_address("https://example.org/logo.png")
