"""The platform's own documents: its commission on a mentor's month of sessions, and what it gives back of it later.

Each session is a line with the amounts its settlement posted, so that the document is the ledger to the cent. The VAT
is then a sum of roundings and differs from the rate times the sum, by at most 0.6 cent per session; EN 16931 allows
less than one euro (BR-S-09). Lines keep every other sum exact (BR-CO-10, BR-S-08); one line for all would gain nothing.
A month whose roundings all lean one way, about 170 sessions of one price, is written on two documents.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings

from accounts.models import User
from billing.invoices import mentions
from billing.invoices.content import (
    CURRENCY,
    VERSION,
    Content,
    Corrected,
    Line,
    Period,
    buyer_of,
    platform_party,
    sum_amounts,
    sum_taxes,
)
from billing.invoices.months import Month
from billing.invoices.register import legal_date
from billing.models import Adjustment, Invoice, Settlement
from billing.states import DocumentKind
from core.money import BASIS_POINTS, half_up

# Below the euro of BR-S-09.
TOLERATED_CENTS = 99


def earned(settlement: Settlement, adjustments: Iterable[Adjustment]) -> Line:
    """The commission kept on one session, after what was given back of it within the month."""
    rows = list(adjustments)
    commission = settlement.commission_cents - sum(row.commission_cents for row in rows)
    vat = settlement.commission_vat_cents - sum(row.commission_vat_cents for row in rows)
    paid = settlement.charged_cents - sum(row.amount_cents for row in rows)
    return _line(settlement, settlement.settled_at, paid, commission, vat)


def given_back(adjustment: Adjustment) -> Line:
    """The commission given back by one decision."""
    return _line(
        adjustment.settlement,
        adjustment.decided_at,
        adjustment.amount_cents,
        adjustment.commission_cents,
        adjustment.commission_vat_cents,
    )


def _line(settlement: Settlement, at: datetime, paid: int, commission: int, vat: int) -> Line:
    return Line(
        reference=settlement.reference,
        title=f"Commission sur la session\u202f: {settlement.label}",
        label=settlement.label,
        served_on=legal_date(at).isoformat(),
        started_at="",
        ended_at="",
        time_zone=settings.TIME_ZONE,
        seconds=0,
        rate_cents=0,
        paid_cents=paid,
        total_cents=commission,
        without_vat_cents=commission - vat,
        vat_cents=vat,
        vat_basis_points=settlement.vat_basis_points,
    )


def in_documents(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines of each document: one, unless its roundings would lean too far for the norm."""
    documents: list[list[Line]] = []
    for line in lines:
        if documents and _is_within([*documents[-1], line]):
            documents[-1].append(line)
        else:
            documents.append([line])
    return documents


def _is_within(lines: Sequence[Line]) -> bool:
    return all(
        abs(tax["vat_cents"] - half_up(tax["without_vat_cents"] * tax["basis_points"], BASIS_POINTS)) <= TOLERATED_CENTS
        for tax in sum_taxes(lines)
    )


def freeze_commission(
    *,
    mentor: User,
    month: Month,
    lines: list[Line],
    number: str,
    issued_at: datetime,
    corrected: Invoice | None = None,
) -> Content:
    day = legal_date(issued_at).isoformat()
    content = Content(
        version=VERSION,
        kind=DocumentKind.COMMISSION_CREDIT if corrected else DocumentKind.COMMISSION,
        number=number,
        issued_on=day,
        paid_on=day,
        currency=CURRENCY,
        seller=platform_party(),
        buyer=buyer_of(mentor),
        platform=settings.PLATFORM["name"],
        mandate_accepted_on="",
        terms_url=f"{settings.BASE_URL}/cgps/",
        lines=lines,
        taxes=sum_taxes(lines),
        amounts=sum_amounts(lines),
        mentions=[list(mention) for mention in mentions.between_businesses()],
        period=Period(first=month.first.isoformat(), last=month.last.isoformat()),
    )
    if corrected:
        content["corrects"] = Corrected(number=corrected.full_number, issued_on=corrected.content["issued_on"])
        content["reason"] = "Montants rendus aux apprenants"
    return content
