"""The roles of the team: one table, and what each opens in the administration."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.decisions import DecisionAdmin
from accounts.errors import NoReason, OwnRoles, TeamMember
from accounts.measures import give_roles
from accounts.models import AuditEntry, User
from accounts.roles import ADMINISTRATOR, FINANCE, MODERATION, ROLES, SUPPORT, Role, follow_table, is_administrator
from core.models import Setting
from tests.accounts.team import person_with, signed_in, text_of

pytestmark = pytest.mark.django_db

# Each list of the administration that a role opens; what is not here, only an administrator opens.
LISTS = {
    "moderation": {
        "accounts.auditentry", "accounts.memberpage", "accounts.user", "support.ticket",
        "catalog.category", "catalog.categoryalias", "catalog.nameproposal", "catalog.skill", "catalog.skillalias",
        "catalog.training", "mentors.mentorprofile", "messaging.block", "messaging.report", "reviews.review",
    },
    "support": {
        "accounts.auditentry", "accounts.legalacceptance", "accounts.memberpage", "accounts.user", "support.ticket",
        "billing.invoice", "billing.settlement", "billing.topup", "cases.case",
        "mentors.mentorprofile", "notifications.email", "reviews.review",
        "sessions_video.extension", "sessions_video.roomreport",
    },
    "finance": {
        "accounts.auditentry", "accounts.memberpage", "accounts.user", "support.ticket",
        "billing.adjustment", "billing.connectedaccount", "billing.correction", "billing.dispute", "billing.hold",
        "billing.invoice",
        "billing.ledgeraccount", "billing.ledgertransaction", "billing.payout", "billing.refund", "billing.settlement",
        "billing.stripeevent", "billing.stripeimport", "billing.stripemovement", "billing.topup",
        "billing.transferreversal",
    },
}  # fmt: skip
# Where a role decides or adds.
WRITES = {
    "moderation": {
        "catalog.category", "catalog.nameproposal", "catalog.skill", "catalog.training", "mentors.mentorprofile",
        "messaging.report", "reviews.review", "support.ticket",
    },
    "support": {"cases.case", "support.ticket"},
    "finance": {
        "billing.correction", "billing.invoice", "billing.payout", "billing.refund", "billing.stripeevent",
        "billing.stripeimport", "support.ticket",
    },
}  # fmt: skip
ACTIONS = {
    "moderation": {"avertissement", "suspension"},
    "support": {"avertissement", "vue"},
    "finance": set(),
    "administrator": {"avertissement", "suspension", "roles", "vue"},
}


def registered() -> Iterator[tuple[str, Any]]:
    for model, options in admin.site._registry.items():
        yield f"{model._meta.app_label}.{model._meta.model_name}", options


def test_each_group_has_exactly_the_permissions_of_the_table() -> None:
    for role in ROLES:
        given = Group.objects.get(name=role.name).permissions.select_related("content_type")
        assert {f"{each.content_type.app_label}.{each.codename}" for each in given} == role.permissions


def test_a_permission_given_by_hand_does_not_stay() -> None:
    group = Group.objects.get(name=SUPPORT.name)
    group.permissions.add(Permission.objects.get(codename="change_payout"))
    follow_table("billing")
    assert not group.permissions.filter(codename="change_payout").exists()


@pytest.mark.parametrize("role", [MODERATION, SUPPORT, FINANCE], ids=lambda role: role.name)
def test_each_role_opens_its_lists_and_no_other(role: Role) -> None:
    client = signed_in(person_with(role))
    opened, refused = set(), {}
    for name, _options in registered():
        app, model = name.split(".")
        status = client.get(reverse(f"admin:{app}_{model}_changelist")).status_code
        if status == 200:
            opened.add(name)
        else:
            refused[name] = status
    assert opened == LISTS[role.name]
    assert set(refused.values()) == {403}


@pytest.mark.parametrize("role", [MODERATION, SUPPORT, FINANCE], ids=lambda role: role.name)
def test_each_role_writes_only_where_it_decides(role: Role) -> None:
    written = set()
    for permission in role.permissions:
        app, _, codename = permission.partition(".")
        verb, _, model = codename.partition("_")
        if verb in {"add", "change"}:
            written.add(f"{app}.{model}")
    assert written == WRITES[role.name]


def test_an_administrator_opens_everything() -> None:
    client = signed_in(person_with(ADMINISTRATOR))
    closed = []
    for name, _options in registered():
        app, model = name.split(".")
        if client.get(reverse(f"admin:{app}_{model}_changelist")).status_code != 200:
            closed.append(name)
    assert closed == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_each_role_does_its_actions_on_a_member(role: Role, karim: User) -> None:
    client = signed_in(person_with(role))
    allowed = {
        verb
        for verb in ("avertissement", "suspension", "retablissement", "roles", "vue")
        if client.get(reverse("admin:accounts_user_action", args=[karim.pk, verb])).status_code == 200
    }
    assert allowed - {"retablissement"} == ACTIONS[role.name]
    assert ("retablissement" in allowed) == ("suspension" in allowed)
    page = text_of(client.get(reverse("admin:accounts_user_change", args=[karim.pk])))
    address = {verb: reverse("admin:accounts_user_action", args=[karim.pk, verb]) for verb in ACTIONS["administrator"]}
    offered = {verb for verb in address if address[verb] in page}
    assert offered == ACTIONS[role.name]


def test_someone_of_the_team_without_a_role_opens_nothing() -> None:
    client = signed_in(person_with())
    assert all(
        client.get(reverse(f"admin:{name.replace('.', '_')}_changelist")).status_code == 403
        for name, _options in registered()
    )
    assert "Aucun rôle ne vous est donné" in text_of(client.get(reverse("pages:team")))


def test_money_is_corrected_by_two_people_of_the_finances() -> None:
    """The rule itself is billing's, and the database's: here, that no role goes around it."""
    assert {"billing.add_correction", "billing.approve_correction"} <= FINANCE.permissions
    for role in (MODERATION, SUPPORT):
        assert not {"billing.add_correction", "billing.approve_correction"} & role.permissions


# --- giving roles ---


def test_an_administrator_gives_a_role_with_a_reason_which_is_traced(karim: User) -> None:
    boss = person_with(ADMINISTRATOR)
    client = signed_in(boss)
    address = reverse("admin:accounts_user_action", args=[karim.pk, "roles"])
    unfounded = client.post(address, {"roles": ["support"], "reason": ""})
    assert "elle reste dans la trace" in text_of(unfounded)
    assert client.post(address, {"roles": ["support"], "reason": "Remplace Sylvie."}).status_code == 302
    karim.refresh_from_db()
    assert karim.is_staff
    assert list(karim.groups.values_list("name", flat=True)) == ["support"]
    entry = AuditEntry.objects.get(action="accounts.roles")
    assert (entry.actor, entry.reason) == (boss, "– → support. Remplace Sylvie.")
    assert client.post(address, {"roles": ["support"], "reason": "Encore."}).status_code == 302
    assert AuditEntry.objects.filter(action="accounts.roles").count() == 1
    assert client.post(address, {"reason": "Il est parti."}).status_code == 302
    karim.refresh_from_db()
    assert (karim.is_staff, karim.groups.count()) == (False, 0)


def test_nobody_changes_his_own_roles_nor_gives_them_without_being_an_administrator(karim: User) -> None:
    boss, moderator = person_with(ADMINISTRATOR), person_with(MODERATION)
    with pytest.raises(OwnRoles):
        give_roles(member=boss, by=boss, roles=["finance"], reason="Je peux.")
    with pytest.raises(TeamMember):
        give_roles(member=karim, by=moderator, roles=["finance"], reason="Je peux.")
    with pytest.raises(NoReason):
        give_roles(member=karim, by=boss, roles=["finance"], reason=" ")
    assert not is_administrator(moderator)
    own = reverse("admin:accounts_user_action", args=[boss.pk, "roles"])
    assert "Personne ne change ses propres rôles" in text_of(
        signed_in(boss).post(own, {"roles": ["finance"], "reason": "Je peux."})
    )


# --- every action with a reason ---


def test_everything_in_the_administration_is_read_only_or_asks_for_a_reason() -> None:
    """What is decided or done about the money has pages of its own, which ask; here, what the plain forms save."""
    boss = User.objects.create_superuser("racine@team.example", "sesame-ouvre-toi")
    request: Any = type("Request", (), {"user": boss, "GET": {}, "META": {}})()
    silent = []
    for name, options in registered():
        assert not options.has_delete_permission(request), name
        adds, changes = options.has_add_permission(request), options.has_change_permission(request)
        if not adds and not changes:
            continue
        if isinstance(options, DecisionAdmin):
            assert options.fields == options.readonly_fields, name
            continue
        if name == "billing.correction":  # its own page asks: tests/billing/test_admin_corrections.py
            continue
        if "reason" not in options.get_form(request).base_fields:
            silent.append(name)
    assert silent == []
    assert admin.site.is_registered(Setting)


def test_roles_have_their_name_in_the_filter_of_members_and_in_their_list() -> None:
    client = signed_in(person_with(ADMINISTRATOR))
    helper = person_with(SUPPORT, name="Camille")
    page = client.get(reverse("admin:accounts_user_changelist"), {"role": "support"})
    assert [member.pk for member in page.context["cl"].result_list] == [helper.pk]
    assert "Assistance</a>" in text_of(page)
    Group.objects.create(name="relecture")
    listed = text_of(client.get(reverse("admin:auth_group_changelist")))
    assert "Demandes des membres, réclamations" in listed
    assert "relecture" in listed


def test_lists_are_called_after_what_they_hold() -> None:
    page = text_of(signed_in(person_with(ADMINISTRATOR)).get(reverse("admin:accounts_memberpage_changelist")))
    assert "<h1>Pages personnelles</h1>" in page
    assert "Sélectionnez" not in page


def test_a_member_is_not_edited_in_the_administration(karim: User) -> None:
    client = signed_in(User.objects.create_superuser("racine@team.example", "sesame-ouvre-toi"))
    address = reverse("admin:accounts_user_change", args=[karim.pk])
    assert client.post(address, {"email": "autre@example.org", "is_active": ""}).status_code == 403
    karim.refresh_from_db()
    assert karim.is_active
