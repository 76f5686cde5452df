"""The team proves twice who it is; members may. What was lost is taken away by somebody else, with a reason."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.errors import NoSecondFactor, NotAnAdministrator
from accounts.models import AuditEntry, User
from accounts.selectors import works_for_team
from accounts.services import remove_second_factor
from core.checks import no_demo_part_in_production
from messaging.selectors import may_see_all

pytestmark = pytest.mark.django_db
PASSWORD = "sesame-ouvre-toi"


@pytest.fixture(autouse=True)
def _as_on_real_servers(settings: Any) -> None:
    settings.TEAM_NEEDS_SECOND_FACTOR = True


def person(email: str, **rights: bool) -> User:
    user = User.objects.create_user(email, PASSWORD, first_name="Camille", last_name="Roux", **rights)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def camille() -> User:
    return person("camille@example.org", is_staff=True, is_superuser=True)


def code_of(user: User) -> str:
    secret = TOTP(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)).instance.data["secret"]
    _earlier, current, _later = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, current)))


def protected(user: User) -> User:
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    return user


def enter(client: Client, user: User) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


@pytest.mark.parametrize("place", ["admin:index", "admin:accounts_user_changelist", "admin:password_change"])
def test_without_a_second_factor_the_team_is_led_to_activate_it(place: str, camille: User, client: Client) -> None:
    client.force_login(camille)
    answer = client.get(reverse(place))
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("mfa_activate_totp")
    assert client.post(reverse("admin:accounts_user_change", args=[camille.pk]), {}).status_code == 302
    assert not may_see_all(camille)


def test_with_it_the_team_works(camille: User, client: Client) -> None:
    client.force_login(protected(camille))
    assert client.get(reverse("admin:index")).status_code == 200
    assert may_see_all(camille)


def test_codes_on_paper_alone_are_no_second_factor(camille: User) -> None:
    RecoveryCodes.activate(camille)
    assert not works_for_team(camille)


def test_the_demo_lets_the_team_in_and_production_refuses_that(camille: User, client: Client, settings: Any) -> None:
    settings.TEAM_NEEDS_SECOND_FACTOR = False
    client.force_login(camille)
    assert client.get(reverse("admin:index")).status_code == 200
    settings.DEMO = False
    assert "skilmi.E009" in {found.id for found in no_demo_part_in_production()}


def test_the_password_alone_opens_nothing_once_there_is_a_second_factor(camille: User, client: Client) -> None:
    answer = enter(client, protected(camille))
    assert answer.headers["Location"].startswith(reverse("mfa_authenticate"))
    assert client.get(reverse("admin:index")).status_code == 302
    answer = client.post(reverse("mfa_authenticate"), {"code": code_of(camille)})
    assert answer.status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


def test_how_the_team_came_in_and_did_not_is_kept(camille: User, client: Client) -> None:
    client.post(reverse("account_login"), {"login": camille.email, "password": "wrong"})
    enter(client, protected(camille))
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code_of(camille)})
    kept = [entry.action.removeprefix("accounts.") for entry in AuditEntry.objects.order_by("pk")]
    assert kept == ["password_refused", "second_factor_refused", "signed_in"]


def test_of_members_nothing_is_kept(client: Client) -> None:
    enter(client, person("karim@example.org"))
    client.post(reverse("account_login"), {"login": "a\x00@example.org", "password": "wrong"})
    assert not AuditEntry.objects.exists()


def test_the_team_keeps_its_second_factor_and_a_member_may_drop_his(camille: User, client: Client) -> None:
    for user, stays in ((camille, True), (person("karim@example.org"), False)):
        enter(client, protected(user))
        client.post(reverse("mfa_authenticate"), {"code": code_of(user)})
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        answer = client.post(reverse("mfa_deactivate_totp"))
        assert Authenticator.objects.filter(user=user).exists() is stays
        assert ("reste activée" in answer.content.decode()) is stays
        client.logout()


def test_an_administrator_takes_a_lost_factor_away_with_a_reason(camille: User, client: Client) -> None:
    lost = protected(person("paul@example.org", is_staff=True))
    client.force_login(protected(camille))
    page = reverse("admin:accounts_user_lost_factor", args=[lost.pk])
    assert page in client.get(reverse("admin:accounts_user_change", args=[lost.pk])).content.decode()
    assert "Donnez la raison" in client.post(page, {"reason": " "}).content.decode()
    client.post(page, {"reason": "Téléphone volé, rappelé au numéro connu."})
    assert not Authenticator.objects.filter(user=lost).exists()
    entry = AuditEntry.objects.get(action="accounts.second_factor_removed")
    assert (entry.actor, entry.reference) == (camille, f"user:{lost.pk}")
    assert "Téléphone volé" in entry.reason


def test_nobody_else_takes_a_factor_away(camille: User, client: Client) -> None:
    paul = protected(person("paul@example.org", is_staff=True))
    protected(camille)
    with pytest.raises(NotAnAdministrator):
        remove_second_factor(user=camille, by=paul, reason="Pour voir")
    with pytest.raises(NotAnAdministrator):
        remove_second_factor(user=camille, by=camille, reason="Pour voir")
    with pytest.raises(NoSecondFactor):
        remove_second_factor(user=person("lea@example.org"), by=camille, reason="Pour voir")
    client.force_login(paul)
    assert client.get(reverse("admin:accounts_user_lost_factor", args=[camille.pk])).status_code == 403


def test_nothing_secret_of_the_second_factor_is_in_its_e_mails(camille: User, client: Client) -> None:
    enter(client, protected(camille))
    assert not any(code_of(camille) in str(message.body) for message in mail.outbox)
