"""E-reporting: what the mentors sold in a month to people, and abroad, with what was received for it.

The tax office wants flow 10 of its external specifications: totals per day and rate of what was sold to consumers
(10.3) and received from them (10.4); each invoice to a business abroad (10.1) and what was received for it (10.2).
Sales to French businesses travel as electronic invoices, and activities exempt under articles 261 to 261 E are left out
of both: they are listed all the same, under their own words, so that the file adds up to the ledger.

⚖ The codes TPS1 and TNT1, zero-rated lines for the franchise, and the day of the settlement as day of payment.
"""

from collections.abc import Iterator
from typing import Any

from accounts.models import User
from billing.exports.streaming import as_csv, rows_of, start_of
from billing.spreadsheets import Cell, amount, plain
from billing.states import VatRegime

# Services that bear VAT, and those that do not.
TAXED, UNTAXED = "TPS1", "TNT1"
CONSUMER, ABROAD, BUSINESS, EXEMPT = "consumer", "abroad", "business", "exempt"
# The file is read in France, whatever language the team works in.
REGIMES: dict[str, str] = {
    VatRegime.FRANCHISE: "Franchise en base (TVA non applicable)",
    VatRegime.REGISTERED: "Assujetti à la TVA",
    VatRegime.EXEMPT: "Activité exonérée de TVA",
}
FLOWS = {CONSUMER: ("10.3", "10.4"), ABROAD: ("10.1", "10.2")}

STATEMENT = """
WITH facts AS (
  SELECT settlement.id, settlement.mentor_id, settlement.settled_at AS at, settlement.charged_cents AS cents,
         settlement.vat_cents AS vat, 1 AS sales, invoice.full_number AS number
    FROM billing_settlement settlement
    LEFT JOIN billing_invoice invoice ON invoice.subject = settlement.reference AND invoice.kind = 'invoice'
   WHERE settlement.charged_cents > 0 AND settlement.settled_at >= %(since)s AND settlement.settled_at < %(until)s
   UNION ALL
  SELECT settlement.id, settlement.mentor_id, adjustment.decided_at, -adjustment.amount_cents,
         -adjustment.vat_cents, 0, note.full_number
    FROM billing_adjustment adjustment
    JOIN billing_settlement settlement ON settlement.id = adjustment.settlement_id
    LEFT JOIN billing_invoice note ON note.adjustment_id = adjustment.id
   WHERE adjustment.decided_at >= %(since)s AND adjustment.decided_at < %(until)s
), sold AS (
  SELECT facts.mentor_id, (facts.at AT TIME ZONE %(zone)s)::date AS day, settlement.vat_regime AS regime,
         CASE settlement.vat_regime WHEN 'registered' THEN settlement.vat_basis_points ELSE 0 END AS rate,
         coalesce(invoice.content->'seller'->>'siren', '') AS siren,
         coalesce(invoice.content->'seller'->>'vat_number', '') AS vat_number,
         coalesce(invoice.content->'seller'->>'name', '') AS name,
         CASE WHEN settlement.vat_regime = 'exempt' THEN 'exempt'
              WHEN coalesce(invoice.content->'buyer'->>'siren', '') = ''
               AND coalesce(invoice.content->'buyer'->>'vat_number', '') = '' THEN 'consumer'
              WHEN invoice.content->'buyer'->>'country' = 'FR' THEN 'business'
              ELSE 'abroad' END AS buyer,
         facts.number, facts.cents, facts.vat, facts.sales
    FROM facts
    JOIN billing_settlement settlement ON settlement.id = facts.id
    LEFT JOIN billing_invoice invoice ON invoice.subject = settlement.reference AND invoice.kind = 'invoice'
   WHERE %(mentor)s::bigint IS NULL OR facts.mentor_id = %(mentor)s::bigint
)
SELECT mentor_id, siren, vat_number, name, regime, buyer, day, rate,
       CASE buyer WHEN 'abroad' THEN number ELSE '' END AS document,
       sum(sales) AS sales, sum(cents) AS cents, sum(vat) AS vat
  FROM sold
 GROUP BY mentor_id, siren, vat_number, name, regime, buyer, day, rate, document
 ORDER BY mentor_id, siren, buyer, day, rate, document
"""


def filename(year: int, month: int) -> str:
    return f"e-reporting-{year}-{month:02d}.csv"


def write(*, year: int, month: int, mentor: User | None = None) -> Iterator[bytes]:
    return as_csv(head(), lines(year=year, month=month, mentor=mentor))


def head() -> list[str]:
    return [
        "Flux",
        "SIREN du vendeur",
        "Numéro de TVA du vendeur",
        "Vendeur",
        "Régime de TVA",
        "Date",
        "Catégorie",
        "Taux de TVA",
        "Nombre de ventes",
        "Montant HT",
        "TVA",
        "Montant TTC",
        "Devise",
        "Document",
    ]


def lines(*, year: int, month: int, mentor: User | None = None) -> Iterator[list[Cell]]:
    since, until = start_of(year, month), start_of(year, month + 1)
    given = {"since": since, "until": until, "zone": str(since.tzinfo), "mentor": mentor.pk if mentor else None}
    for row in rows_of(STATEMENT, given):
        sale, payment = FLOWS.get(row["buyer"], (_outside(row["buyer"]), None))
        yield _line(sale, row)
        if payment:
            yield _payment(payment, row)


def _outside(buyer: str) -> str:
    return "hors champ, exonéré" if buyer == EXEMPT else "facture électronique"


def _line(flow: str, row: dict[str, Any]) -> list[Cell]:
    return [
        flow,
        *_seller(row),
        row["day"].isoformat(),
        TAXED if row["regime"] == VatRegime.REGISTERED else UNTAXED,
        _rate(row["rate"]),
        int(row["sales"]),
        amount(int(row["cents"] - row["vat"])),
        amount(int(row["vat"])),
        amount(int(row["cents"])),
        "EUR",
        row["document"] or "",
    ]


def _payment(flow: str, row: dict[str, Any]) -> list[Cell]:
    """Only the amount received, per day and rate."""
    empty = ["", "", ""]
    received = amount(int(row["cents"]))
    day, rate = row["day"].isoformat(), _rate(row["rate"])
    return [flow, *_seller(row), day, "", rate, *empty, received, "EUR", row["document"] or ""]


def _seller(row: dict[str, Any]) -> list[str]:
    return [row["siren"], row["vat_number"], plain(row["name"]), REGIMES.get(row["regime"], "")]


def _rate(basis_points: int) -> str:
    return f"{basis_points // 100},{basis_points % 100:02d}"
