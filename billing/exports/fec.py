"""The ledger of a year as the « fichier des écritures comptables » (LPF art. A47 A-1): 18 columns, tabs, UTF-8.

Entries come in the order they were recorded, numbered without gaps inside each journal: what is recorded later, even
for an earlier day of the year, only adds numbers at the end. The first entry carries the balances of the years before.
⚖ The platform's other books (salaries, purchases) are elsewhere: the accountant merges them.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

from django.conf import settings

from billing.exports.chart import CHART, OPENING, RESULT, YEARLY, Account, Journal, journal_of
from billing.exports.streaming import as_lines, legal_day, rows_of, start_of
from billing.spreadsheets import amount, plain

COLUMNS = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)

NOBODY = ("", "")

ENTRIES = """
SELECT ledger.id, ledger.kind, ledger.key, ledger.occurred_at, ledger.created_at, account.code, account.owner_id,
       member.first_name, member.last_name, entry.amount
  FROM billing_ledgertransaction ledger
  JOIN billing_ledgerentry entry ON entry.transaction_id = ledger.id
  JOIN billing_ledgeraccount account ON account.id = entry.account_id
  LEFT JOIN accounts_user member ON member.id = account.owner_id
 WHERE account.currency = 'EUR' AND ledger.occurred_at >= %(since)s AND ledger.occurred_at < %(until)s
 ORDER BY ledger.id, entry.amount DESC, account.code, account.id
"""
BALANCES = """
SELECT account.code, account.owner_id, member.first_name, member.last_name, sum(entry.amount) AS amount
  FROM billing_ledgertransaction ledger
  JOIN billing_ledgerentry entry ON entry.transaction_id = ledger.id
  JOIN billing_ledgeraccount account ON account.id = entry.account_id
  LEFT JOIN accounts_user member ON member.id = account.owner_id
 WHERE account.currency = 'EUR' AND ledger.occurred_at < %(since)s
 GROUP BY account.code, account.owner_id, member.first_name, member.last_name
HAVING sum(entry.amount) <> 0
 ORDER BY account.code, account.owner_id
"""


def filename(year: int) -> str:
    """The platform's SIREN and the last day of the year."""
    return f"{settings.PLATFORM['siren']}FEC{year}1231.txt"


def write(*, year: int) -> Iterator[bytes]:
    return as_lines("\t".join(line) for line in lines(year=year))


def lines(*, year: int) -> Iterator[tuple[str, ...]]:
    yield COLUMNS
    yield from _opening(year)
    yield from _entries(year)


@dataclass(frozen=True)
class Entry:
    """What the lines of one entry share."""

    journal: Journal
    number: int
    day: date
    piece: str
    label: str
    recorded: date


def _opening(year: int) -> Iterator[tuple[str, ...]]:
    """What each account of the balance sheet holds on the first of January."""
    first, result = date(year, 1, 1), 0
    entry = Entry(OPENING, 1, first, f"AN{year}", f"À nouveau {year}", first)
    for row in rows_of(BALANCES, {"since": start_of(year)}):
        account = CHART[row["code"]]
        if account.number.startswith(YEARLY):
            result += int(row["amount"])
        else:
            yield _line(entry, account, _member(row), int(row["amount"]))
    if result:
        yield _line(entry, RESULT, NOBODY, result)


def _entries(year: int) -> Iterator[tuple[str, ...]]:
    numbers: dict[str, int] = defaultdict(int)
    rows = rows_of(ENTRIES, {"since": start_of(year), "until": start_of(year + 1)})
    for _transaction, legs in groupby(rows, key=itemgetter("id")):
        first = next(legs)
        journal = journal_of(first["kind"])
        numbers[journal.code] += 1
        entry = Entry(
            journal=journal,
            number=numbers[journal.code],
            day=legal_day(first["occurred_at"]),
            piece=first["key"],
            label=f"{journal.label} {first['key']}",
            recorded=legal_day(first["created_at"]),
        )
        for row in chain([first], legs):
            yield _line(entry, CHART[row["code"]], _member(row), int(row["amount"]))


def _member(row: dict[str, Any]) -> tuple[str, str]:
    """The auxiliary account: a member's number and name."""
    if row["owner_id"] is None:
        return NOBODY
    name = " ".join(filter(None, [row["first_name"], row["last_name"]]))
    return f"M{row['owner_id']:06d}", name or f"Membre {row['owner_id']}"


def _line(entry: Entry, account: Account, member: tuple[str, str], cents: int) -> tuple[str, ...]:
    return (
        *entry.journal,
        f"{entry.journal.code}{entry.number:06d}",
        _compact(entry.day),
        *account,
        *map(_text, member),
        _text(entry.piece),
        _compact(entry.day),
        _text(entry.label),
        amount(max(cents, 0)),
        amount(max(-cents, 0)),
        "",
        "",
        _compact(entry.recorded),
        "",
        "",
    )


def _text(text: str) -> str:
    """One field: no tab, no new line, no formula."""
    return plain(" ".join(text.split()))


def _compact(day: date) -> str:
    return f"{day:%Y%m%d}"
