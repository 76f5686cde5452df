"""DAC7 (CGI art. 1649 ter A and following): what each mentor earned through the platform in a year, by quarter.

The consideration is what the mentor is credited with, after the platform's commission; the fees withheld stand beside
it. A quarter is that of the credit. ⚖ The threshold of 30 operations and 2 000 € is written for goods: for personal
services each mentor is declared, so nobody is left out here and the flag only informs. ⚖ The platform asks for no date
of birth, and Stripe keeps the bank account: its own account number stands here instead.
"""

from collections.abc import Iterator
from typing import Any

from billing.exports.streaming import as_csv, rows_of, start_of
from billing.spreadsheets import Cell, amount, plain

FEW_OPERATIONS, LITTLE_CENTS = 30, 200_000

STATEMENT = """
WITH facts AS (
  SELECT mentor_id, settled_at AS at, charged_cents - commission_cents AS net, commission_cents AS fees, 1 AS operations
    FROM billing_settlement
   WHERE charged_cents > 0 AND settled_at >= %(since)s AND settled_at < %(until)s
   UNION ALL
  SELECT settlement.mentor_id, adjustment.decided_at, -adjustment.net_cents, -adjustment.commission_cents, 0
    FROM billing_adjustment adjustment JOIN billing_settlement settlement ON settlement.id = adjustment.settlement_id
   WHERE adjustment.decided_at >= %(since)s AND adjustment.decided_at < %(until)s
), quarters AS (
  SELECT mentor_id, extract(quarter FROM at AT TIME ZONE %(zone)s)::int AS quarter,
         sum(net) AS net, sum(fees) AS fees, sum(operations) AS operations
    FROM facts GROUP BY mentor_id, quarter
)
SELECT quarters.*, sum(quarters.net) OVER mentors AS year_net, sum(quarters.operations) OVER mentors AS year_operations,
       member.last_name, member.first_name, coalesce(profile.business_name, '') AS business_name,
       coalesce(profile.address, '') AS address, coalesce(profile.postcode, '') AS postcode,
       coalesce(profile.city, '') AS city, coalesce(profile.country, '') AS country,
       coalesce(profile.siren, '') AS siren, coalesce(profile.vat_number, '') AS vat_number,
       coalesce(account.stripe_id, '') AS account
  FROM quarters
  JOIN accounts_user member ON member.id = quarters.mentor_id
  LEFT JOIN billing_billingprofile profile ON profile.user_id = member.id
  LEFT JOIN billing_connectedaccount account ON account.user_id = member.id
WINDOW mentors AS (PARTITION BY quarters.mentor_id)
 ORDER BY quarters.mentor_id, quarters.quarter
"""


def filename(year: int) -> str:
    return f"dac7-{year}.csv"


def write(*, year: int) -> Iterator[bytes]:
    return as_csv(head(), lines(year=year))


def head() -> list[str]:
    return [
        "Année",
        "Trimestre",
        "Nom",
        "Prénom",
        "Raison sociale",
        "Adresse",
        "Code postal",
        "Ville",
        "Pays",
        "SIREN",
        "Numéro de TVA",
        "Compte de paiement (Stripe)",
        "Nombre d’opérations",
        "Contrepartie créditée",
        "Commission retenue TTC",
        "Devise",
        "Sous le seuil de l’année",
    ]


def lines(*, year: int) -> Iterator[list[Cell]]:
    since, until = start_of(year), start_of(year + 1)
    for row in rows_of(STATEMENT, {"since": since, "until": until, "zone": str(since.tzinfo)}):
        yield [
            year,
            f"T{row['quarter']}",
            *(plain(row[name]) for name in ("last_name", "first_name", "business_name", "address", "postcode", "city")),
            row["country"],
            row["siren"],
            row["vat_number"],
            row["account"],
            int(row["operations"]),
            amount(int(row["net"])),
            amount(int(row["fees"])),
            "EUR",
            "oui" if is_small(row) else "non",
        ]


def is_small(row: dict[str, Any]) -> bool:
    return bool(row["year_operations"] < FEW_OPERATIONS and row["year_net"] <= LITTLE_CENTS)
