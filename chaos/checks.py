"""What must be true once it is quiet again. Each check lists what is wrong, in words."""

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Count, F, Sum

from billing.models import Invoice, Payout, Settlement, StripeEvent, TopUp
from billing.reconciliation import run_checks
from billing.services import books
from billing.states import PayoutStatus, TopUpStatus
from bookings.models import Booking
from bookings.states import Status
from chaos.killing import Killer
from chaos.mailbox import Mailbox
from core.money import price_cents
from journeys.journey import Journey
from journeys.room_pages import BEAT_SECONDS, Page, Seconds
from messaging.models import Message
from notifications.models import Email
from reviews.models import Review
from sessions_video.models import Segment

# A pause and the end of each meeting: nobody is billed beyond the other's last sign of life, at most one beat before.
STOPS = 2
# Between two clocks, and between a word and the moment it was noted.
TOLERANCE_SECONDS = 0.75


@dataclass(frozen=True)
class Run:
    journeys: Sequence[Journey]
    killer: Killer
    mailbox: Mailbox
    journal: Path

    @property
    def references(self) -> list[str]:
        return [f"booking:{journey.reference}" for journey in self.journeys if journey.reference]


@dataclass(frozen=True)
class RoomSeconds(Seconds):
    """`together` is proven by answers to both pages; `whole` from the first word to the end."""

    name: str
    kills: int


def waiting() -> str:
    """What is still under way; empty once it is quiet."""
    due = {
        "e-mails": Email.objects.filter(sent_at=None, next_attempt_at__isnull=False),
        "events of Stripe": StripeEvent.objects.filter(handled_at=None, next_attempt_at__isnull=False),
        "documents": Invoice.objects.filter(rendered_at=None),
        "bookings": Booking.objects.exclude(status=Status.SETTLED),
    }
    return ", ".join(f"{rows.count()} {name}" for name, rows in due.items() if rows.exists())


def payouts_waiting() -> str:
    left = Payout.objects.exclude(status=PayoutStatus.PAID).count()
    return f"{left} payouts" if left else waiting()


def wrong(run: Run) -> dict[str, list[str]]:
    """Each check by its name, with what it found."""
    checks: dict[str, Callable[[Run], Iterator[str]]] = {
        "journeys that did not arrive": _unfinished,
        "rows of the reconciliation": _books,
        "acknowledged messages lost or doubled": _messages,
        "seconds lost or counted twice": _seconds,
        "bookings not in their end": _bookings,
        "bills that are not the seconds": _bills,
        "payments that are not one": _payments,
        "payouts that are not one": _payouts,
        "documents that are not one": _documents,
        "reviews that are not one": _reviews,
        "e-mails lost, or repeated under another name": _emails,
    }
    return {name: list(check(run)) for name, check in checks.items()}


def _unfinished(run: Run) -> Iterator[str]:
    for journey in run.journeys:
        if journey.error:
            yield f"{journey.name} ({journey.reference}) {journey.error}"


def _books(_run: Run) -> Iterator[str]:
    if not books.read_stripe():
        yield "Stripe could not be read"
    for check in run_checks():
        yield from (f"{check.name}: {row}" for row in check.rows)


def _messages(run: Run) -> Iterator[str]:
    stored = Counter(Message.objects.filter(kind="text").values_list("body", flat=True))
    said = {body for journey in run.journeys for body in journey.acknowledged}
    yield from (f"lost: {body}" for body in sorted(said - stored.keys()))
    yield from (f"{count} times: {body}" for body, count in stored.items() if count > 1)


def seconds(run: Run) -> list[RoomSeconds]:
    rows = Segment.objects.values("video_session__booking__reference").annotate(ms=Sum(F("ended_at") - F("started_at")))
    counted = {row["video_session__booking__reference"]: row["ms"] / 1000 for row in rows}
    return [
        _seconds_of(journey, run.killer, counted.get(journey.reference, 0))
        for journey in run.journeys
        if journey.meeting
    ]


def _seconds_of(journey: Journey, killer: Killer, counted: float) -> RoomSeconds:
    assert journey.meeting  # noqa: S101  (asked by the caller)
    mentor, learner = journey.meeting.pages
    start, end = max(mentor.asked_at or 0, learner.asked_at or 0), min(mentor.left_at, learner.left_at)
    return RoomSeconds(_together(mentor, learner), end - start, counted, journey.name, killer.between(start, end))


def _together(one: Page, other: Page) -> float:
    both = ((max(a, c), min(b, d)) for (a, b), (c, d) in itertools.product(one.spans, other.spans))
    return sum(end - start for start, end in both if start < end)


def _seconds(run: Run) -> Iterator[str]:
    for row in seconds(run):
        if row.double > TOLERANCE_SECONDS:
            yield f"{row.name}: {row.counted:.1f} s counted of {row.whole:.1f}"
        if row.lost > (row.kills + STOPS) * BEAT_SECONDS + TOLERANCE_SECONDS:
            yield f"{row.name}: {row.lost:.1f} s lost by {row.kills} kills"


def _bookings(run: Run) -> Iterator[str]:
    for row in Booking.objects.exclude(status=Status.SETTLED):
        yield f"{row.reference} is {row.status}"
    if Booking.objects.count() != len(run.journeys):
        yield f"{Booking.objects.count()} bookings of {len(run.journeys)} journeys"


def _bills(_run: Run) -> Iterator[str]:
    for row in Settlement.objects.all():
        if row.charged_cents != price_cents(row.rate_cents, row.billed_seconds) or not row.charged_cents:
            yield f"{row.reference}: {row.charged_cents} cents for {row.billed_seconds} s"


def _payments(run: Run) -> Iterator[str]:
    paid = Counter(TopUp.objects.filter(status=TopUpStatus.PAID).values_list("purpose", flat=True))
    yield from (f"{name}: {paid[name]} card payments" for name in run.references if paid[name] != 1)
    charges = [row for row in _at_stripe(run.journal, "charge") if row["status"] == "succeeded"]
    if len(charges) != len(run.journeys):
        yield f"{len(charges)} charges at Stripe of {len(run.journeys)} journeys"


def _payouts(run: Run) -> Iterator[str]:
    for row in Settlement.objects.annotate(count=Count("payout")).exclude(count=1):
        yield f"{row.reference}: {row.count} payouts"
    transfers = _at_stripe(run.journal, "transfer")
    if len(transfers) != len(run.journeys):
        yield f"{len(transfers)} transfers at Stripe of {len(run.journeys)} journeys"


def _documents(run: Run) -> Iterator[str]:
    issued = Counter(Invoice.objects.filter(pdf__isnull=False, kind="invoice").values_list("subject", flat=True))
    yield from (f"{name}: {issued[name]} invoices" for name in run.references if issued[name] != 1)


def _reviews(run: Run) -> Iterator[str]:
    written = Counter(Review.objects.values_list("booking__reference", flat=True))
    yield from (
        f"{row.reference}: {written[row.reference]} reviews" for row in run.journeys if written[row.reference] != 1
    )


def _emails(run: Run) -> Iterator[str]:
    rows = dict(Email.objects.values_list("message_id", "kind"))
    got = run.mailbox.received
    yield from (f"never arrived: {kind} {name}" for name, kind in rows.items() if name not in got)
    yield from (f"nobody’s: {name}" for name in got if name not in rows)
    yield from (f"{name} went to {to}" for name, to in run.mailbox.recipients.items() if len(to) != 1)


def _at_stripe(journal: Path, kind: str) -> list[dict[str, Any]]:
    """The last state of each object, as the stand-in keeps it."""
    rows: dict[str, dict[str, Any]] = {}
    for line in journal.read_text(encoding="utf8").splitlines():
        row = json.loads(line).get("row")
        if row and row["object"] == kind:
            rows[row["id"]] = row
    return list(rows.values())
