"""What Stripe says: its events, given up ones first, and the lines of our balance, unmatched ones first."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.admin.base import BooksAdmin, StaffAction, euros, moment, reference_link, worded
from billing.admin.words import error_words, movement_words
from billing.errors import NothingToRetry
from billing.models import StripeEvent, StripeImport, StripeMovement
from billing.services import webhooks
from core.filters import QueueFilter


class EventFilter(QueueFilter):
    waiting = "a-traiter"
    choices_offered = [
        (waiting, _("Abandonnés et en attente")),
        ("abandonnes", _("Abandonnés")),
        ("traites", _("Traités")),
    ]

    def in_state(self, queryset: Any, state: str) -> Any:
        if state == "abandonnes":
            return queryset.filter(handled_at__isnull=True, next_attempt_at__isnull=True)
        return queryset.filter(handled_at__isnull=state == self.waiting)


def _retry(event: StripeEvent, _by: User, _reason: str) -> None:
    if not webhooks.retry(event_id=event.pk):
        raise NothingToRetry


def _dismiss(event: StripeEvent, _by: User, _reason: str) -> None:
    if not webhooks.dismiss(event_id=event.pk):
        raise NothingToRetry


def _is_given_up(event: StripeEvent) -> bool:
    return event.handled_at is None and event.next_attempt_at is None


@admin.register(StripeEvent)
class StripeEventAdmin(BooksAdmin[StripeEvent]):
    staff_actions = (
        StaffAction(
            slug="nouvel-essai",
            label=_("Réessayer"),
            explanation=_("L’événement est relu chez Stripe et traité dans la minute."),
            done=_("L’événement sera traité dans la minute."),
            permission="billing.change_stripeevent",
            trace="billing.event_retried",
            act=_retry,
            is_offered=_is_given_up,
        ),
        StaffAction(
            slug="classement",
            label=_("Classer sans suite"),
            explanation=_(
                "Rien n’est à faire\u202f: l’objet a été créé à la main chez Stripe, ou pour un autre site. "
                "L’événement n’alerte plus l’équipe."
            ),
            done=_("L’événement est classé."),
            permission="billing.change_stripeevent",
            trace="billing.event_dismissed",
            act=_dismiss,
            is_offered=_is_given_up,
        ),
    )
    list_display = [
        "event_id",
        "type",
        "object_id",
        moment("received_at", _("reçu le")),
        "state",
        "attempts",
        worded("last_error", _("dernière erreur"), error_words),
    ]
    list_filter = [EventFilter]
    search_fields = ["event_id", "object_id", "type"]
    fields = [
        "type",
        "object_id",
        "received_at",
        "state",
        "handled_at",
        "attempts",
        "next_attempt_at",
        worded("last_error", _("dernière erreur"), error_words),
    ]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """Given up ones have no next attempt."""
        queue = request.GET.get(EventFilter.parameter_name, EventFilter.waiting) == EventFilter.waiting
        return [F("next_attempt_at").asc(nulls_first=True), "pk"] if queue else ["-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StripeEvent]:
        return super().get_queryset(request).defer("payload")

    @admin.display(description=_("état"))
    def state(self, event: StripeEvent) -> str:
        if event.handled_at:
            return str(_("traité"))
        return str(_("en attente") if event.next_attempt_at else _("abandonné"))


class MovementFilter(QueueFilter):
    title = _("rapprochement")
    waiting = "sans-operation"
    choices_offered = [(waiting, _("Sans opération")), ("rapproches", _("Rapprochés"))]
    unmatched = Q(ledger_key="") | Q(fee_key="") & ~Q(fee_cents=0)

    def in_state(self, queryset: Any, state: str) -> Any:
        return queryset.filter(self.unmatched if state == self.waiting else ~self.unmatched)


@admin.register(StripeMovement)
class StripeMovementAdmin(BooksAdmin[StripeMovement]):
    list_display = [
        "stripe_id",
        worded("kind", _("nature"), movement_words),
        euros("amount_cents", _("montant")),
        euros("fee_cents", _("frais")),
        "source",
        moment("created_at", _("date")),
        reference_link("ledger_key", _("opération")),
        reference_link("fee_key", _("opération des frais")),
    ]
    list_filter = [MovementFilter]
    search_fields = ["stripe_id", "source", "ledger_key"]
    ordering = ["-created_at", "-pk"]
    fields = list(list_display)


@admin.register(StripeImport)
class StripeImportAdmin(BooksAdmin[StripeImport]):
    list_display = ["until", "finished_at", "movements"]
    ordering = ["-until"]
    fields = list(list_display)
