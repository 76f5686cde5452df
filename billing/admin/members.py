"""The mentors' accounts at Stripe: nobody types their number, the team sees what Stripe still waits for."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from billing.admin.base import BooksAdmin, linked
from billing.models import ConnectedAccount


@admin.register(ConnectedAccount)
class ConnectedAccountAdmin(BooksAdmin[ConnectedAccount]):
    list_display = ["stripe_id", linked("user", _("mentor")), "state", "waited_for", "checked_at"]
    list_filter = ["state"]
    list_select_related = ["user"]
    search_fields = ["stripe_id", "user__email", "user__last_name"]
    ordering = ["-pk"]
    fields = [linked("user", _("mentor")), "state", "waited_for", "checked_at"]

    @admin.display(description=_("informations attendues par Stripe"))
    def waited_for(self, account: ConnectedAccount) -> str:
        return ", ".join(map(str, account.requirements_due)) or "–"
