"""The books, for reading: nothing here is added, changed or deleted by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from billing.models import (
    ChargeAllocation,
    Hold,
    Invoice,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Payout,
    PayoutPart,
    Settlement,
)
from core.money import format_euros


class ReadOnly:
    """Mixed into an admin class or an inline."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EntryInline(ReadOnly, admin.TabularInline[LedgerEntry, Model]):
    model = LedgerEntry
    fields = ["account", "amount"]
    extra = 0


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnly, admin.ModelAdmin[LedgerTransaction]):
    list_display = ["key", "kind", "reference", "occurred_at"]
    list_filter = ["kind"]
    search_fields = ["key", "reference"]
    date_hierarchy = "occurred_at"
    inlines = [EntryInline]


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnly, admin.ModelAdmin[LedgerAccount]):
    list_display = ["code", "owner", "reference", "currency", "balance"]
    list_filter = ["code", "currency"]
    list_select_related = ["owner"]
    search_fields = ["owner__email", "reference"]


class AllocationInline(ReadOnly, admin.TabularInline[ChargeAllocation, Model]):
    model = ChargeAllocation
    fields = ["top_up", "amount_cents", "released_cents"]
    extra = 0


@admin.register(Hold)
class HoldAdmin(ReadOnly, admin.ModelAdmin[Hold]):
    list_display = ["reference", "number", "learner", "amount", "status", "placed_at"]
    list_filter = ["status"]
    list_select_related = ["learner"]
    search_fields = ["reference", "learner__email"]
    inlines = [AllocationInline]

    @admin.display(description=_("montant"), ordering="amount_cents")
    def amount(self, hold: Hold) -> str:
        return format_euros(hold.amount_cents)


@admin.register(Settlement)
class SettlementAdmin(ReadOnly, admin.ModelAdmin[Settlement]):
    list_display = ["reference", "learner", "mentor", "held", "charged", "net", "settled_at"]
    list_select_related = ["learner", "mentor"]
    search_fields = ["reference", "learner__email", "mentor__email"]
    date_hierarchy = "settled_at"

    @admin.display(description=_("bloqué"), ordering="held_cents")
    def held(self, settlement: Settlement) -> str:
        return format_euros(settlement.held_cents)

    @admin.display(description=_("facturé"), ordering="charged_cents")
    def charged(self, settlement: Settlement) -> str:
        return format_euros(settlement.charged_cents)

    @admin.display(description=_("net du mentor"))
    def net(self, settlement: Settlement) -> str:
        return format_euros(settlement.net_cents)


class PartInline(ReadOnly, admin.TabularInline[PayoutPart, Model]):
    model = PayoutPart
    fields = ["top_up", "amount_cents", "attempt", "transfer_id"]
    extra = 0


@admin.register(Payout)
class PayoutAdmin(ReadOnly, admin.ModelAdmin[Payout]):
    list_display = ["reference", "mentor", "amount", "status", "due_at", "attempts", "last_error"]
    list_filter = ["status"]
    list_select_related = ["mentor"]
    search_fields = ["reference", "settlement__reference", "mentor__email"]
    inlines = [PartInline]

    @admin.display(description=_("montant net"), ordering="amount_cents")
    def amount(self, payout: Payout) -> str:
        return format_euros(payout.amount_cents)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnly, admin.ModelAdmin[Invoice]):
    list_display = ["full_number", "issuer", "recipient", "total", "issued_at", "rendered_at", "last_error"]
    list_filter = ["kind"]
    list_select_related = ["issuer", "recipient"]
    search_fields = ["full_number", "subject", "issuer__email", "recipient__email"]
    exclude = ["pdf"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invoice]:
        return super().get_queryset(request).defer("pdf")

    @admin.display(description=_("total TTC"), ordering="total_cents")
    def total(self, invoice: Invoice) -> str:
        return format_euros(invoice.total_cents)
