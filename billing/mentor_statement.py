"""The mentor's « Relevé » of a month or a year: what he earned, what was sent, and what is still to come.

Every figure of the balance is read from the ledger, between two instants: it adds up or the ledger does not.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Min, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing import earnings
from billing.invoices.register import legal_date
from billing.models import Adjustment, LedgerEntry, LedgerTransaction, Payout, Settlement

# What the mentor is owed, less what he owes: what is to come, all things counted.
POSITION = ("mentor.pending", "mentor.recoverable")

REASONS: dict[str, Promise] = {
    "settle": _("Net des sessions"),
    "adjust": _("Rendu aux apprenants, sur votre net"),
    "payout": _("Envoyé sur votre compte Stripe"),
    "reversal": _("Repris sur votre compte Stripe"),
    "correction": _("Dette abandonnée par la plateforme"),
}
OTHER = _("Autre opération")
MOVES: dict[str, Promise] = {
    "payout": _("Virement"),
    "setoff": _("Retenu sur ce que vous deviez"),
    "reversal": _("Reprise sur votre compte Stripe"),
}

# The two pages the law asks a platform to name on statements (CGI art. 242 bis, CSS art. L. 114-19-1).
TAX_PAGE = "https://www.impots.gouv.fr/portail/economie-collaborative-et-plateformes-numeriques"
SOCIAL_PAGE = "https://www.urssaf.fr/accueil/services/economie-collaborative.html"

# No statement is older than any mentor.
FIRST_YEAR = 2020
PERIOD = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """A calendar month or year of the country of the platform; `month` 0 for a whole year."""

    year: int
    month: int = 0

    @property
    def code(self) -> str:
        return f"{self.year}-{self.month:02d}" if self.month else f"{self.year}"

    @property
    def first_day(self) -> date:
        return date(self.year, self.month or 1, 1)

    @property
    def next(self) -> "Period":
        if not self.month:
            return Period(self.year + 1)
        return Period(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first_day, time(), ZoneInfo(settings.TIME_ZONE))

    @property
    def end(self) -> datetime:
        """The first instant that is no longer in it."""
        return self.next.start

    def has_begun(self, now: datetime) -> bool:
        return self.start <= now

    def is_over(self, now: datetime) -> bool:
        return self.end <= now


def read_period(text: str, *, now: datetime) -> Period | None:
    """`2026` or `2026-12`; None for what is no period, or lies ahead."""
    found = PERIOD.fullmatch(text)
    if found is None:
        return None
    period = Period(int(found["year"]), int(found["month"] or 0))
    return period if period.year >= FIRST_YEAR and period.has_begun(now) else None


@dataclass(frozen=True)
class Line:
    """A sum of one kind over the period, as it changed what is to come."""

    kind: str
    reason: str | Promise
    cents: int


@dataclass(frozen=True)
class Sending:
    """What left for one payout, what was kept of it for a debt, or taken back."""

    at: datetime
    kind: str
    payout: Payout | None
    cents: int

    @property
    def words(self) -> str:
        return str(MOVES[self.kind])

    @property
    def change_cents(self) -> int:
        """How it changes what is to come: what is kept for a debt changes nothing."""
        return {"payout": -self.cents, "reversal": self.cents}.get(self.kind, 0)


@dataclass(frozen=True)
class MentorStatement:
    period: Period
    opening_cents: int
    lines: list[Line]
    closing_cents: int
    sessions: list[earnings.Earning]
    totals: earnings.Totals
    adjustments: list[Adjustment]
    sendings: list[Sending]

    @property
    def given_back_cents(self) -> int:
        return sum(row.amount_cents for row in self.adjustments)

    @property
    def turnover_cents(self) -> int:
        """The gross of the period, less what was given back in it: what the mentor declares."""
        return self.totals.charged_cents - self.given_back_cents

    @property
    def vat_cents(self) -> int:
        return self.totals.vat_cents - sum(row.vat_cents for row in self.adjustments)

    @property
    def commission_cents(self) -> int:
        return self.totals.commission_cents - sum(row.commission_cents for row in self.adjustments)

    @property
    def other_lines(self) -> list[Line]:
        """What has no table of its own."""
        return [line for line in self.lines if line.kind not in {"settle", "adjust", *MOVES}]

    @property
    def sent_cents(self) -> int:
        return sum(row.cents for row in self.sendings if row.kind == "payout")

    @property
    def set_off_cents(self) -> int:
        return sum(row.cents for row in self.sendings if row.kind == "setoff")

    @property
    def reversed_cents(self) -> int:
        return sum(row.cents for row in self.sendings if row.kind == "reversal")


def statement_of(mentor: User, period: Period) -> MentorStatement:
    rows = sessions_of(mentor, period)
    return MentorStatement(
        period=period,
        opening_cents=position(mentor, before=period.start),
        lines=list(_lines(mentor, period)),
        closing_cents=position(mentor, before=period.end),
        sessions=earnings.earnings(rows.reverse()),
        totals=_totals(rows),
        adjustments=list(adjustments_of(mentor, period)),
        sendings=list(_sendings(mentor, period)),
    )


def position(mentor: User, *, before: datetime) -> int:
    """What was to come at an instant: earned and not sent, less what the mentor owed."""
    return -int(_entries(mentor).filter(transaction__occurred_at__lt=before).aggregate(s=Sum("amount", default=0))["s"])


def sessions_of(mentor: User, period: Period) -> QuerySet[Settlement]:
    return earnings.settlements_of(mentor).filter(settled_at__gte=period.start, settled_at__lt=period.end)


def adjustments_of(mentor: User, period: Period) -> QuerySet[Adjustment]:
    rows = Adjustment.objects.filter(settlement__mentor=mentor, decided_at__gte=period.start, decided_at__lt=period.end)
    named = rows.select_related("settlement", "settlement__learner", "credit_note").defer("credit_note__pdf")
    return named.order_by("decided_at", "pk")


def periods_of(mentor: User, *, now: datetime) -> list[Period]:
    """The years and months a statement exists for, latest first: from the first paid session on."""
    first = Settlement.objects.filter(mentor=mentor, charged_cents__gt=0).aggregate(at=Min("settled_at"))["at"]
    day, today = legal_date(first or now), legal_date(now)
    found = []
    for year in range(today.year, day.year - 1, -1):
        found.append(Period(year))
        months = range(12 if year < today.year else today.month, 0, -1)
        found += [Period(year, month) for month in months if (year, month) >= (day.year, day.month)]
    return found


def _totals(rows: QuerySet[Settlement]) -> earnings.Totals:
    """As it was settled: what was given back has its own lines, on the day it was decided."""
    sums = rows.order_by().aggregate(
        charged=Sum("charged_cents", default=0),
        commission=Sum("commission_cents", default=0),
        vat=Sum("vat_cents", default=0),
    )
    net = sums["charged"] - sums["commission"]
    return earnings.Totals(sums["charged"], sums["commission"], net, sums["vat"], rows.count())


def _entries(mentor: User) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(account__owner=mentor, account__code__in=POSITION)


def _within(rows: QuerySet[LedgerEntry], period: Period) -> QuerySet[LedgerEntry]:
    return rows.filter(transaction__occurred_at__gte=period.start, transaction__occurred_at__lt=period.end)


def _lines(mentor: User, period: Period) -> Iterator[Line]:
    """A set-off pays a debt with what was to come: it changes neither, and has no line."""
    sums = _within(_entries(mentor), period).values_list("transaction__kind").annotate(cents=Sum("amount")).order_by()
    changed = {kind: -cents for kind, cents in sums if cents}
    for kind, reason in REASONS.items():
        if kind in changed:
            yield Line(kind, reason, changed.pop(kind))
    if rest := sum(changed.values()):
        yield Line("", OTHER, rest)


def _sendings(mentor: User, period: Period) -> Iterator[Sending]:
    """Transfers, set-offs and reversals of the period, each as the ledger has it."""
    transactions = LedgerTransaction.objects.filter(
        kind__in=("payout", "setoff", "reversal"),
        entries__account__owner=mentor,
        entries__account__code__in=POSITION,
        occurred_at__gte=period.start,
        occurred_at__lt=period.end,
    )
    rows = list(transactions.distinct().prefetch_related("entries__account").order_by("occurred_at", "pk"))
    payouts = _payouts_of(mentor, rows)
    for row in rows:
        moved: dict[str, int] = defaultdict(int)
        for entry in row.entries.all():
            moved[entry.account.code] += entry.amount
        cents = abs(moved["mentor.recoverable"] if row.kind == "reversal" else moved["mentor.pending"])
        yield Sending(row.occurred_at, row.kind, payouts.get(row.pk), cents)


def _payouts_of(mentor: User, rows: list[LedgerTransaction]) -> dict[int, Payout]:
    """By transaction: the payout its booking has."""
    references = {row.reference for row in rows}
    found = Payout.objects.filter(mentor=mentor, settlement__reference__in=references).select_related(
        "settlement", "settlement__learner"
    )
    by_reference = {payout.settlement.reference: payout for payout in found}
    return {row.pk: by_reference[row.reference] for row in rows if row.reference in by_reference}
