"""Members as the team sees them. Passwords and addresses are not edited here."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.http import HttpRequest

from accounts.models import AuditEntry, LegalAcceptance, MemberPage, User

# allauth brings its tables: addresses and second factors are the members' own affair, and nobody signs in elsewhere.
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows that services write; nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    list_display = ["email", "first_name", "last_name", "date_joined", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "first_name", "last_name"]
    ordering = ["-date_joined"]
    fields = [
        "email",
        ("first_name", "last_name"),
        ("time_zone", "language", "theme"),
        ("is_active", "is_staff", "is_superuser"),
        "groups",
        ("date_joined", "last_login"),
    ]
    readonly_fields = ["email", "date_joined", "last_login"]
    filter_horizontal = ["groups"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Only an administrator gives rights."""
        fixed = list(self.readonly_fields)
        return fixed if _is_administrator(request) else [*fixed, "is_staff", "is_superuser", "groups"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


def _is_administrator(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.is_superuser


@admin.register(MemberPage)
class MemberPageAdmin(admin.ModelAdmin[MemberPage]):
    list_display = ["slug", "user", "headline", "updated_at"]
    search_fields = ["slug", "user__first_name", "user__last_name", "user__email", "headline"]
    list_select_related = ["user"]
    raw_id_fields = ["user"]
    readonly_fields = ["user", "slug", "photo", "updated_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MemberPage | None = None) -> bool:
        return False


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
