"""What is due by now and not done, by kind of job: nothing older than a minute while the workers work.

The rules of what is due are those of the sweeps: the same querysets.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Case as Either
from django.db.models import Count, F, Min, QuerySet, When
from django.db.models.functions import Least
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Closing, DataExport
from billing.models import Invoice, Payout, Refund, StripeEvent, TopUp, TransferReversal
from billing.services import payouts, refunds, reversals
from bookings.models import Booking, Reminder
from cases.models import Case
from cases.states import ASKING
from core import clock
from notifications.models import Email
from reviews.models import Invitation
from sessions_video.models import VideoSession
from support.models import Ticket


@dataclass(frozen=True)
class Kind:
    """`since`: the column that says from when on a row was to be done; in milliseconds for rooms."""

    name: str
    label: Promise
    rows: Callable[[datetime], QuerySet[Any]]
    since: str
    is_in_ms: bool = False


@dataclass(frozen=True)
class Backlog:
    kind: Kind
    count: int
    oldest: datetime | None


def _cases(now: datetime) -> QuerySet[Case]:
    asking = When(status__in=ASKING, then=Least("answer_until", "remind_at"))
    return Case.objects.due(now).annotate(due_at=Either(asking, default=F("appeal_until")))


def _rooms(now: datetime) -> QuerySet[VideoSession]:
    return VideoSession.objects.due(clock.to_ms(now))


KINDS: Final = (
    Kind("emails", _("E-mails"), Email.objects.due, "next_attempt_at"),
    Kind("stripe_events", _("Nouvelles de Stripe"), StripeEvent.objects.due, "next_attempt_at"),
    Kind("payments", _("Paiements à fermer"), TopUp.objects.to_close, "expires_at"),
    Kind(
        "payouts",
        _("Virements"),
        lambda now: Payout.objects.claimable(now, now - payouts.STALE),
        "next_attempt_at",
    ),
    Kind(
        "refunds",
        _("Remboursements"),
        lambda now: Refund.objects.claimable(now, now - refunds.STALE),
        "next_attempt_at",
    ),
    Kind(
        "reversals",
        _("Reprises de virement"),
        lambda now: TransferReversal.objects.claimable(now, now - reversals.STALE),
        "next_attempt_at",
    ),
    Kind("invoices", _("Factures à dessiner"), Invoice.objects.to_render, "next_render_at"),
    Kind("requests", _("Demandes sans réponse"), Booking.objects.unanswered, "expires_at"),
    Kind("bookings", _("Réservations à payer"), Booking.objects.unpaid, "pay_before"),
    Kind("reminders", _("Rappels de session"), Reminder.objects.due, "due_at"),
    Kind("rooms", _("Salles à regarder"), _rooms, "next_action_at", is_in_ms=True),
    Kind(
        "room_ends",
        _("Sessions finies à régler"),
        lambda _now: VideoSession.objects.to_close(),
        "ended_at",
        is_in_ms=True,
    ),
    Kind("invitations", _("Demandes d’avis"), Invitation.objects.due, "next_at"),
    Kind("cases", _("Réclamations à échéance"), _cases, "due_at"),
    Kind("tickets", _("Demandes à l’équipe à fermer"), Ticket.objects.to_close, "closes_at"),
    Kind("exports", _("Archives de données"), DataExport.objects.due, "next_attempt_at"),
    Kind("erasures", _("Effacements de comptes"), Closing.objects.to_erase, "next_attempt_at"),
)


def backlogs(now: datetime) -> list[Backlog]:
    return [_look(kind, now) for kind in KINDS]


def _look(kind: Kind, now: datetime) -> Backlog:
    found = kind.rows(now).order_by().aggregate(count=Count("pk"), oldest=Min(kind.since))
    oldest = found["oldest"]
    if oldest is not None and kind.is_in_ms:
        oldest = datetime.fromtimestamp(oldest / 1000, UTC)
    return Backlog(kind, found["count"], oldest)
