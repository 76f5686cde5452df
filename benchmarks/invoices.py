"""Invoices per second, Factur-X XML and PDF/A included, against WeasyPrint alone drawing the same page."""

import time
from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from weasyprint import CSS, HTML

from benchmarks import rounds, settling, world
from benchmarks.results import Result
from benchmarks.rounds import Sample
from billing.invoices.document import render_html
from billing.invoices.rendering import render
from billing.models import Invoice
from billing.services.settlements import settle
from core.embedded.services import Services

FULL_COUNT, FULL_ROUNDS = 10, 9


def make_invoice() -> Any:
    """The frozen content of a real one."""
    world.make_learners(1)
    world.make_mentors(1)
    (terms,) = settling.load([0])
    world.pay_and_hold([terms])
    settle(terms=terms)
    return Invoice.objects.get(subject=terms.reference).content


def repeat(draw: Callable[[], bytes], count: int) -> Sample:
    started, cpu = time.monotonic(), time.process_time()
    for _ in range(count):
        if not draw().startswith(b"%PDF"):
            raise RuntimeError("No PDF came out.")
    return Sample(count, time.monotonic() - started, time.process_time() - cpu)


def run(_services: Services, *, quick: bool, client_count: int) -> Result:
    del client_count
    content = make_invoice()
    page, style = render_html(content), render_to_string("pdf/document.css")

    def draw_page() -> bytes:
        file: bytes = HTML(string=page).write_pdf(
            stylesheets=[CSS(string=style)], pdf_variant="pdf/a-3b", pdf_tags=True
        )
        return file

    count, number = (1, 1) if quick else (FULL_COUNT, FULL_ROUNDS)
    for warm_up in (draw_page, lambda: render(content)):
        repeat(warm_up, count)
    (compared,) = rounds.compare(
        floor=lambda: repeat(draw_page, count), subjects=[lambda: repeat(lambda: render(content), count)], rounds=number
    )
    notes = [rounds.describe("WeasyPrint", compared.floors), rounds.describe("invoices", compared.subjects)]
    figures = {
        "per_s": round(compared.per_second, 2),
        "weasyprint_per_s": round(compared.floor_per_second, 2),
        "ratio": round(compared.ratio, 2),
    }
    return Result("invoices", figures, notes)
