"""The ledger: operations with their legs, accounts with their running balance. Fast with millions of rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from billing.admin.base import (
    BooksAdmin,
    ReadOnlyInline,
    linked,
    moment,
    reference_link,
    row_link,
    subject,
    worded,
)
from billing.admin.pages import export_page, reconciliation_page
from billing.admin.words import ACCOUNTS, KINDS, account_words, kind_words
from billing.ledger.accounts import CATALOGUE
from billing.models import LedgerAccount, LedgerEntry, LedgerTransaction
from billing.models.ledger import Currency, NormalSide
from core.filters import Choices
from core.money import format_euros

ENTRIES_PER_PAGE = 50
# Booking references are written with their prefix on the ledger.
PREFIXES = ("", "booking:", "correction:", "settle:booking:")


class KindFilter(Choices):
    title = _("nature")
    parameter_name = "kind"
    choices_offered = list(KINDS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class CodeFilter(Choices):
    title = _("compte")
    parameter_name = "code"
    choices_offered = [(code, ACCOUNTS[code]) for code in CATALOGUE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(code=self.value()) if self.value() else queryset


class EntryInline(ReadOnlyInline, admin.TabularInline[LedgerEntry, LedgerTransaction]):
    model = LedgerEntry
    extra = 0
    fields = ["account_link", "owner", "debit", "credit"]
    verbose_name_plural = _("écritures")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerEntry]:
        return super().get_queryset(request).select_related("account__owner").order_by("-amount", "pk")

    @admin.display(description=_("compte"))
    def account_link(self, entry: LedgerEntry) -> str:
        return row_link(entry.account)

    @admin.display(description=_("titulaire"))
    def owner(self, entry: LedgerEntry) -> str:
        return row_link(entry.account.owner)

    @admin.display(description=_("débit"))
    def debit(self, entry: LedgerEntry) -> str:
        return money(entry.amount, entry.account.currency) if entry.amount > 0 else ""

    @admin.display(description=_("crédit"))
    def credit(self, entry: LedgerEntry) -> str:
        return money(-entry.amount, entry.account.currency) if entry.amount < 0 else ""


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(BooksAdmin[LedgerTransaction]):
    list_display = [
        "key",
        worded("kind", _("nature"), kind_words),
        reference_link("reference", _("objet")),
        moment("occurred_at", _("date")),
    ]
    list_filter = [KindFilter, "occurred_at"]
    search_fields = ["key"]
    search_help_text = _("Début d’une clé (settle:…) ou d’une référence de réservation.")
    ordering = ["-pk"]
    fields = [
        "key",
        worded("kind", _("nature"), kind_words),
        subject("reference", _("objet")),
        "occurred_at",
        "created_at",
    ]
    inlines = [EntryInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerTransaction], search_term: str
    ) -> tuple[QuerySet[LedgerTransaction], bool]:
        """By the beginning, which an index answers."""
        words = search_term.strip()
        if not words:
            return queryset, False
        found = Q(key__startswith=words)
        for prefix in PREFIXES:
            found |= Q(reference__startswith=f"{prefix}{words}")
        return queryset.filter(found), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("rapprochement/", view(reconciliation_page), name="billing_reconciliation"),
            path("exports/", view(export_page), name="billing_exports"),
        ]
        return [*own, *super().get_urls()]


@dataclass(frozen=True)
class EntryLine:
    """One leg of an account, with the balance it left in the account's normal side."""

    entry: LedgerEntry
    at: datetime
    kind: str
    debit: str
    credit: str
    balance: str


@admin.register(LedgerAccount)
class LedgerAccountAdmin(BooksAdmin[LedgerAccount]):
    list_display = [
        worded("code", _("compte"), account_words),
        linked("owner", _("titulaire")),
        reference_link("reference", _("objet")),
        "shown_balance",
    ]
    list_filter = [CodeFilter, "currency", "is_materialised"]
    list_select_related = ["owner"]
    search_fields = ["owner__email", "owner__last_name", "reference"]
    search_help_text = _("Adresse ou nom du titulaire, référence de réservation.")
    ordering = ["is_materialised", "code", "-pk"]
    fields = [worded("code", _("compte"), account_words), linked("owner", _("titulaire")), "shown_balance", "normal"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        return super().get_queryset(request).annotate(balance_now=BALANCE)

    @admin.display(description=_("solde"), ordering="balance_now")
    def shown_balance(self, account: LedgerAccount) -> str:
        return money(account.balance_now, account.currency)  # type: ignore[attr-defined]  # annotated above

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        account = self.get_object(request, object_id)
        context = _entries_page(account, request.GET.get("avant", "")) if account else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)


_summed = (
    LedgerEntry.objects.filter(account=OuterRef("pk"))
    .order_by()
    .values("account")
    .annotate(sum=Sum("amount"))
    .values("sum")
)
# Kept by the row, or summed for the accounts everyone shares.
BALANCE = Case(
    When(is_materialised=True, then=F("balance")),
    When(normal=NormalSide.DEBIT, then=Coalesce(Subquery(_summed), Value(0))),
    default=-Coalesce(Subquery(_summed), Value(0)),
    output_field=BigIntegerField(),
)


def money(amount: int, currency: str) -> str:
    return format_euros(amount) if currency == Currency.EUR else f"{amount}\u00a0★"


def _entries_page(account: LedgerAccount, before: str) -> dict[str, Any]:
    """The entries, newest first, with the balance after each. Older pages begin before an entry: nothing is counted."""
    rows = account.entries.select_related("transaction").order_by("-pk")
    if before.isdigit():
        rows = rows.filter(pk__lt=int(before))
    running = int(rows.aggregate(sum=Sum("amount"))["sum"] or 0)
    shown = list(rows[: ENTRIES_PER_PAGE + 1])
    lines = []
    for entry in shown[:ENTRIES_PER_PAGE]:
        lines.append(_entry_line(account, entry, running))
        running -= entry.amount
    return {"lines": lines, "older": shown[ENTRIES_PER_PAGE - 1].pk if len(shown) > ENTRIES_PER_PAGE else None}


def _entry_line(account: LedgerAccount, entry: LedgerEntry, running: int) -> EntryLine:
    sign = 1 if account.normal == NormalSide.DEBIT else -1
    return EntryLine(
        entry=entry,
        at=entry.transaction.occurred_at,
        kind=kind_words(entry.transaction.kind),
        debit=money(entry.amount, account.currency) if entry.amount > 0 else "",
        credit=money(-entry.amount, account.currency) if entry.amount < 0 else "",
        balance=money(sign * running, account.currency),
    )
