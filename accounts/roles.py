"""The roles of the team, in one table: each is a group of Django with exactly the permissions of its screens.

The groups follow this table after every migration (`accounts.receivers`); nobody edits them by hand.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User


@dataclass(frozen=True)
class Role:
    # Also the name of its group.
    name: str
    label: str | Promise
    does: str | Promise
    # `app.codename`.
    permissions: frozenset[str]


def _of(app: str, *codenames: str) -> frozenset[str]:
    return frozenset(f"{app}.{codename}" for codename in codenames)


def _reads(app: str, *models: str) -> frozenset[str]:
    return _of(app, *(f"view_{model}" for model in models))


# Who a member is, and what members ask: every role looks somebody up, and is the team of some motive.
_MEMBERS = _reads("accounts", "user", "memberpage", "auditentry") | _of("support", "view_ticket", "change_ticket")
_CATALOG = ("category", "skill", "categoryalias", "skillalias", "nameproposal", "training")
_BOOKS = (
    *("adjustment", "connectedaccount", "correction", "dispute", "hold", "invoice", "ledgeraccount"),
    *("ledgertransaction", "payout", "refund", "settlement", "stripeevent", "stripeimport", "stripemovement"),
    *("topup", "transferreversal"),
)

MODERATION = Role(
    "moderation",
    _("Modération"),
    _("Demandes de mentors, formations et noms, avis, messages et membres signalés"),
    _MEMBERS
    | _of("accounts", "warn_member", "suspend_member")
    | _of("mentors", "view_mentorprofile", "change_mentorprofile")
    | _reads("catalog", *_CATALOG)
    | _of("catalog", "change_nameproposal", "change_training")
    | _of("catalog", *(f"{verb}_{model}" for verb in ("add", "change") for model in ("category", "skill")))
    | _of("reviews", "view_review", "change_review")
    | _of("messaging", "view_report", "change_report", "view_block", "view_attachment"),
)
SUPPORT = Role(
    "support",
    _("Assistance"),
    _("Demandes des membres, réclamations, sessions non tenues, e-mails, vue d’un compte en lecture"),
    _MEMBERS
    | _reads("accounts", "legalacceptance")
    | _of("accounts", "warn_member", "view_as_member")
    | _of("cases", "view_case", "change_case")
    | _reads("sessions_video", "roomreport", "extension", "videosession")
    | _reads("reviews", "review")
    | _reads("mentors", "mentorprofile")
    # Who may read payouts or disputes is told of their news: that is for the finances.
    | _reads("billing", "invoice", "settlement", "topup")
    | _reads("notifications", "email"),
)
FINANCE = Role(
    "finance",
    _("Finance"),
    _("Virements, remboursements, contestations bancaires, factures, comptes\u202f; corrections, à deux"),
    _MEMBERS
    | _reads("billing", *_BOOKS)
    | _of("billing", "change_payout", "change_refund", "change_invoice", "change_stripeevent", "add_stripeimport")
    | _of("billing", "add_correction", "approve_correction", "export_books")
    | _reads("sessions_video", "videosession")
    # Whether what was promised happens, late payouts and books that do not agree among it.
    | _of("core", "view_health"),
)
_ADMINISTRATES = (
    _of("accounts", "give_role", "warn_member", "suspend_member", "view_as_member")
    | _reads("accounts", "legalacceptance")
    | _of("core", "view_setting", "add_setting")
    | _of("support", "view_motive", "add_motive", "change_motive")
    | _reads("auth", "group")
)
ADMINISTRATOR = Role(
    "administrator",
    _("Administrateur"),
    _("Tout ce que font les autres rôles, les réglages de la plateforme, et les rôles de l’équipe"),
    MODERATION.permissions | SUPPORT.permissions | FINANCE.permissions | _ADMINISTRATES,
)
ROLES = (MODERATION, SUPPORT, FINANCE, ADMINISTRATOR)
GIVES_ROLES = "accounts.give_role"


def roles_of(user: User) -> list[Role]:
    """In the order of the table."""
    names = set(user.groups.values_list("name", flat=True))
    return [role for role in ROLES if role.name in names]


def is_administrator(user: User) -> bool:
    return user.is_active and user.has_perm(GIVES_ROLES)


def follow_table(app: str) -> None:
    """Give each group exactly the permissions that the table names in this app. Run after its migrations."""
    for role in ROLES:
        group, _created = Group.objects.get_or_create(name=role.name)
        wanted = [name.partition(".")[2] for name in role.permissions if name.startswith(f"{app}.")]
        known = Permission.objects.filter(content_type__app_label=app)
        group.permissions.remove(*known.exclude(codename__in=wanted))
        group.permissions.add(*known.filter(codename__in=wanted))
