"""What the page « Revenus » reads: paid sessions, what was given back of them, when the net leaves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from billing import causes
from billing.ledger import balance
from billing.ledger.accounts import recoverable
from billing.models import Adjustment, Invoice, Payout, PayoutSuspension, Settlement, TransferReversal
from billing.states import DocumentKind, PayoutStatus, ReversalStatus
from core import values

SENT_CENTS = F("amount_cents") - F("adjusted_cents") - F("set_off_cents")
# What the filter of the page calls the states.
GROUPS: dict[str, tuple[PayoutStatus, ...]] = {
    "a-virer": (PayoutStatus.SCHEDULED, PayoutStatus.IN_FLIGHT),
    "suspendus": (PayoutStatus.SUSPENDED,),
    "vires": (PayoutStatus.PAID,),
    "a-suivre": (PayoutStatus.FAILED, PayoutStatus.CANCELED),
}


@dataclass(frozen=True)
class Earning:
    """One paid session as it stands today. `sent_before`: the latest moment promised."""

    settlement: Settlement
    payout: Payout
    sent_before: datetime
    adjustments: list[Adjustment] = field(default_factory=list)
    credit_notes: list[Invoice] = field(default_factory=list)
    # Why it waits, in a few words.
    why: list[str] = field(default_factory=list)
    # To take back from the mentor's Stripe account: asked for, done, and refused by Stripe.
    reversals: dict[str, int] = field(default_factory=dict)

    @property
    def given_back_cents(self) -> int:
        return sum(row.amount_cents for row in self.adjustments)

    @property
    def charged_cents(self) -> int:
        return self.settlement.charged_cents - self.given_back_cents

    @property
    def commission_cents(self) -> int:
        return self.settlement.commission_cents - sum(row.commission_cents for row in self.adjustments)

    @property
    def vat_cents(self) -> int:
        return self.settlement.vat_cents - sum(row.vat_cents for row in self.adjustments)

    @property
    def net_cents(self) -> int:
        return self.charged_cents - self.commission_cents

    @property
    def to_be_reversed_cents(self) -> int:
        return self.reversals.get(ReversalStatus.DUE, 0) + self.reversals.get(ReversalStatus.IN_FLIGHT, 0)

    @property
    def reversed_cents(self) -> int:
        return self.reversals.get(ReversalStatus.DONE, 0)

    @property
    def is_set_off(self) -> bool:
        """Nothing was sent: all of it paid what the mentor owed."""
        return self.payout.status == PayoutStatus.PAID and not self.payout.to_send_cents


@dataclass(frozen=True)
class Summary:
    """The figures at the top. Waiting payouts are ordered by date: the first is the next."""

    next_payout: Payout | None
    next_before: datetime | None
    later_cents: int
    later_before: datetime | None
    suspended_cents: int
    suspended_why: list[str]
    # Given up after its tries: the team sees to it.
    failed_cents: int
    sent_cents: int
    sent_count: int
    year: int
    # What the mentor owes, to be kept from his next payouts, and the part Stripe is being asked for.
    owed_cents: int
    being_reversed_cents: int

    @property
    def set_off_next_cents(self) -> int:
        return max(0, self.owed_cents - self.being_reversed_cents)


@dataclass(frozen=True)
class Totals:
    charged_cents: int = 0
    commission_cents: int = 0
    net_cents: int = 0
    vat_cents: int = 0
    sessions: int = 0


def settlements_of(mentor: User, *, since: datetime | None = None, group: str = "") -> QuerySet[Settlement]:
    """The paid sessions of a mentor, latest first."""
    rows = Settlement.objects.filter(mentor=mentor, charged_cents__gt=0, payout__isnull=False)
    if since is not None:
        rows = rows.filter(settled_at__gte=since)
    if group:
        rows = rows.filter(payout__status__in=GROUPS[group])
    return rows.select_related("learner", "payout").order_by("-settled_at", "-pk")


def totals(rows: QuerySet[Settlement]) -> Totals:
    """What is left of these sessions, once what was given back is out."""
    sums = rows.order_by().aggregate(
        charged=Sum("charged_cents", default=0),
        commission=Sum("commission_cents", default=0),
        vat=Sum("vat_cents", default=0),
        sessions=Count("pk"),
    )
    back = Adjustment.objects.filter(settlement__in=rows.order_by().values("pk")).aggregate(
        charged=Sum("amount_cents", default=0),
        commission=Sum("commission_cents", default=0),
        vat=Sum("vat_cents", default=0),
    )
    charged, commission = sums["charged"] - back["charged"], sums["commission"] - back["commission"]
    return Totals(charged, commission, charged - commission, sums["vat"] - back["vat"], sums["sessions"])


def earnings(rows: Iterable[Settlement]) -> list[Earning]:
    """Each session with what happened to it since, in a fixed number of queries."""
    settlements, margin = list(rows), margin_promised()
    adjustments = _adjustments(settlements)
    notes = _credit_notes(settlements)
    why = _why([row.payout for row in settlements])
    reversals = _reversals([row.payout for row in settlements])
    return [
        Earning(
            settlement=row,
            payout=row.payout,
            sent_before=row.payout.due_at + margin,
            adjustments=adjustments[row.pk],
            credit_notes=notes[row.reference],
            why=why[row.payout.pk],
            reversals=reversals[row.payout.pk],
        )
        for row in settlements
    ]


def margin_promised() -> timedelta:
    """From the moment a payout is due to the latest promised."""
    return values.hours("payout_alarm_hours") - values.hours("payout_delay_hours")


def _adjustments(settlements: Sequence[Settlement]) -> dict[int, list[Adjustment]]:
    found: dict[int, list[Adjustment]] = defaultdict(list)
    for row in Adjustment.objects.filter(settlement__in=settlements).order_by("decided_at", "pk"):
        found[row.settlement_id].append(row)
    return found


def _credit_notes(settlements: Sequence[Settlement]) -> dict[str, list[Invoice]]:
    found: dict[str, list[Invoice]] = defaultdict(list)
    subjects = [row.reference for row in settlements]
    rows = Invoice.objects.without_files().filter(subject__in=subjects, kind=DocumentKind.CREDIT_NOTE)
    for row in rows.order_by("issued_at", "pk"):
        found[row.subject].append(row)
    return found


def _why(payouts: Sequence[Payout]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = PayoutSuspension.objects.filter(payout__in=payouts, lifted_at=None).order_by("opened_at", "pk")
    for row in rows:
        if (words := causes.short_words(row.cause)) not in found[row.payout_id]:
            found[row.payout_id].append(words)
    return found


def _reversals(payouts: Sequence[Payout]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = TransferReversal.objects.filter(part__payout__in=payouts).values_list("part__payout", "status")
    for payout_id, status, cents in rows.annotate(cents=Sum("amount_cents")).order_by():
        found[payout_id][status] = cents
    return found


# --- the figures at the top ---


def summary(mentor: User, *, now: datetime) -> Summary:
    rows = Payout.objects.filter(mentor=mentor)
    year_start = timezone.localtime(now).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    sent = rows.filter(status=PayoutStatus.PAID, paid_at__gte=year_start).aggregate(
        cents=Sum(SENT_CENTS, default=0), count=Count("pk", filter=Q(amount_cents__gt=F("adjusted_cents")))
    )
    unsent = list(rows.waiting().order_by("due_at", "pk"))
    suspended = [payout for payout in unsent if payout.status == PayoutStatus.SUSPENDED]
    failed = [payout for payout in unsent if payout.status == PayoutStatus.FAILED]
    waiting = [payout for payout in unsent if payout not in suspended + failed]
    first, later = (waiting[0] if waiting else None), waiting[1:]
    margin = margin_promised()
    return Summary(
        next_payout=first,
        next_before=first.due_at + margin if first else None,
        later_cents=sum(payout.to_send_cents for payout in later),
        later_before=later[-1].due_at + margin if later else None,
        suspended_cents=sum(payout.to_send_cents for payout in suspended),
        suspended_why=sorted({words for found in _why(suspended).values() for words in found}),
        failed_cents=sum(payout.to_send_cents for payout in failed),
        sent_cents=sent["cents"],
        sent_count=sent["count"],
        year=year_start.year,
        owed_cents=balance(recoverable(mentor)),
        being_reversed_cents=_being_reversed(mentor),
    )


def _being_reversed(mentor: User) -> int:
    open_rows = TransferReversal.objects.filter(
        part__payout__mentor=mentor, status__in=[ReversalStatus.DUE, ReversalStatus.IN_FLIGHT]
    )
    return int(open_rows.aggregate(cents=Sum("amount_cents", default=0))["cents"])
