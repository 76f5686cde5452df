"""The team's pages: a new list without a line in the table fails here, and so does a right nobody meant to give."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory

from accounts.models import User
from tests import people
from tests.architecture.sources import PROJECT, modules
from tests.architecture.world import admin_addresses

# What even an administrator does by hand to the rows of a list; anything else is a service's.
TABLE = {
    "accounts.AuditEntry": "view",
    "accounts.LegalAcceptance": "view",
    "accounts.MemberPage": "view",
    "accounts.User": "view",
    "auth.Group": "view",
    "billing.Adjustment": "view",
    "billing.ConnectedAccount": "view",
    "billing.Correction": "view add",
    "billing.Dispute": "view",
    "billing.Hold": "view",
    "billing.Invoice": "view",
    "billing.LedgerAccount": "view",
    "billing.LedgerTransaction": "view",
    "billing.Payout": "view",
    "billing.Refund": "view",
    "billing.Settlement": "view",
    "billing.StripeEvent": "view",
    "billing.StripeImport": "view",
    "billing.StripeMovement": "view",
    "billing.TopUp": "view",
    "billing.TransferReversal": "view",
    "cases.Case": "view change",
    "catalog.Category": "view add change",
    "catalog.CategoryAlias": "view",
    "catalog.NameProposal": "view change",
    "catalog.Skill": "view add change",
    "catalog.SkillAlias": "view",
    "catalog.Training": "view change",
    "core.Setting": "view add",
    "mentors.MentorProfile": "view change",
    "messaging.Block": "view",
    "messaging.Report": "view change",
    "notifications.Email": "view",
    "reviews.Review": "view change",
    "sessions_video.Extension": "view",
    "sessions_video.RoomReport": "view",
    "support.Motive": "view add change",
    "support.Ticket": "view change",
}
VERBS = ("view", "add", "change", "delete")


def asked_by(user: User) -> dict[str, str]:
    """List to what this person may do there, as the admin's own pages ask."""
    request = RequestFactory().get("/")
    request.user = user
    return {
        model._meta.label: " ".join(verb for verb in VERBS if getattr(options, f"has_{verb}_permission")(request))
        for model, options in admin.site._registry.items()
    }


def administrator() -> User:
    return User.objects.create_superuser("administrateur@example.org", "sesame-ouvre-toi")


def staff_without_rights() -> User:
    return User.objects.create_user("nouveau@example.org", "sesame-ouvre-toi", is_staff=True)


@pytest.mark.django_db
def test_every_list_has_a_line_and_nobody_may_do_more() -> None:
    assert asked_by(administrator()) == TABLE


@pytest.mark.django_db
def test_whoever_only_joined_the_team_may_do_nothing() -> None:
    assert set(asked_by(staff_without_rights()).values()) == {""}


@pytest.mark.django_db
def test_one_right_opens_one_list() -> None:
    user = staff_without_rights()
    user.user_permissions.add(Permission.objects.get(codename="view_payout"))
    opened = {label for label, may in asked_by(User.objects.get(pk=user.pk)).items() if may}
    assert opened == {"billing.Payout"}


# Of the team's own log-in and of words for scripts: nothing of anybody stands there.
OPEN_TO_STAFF = {
    "admin:index",
    "admin:jsi18n",
    "admin:password_change",
    "admin:password_change_done",
    "admin:autocomplete",
}
OPEN_TO_STAFF |= {"admin:login", "admin:logout", "admin:view_on_site", "admin:app_list"}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_without_a_right_comes_in_anywhere(method: str) -> None:
    """As a visitor, as a member, and as somebody of the team who was given nothing yet."""
    entered = []
    for user in (None, people.member("Karim", "Benali"), staff_without_rights()):
        client = Client()
        if user:
            client.force_login(user)
        skipped = OPEN_TO_STAFF if user and user.is_staff else {"admin:logout", "admin:jsi18n"}
        for name, address in admin_addresses():
            status = getattr(client, method)(address).status_code
            if name not in skipped and status not in {302, 403, 404, 405}:
                entered.append((str(user), name, status))
    assert entered == []


def test_what_is_others_is_shown_to_who_proved_twice_who_he_is() -> None:
    """`works_for_team` asks for the second factor; `is_staff` beside a right does not."""
    written = {path: (PROJECT / path).read_text(encoding="utf8") for path in modules()}
    wrong = [path for path, text in written.items() if "is_staff and user.has_perm" in text]
    assert wrong == []
