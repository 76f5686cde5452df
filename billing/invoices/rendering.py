"""From frozen content to a Factur-X file: PDF/A-3b, tagged, with its EN 16931 XML inside.

The only module that knows WeasyPrint and factur-x. They take seconds to import: load this module late, by its name.
"""

import threading
from collections.abc import Mapping
from typing import Any, NoReturn

from django.template.loader import render_to_string
from facturx import generate_cii_xml, generate_from_binary
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from billing.invoices.cii import business_terms
from billing.invoices.content import Content
from billing.invoices.document import TITLES, render_html, title_of
from billing.invoices.upgrade import upgrade
from core.text import one_line

# WeasyPrint lets Pillow read images that are cut off, in the whole process. Files of members are checked there too.
ImageFile.LOAD_TRUNCATED_IMAGES = False

LEVEL = "en16931"
# In the place of a text that is nothing but such characters: a document names its parties.
NOTHING_TO_READ = "–"


def render(stored: Mapping[str, Any]) -> bytes:
    """The file to store. Bytes differ from one call to the next (dates, identifiers): keep the first."""
    content = _printable(upgrade(stored))
    title = title_of(content)
    file: bytes = generate_from_binary(
        render_page(content),
        render_xml(content),
        flavor="factur-x",
        level=LEVEL,
        check_xsd=False,
        lang="fr-FR",
        # Readers of metadata alone do not unpack it.
        xmp_compression=False,
        pdf_metadata={
            "author": content["seller"]["name"],
            "keywords": f"{TITLES[content['kind']].lower()}, Factur-X",
            "title": title,
            "subject": f"{title} du {content['issued_on']}, {content['seller']['name']}",
        },
    )
    return file


def _printable(value: Any) -> Any:
    """What members typed may hold characters that XML has no place for, or that turn what is read around."""
    if isinstance(value, str):
        return one_line(value) or NOTHING_TO_READ * bool(value)
    if isinstance(value, dict):
        return {name: _printable(inner) for name, inner in value.items()}
    return [_printable(inner) for inner in value] if isinstance(value, list) else value


def render_xml(content: Content) -> bytes:
    """Checked against the bundled XSD; the schematron runs in the tests (factur-x's own check needs a server)."""
    xml: str | bytes = generate_cii_xml(business_terms(content), level=LEVEL, check_xsd=True, check_schematron=None)
    return xml.encode() if isinstance(xml, str) else xml


def render_page(content: Content) -> bytes:
    page = HTML(string=render_html(content), url_fetcher=_refuse_address)
    file: bytes = page.write_pdf(
        stylesheets=[_kept.style], font_config=_kept.fonts, pdf_variant="pdf/a-3b", pdf_tags=True
    )
    return file


def _refuse_address(url: str, *_arguments: object, **_options: object) -> NoReturn:
    raise ValueError(f"A document loads nothing from elsewhere: {url}")


class _Kept(threading.local):
    """The style sheet read once and the fonts found once: a seventh of the time of an invoice. No two threads share."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        css = render_to_string("pdf/document.css")
        self.style = CSS(string=css, font_config=self.fonts, url_fetcher=_refuse_address)


_kept = _Kept()
