"""Members as the team sees them. Passwords and addresses are not edited here."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.decisions import TraceForm, read_or_send
from accounts.http import member_of
from accounts.member_pages import MemberPages
from accounts.models import AuditEntry, LegalAcceptance, MemberPage, User
from accounts.roles import ROLES
from accounts.selectors import has_second_factor
from accounts.services import remove_second_factor
from core.errors import DomainError
from core.filters import Choices

# allauth brings its tables: addresses and second factors are the members' own affair, and nobody signs in elsewhere.
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


class ReadOnly:
    """Rows that services write; nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin[Any]):
    pass


admin.site.unregister(Group)
ROLE_OF = {role.name: role for role in ROLES}


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """The roles follow the table of `accounts.roles`: they are read here, and given on the page of a member."""

    list_display = ["label", "does"]
    fields = ("label", "does", "may")
    readonly_fields = fields

    @admin.display(description=_("rôle"))
    def label(self, group: Group) -> str:
        """A group that the table does not know keeps its name."""
        role = ROLE_OF.get(group.name)
        return str(role.label) if role else group.name

    @admin.display(description=_("ce qu’il fait"))
    def does(self, group: Group) -> str:
        role = ROLE_OF.get(group.name)
        return str(role.does) if role else "–"

    @admin.display(description=_("permissions"))
    def may(self, group: Group) -> str:
        return ", ".join(sorted(f"{each.content_type.app_label}.{each.codename}" for each in group.permissions.all()))


class RoleFilter(Choices):
    """The groups under the names people know."""

    title = _("rôle")
    parameter_name = "role"
    choices_offered = [(role.name, role.label) for role in ROLES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset.filter(groups__name=chosen) if chosen else queryset


@admin.register(User)
class UserAdmin(ReadOnly, MemberPages):
    list_display = ["email", "first_name", "last_name", "date_joined", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", RoleFilter]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["-date_joined"]
    fields = ("email", ("first_name", "last_name"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(read_or_send(self.lost_factor))
        return [path("<int:pk>/double-authentification/", view, name="accounts_user_lost_factor"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        target = self.get_object(request, unquote(object_id))
        has_factor = bool(target and _is_administrator(request) and has_second_factor(target))
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "has_factor": has_factor})

    def lost_factor(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody lost what proves who he is: an administrator, who knows him, takes it away with a reason."""
        if not _is_administrator(request):
            raise PermissionDenied
        target = get_object_or_404(User, pk=pk)
        form = TraceForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    remove_second_factor(user=target, by=member_of(request), reason=form.cleaned_data["reason"].strip())
                    get_adapter().send_notification_mail("mfa/email/totp_deactivated", target)
            except DomainError as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(
                    request, _("Double authentification retirée\u202f: le membre est prévenu par e-mail.")
                )
                return redirect("admin:accounts_user_change", pk)
        context = {"title": _("Retirer la double authentification"), "form": form, "object": target, "opts": self.opts}
        template = "admin/accounts/user/lost_factor.html"
        return render(request, template, self.admin_site.each_context(request) | context)


def _is_administrator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


@admin.register(MemberPage)
class MemberPageAdmin(ReadOnlyAdmin):
    """The words of a member are his own: who finds them wrong warns him."""

    fields = (
        *("user", "slug", "headline", "position", "education", "presentation", "linkedin_url", "languages"),
        *("photo", "updated_at"),
    )
    readonly_fields = fields
    list_display = ["slug", "user", "headline", "updated_at"]
    search_fields = ["slug", "user__first_name", "user__last_name", "user__email", "headline"]
    list_select_related = ["user"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor", "action", "reference", "reason"]
    list_filter = ["action"]
    search_fields = ["reference", "reason", "actor__email"]
    list_select_related = ["actor"]
    date_hierarchy = "at"


@admin.register(LegalAcceptance)
class LegalAcceptanceAdmin(ReadOnlyAdmin):
    list_display = ["user", "document", "version", "accepted_at"]
    list_filter = ["document", "version"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
