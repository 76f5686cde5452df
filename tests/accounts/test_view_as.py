"""« Voir comme »: reading only, said on every page, half an hour, never a conversation."""

import asyncio
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts import legal
from accounts.asking_again import ACCEPTED, SEEN
from accounts.errors import NoReason, NotToBeSeen
from accounts.legal import TERMS, Version
from accounts.models import AuditEntry, User
from accounts.roles import ADMINISTRATOR, MODERATION, SUPPORT
from accounts.sockets import NOT_WHILE_VIEWING, RefuseWhileViewing
from accounts.viewing import KEY, start
from core import clock
from stripe_sandbox import Sandbox
from tests.accounts.team import person_with, signed_in, text_of
from tests.architecture.world import OURS, World, answer
from tests.sessions_video.conftest import pass_time
from tests.stripe import sandbox

__all__ = ["sandbox"]

WHY = "Il dit que son crédit ne s’affiche pas."
pytestmark = pytest.mark.django_db
OPEN = {"pages:team_view_end"}


def looking_at(member: User, by: User) -> Any:
    client = signed_in(by)
    response = client.post(reverse("admin:accounts_user_action", args=[member.pk, "vue"]), {"reason": WHY})
    assert response["Location"] == reverse("pages:account")
    return client


def test_support_reads_what_a_member_reads_and_ends(karim: User) -> None:
    support = person_with(SUPPORT)
    client = looking_at(karim, support)
    entry = AuditEntry.objects.get(action="accounts.view_as")
    assert (entry.actor, entry.reason, entry.reference) == (support, WHY, f"user:{karim.pk}")
    for name in ("pages:account", "billing:credit", "bookings:my_sessions", "pages:home"):
        page = text_of(client.get(reverse(name)))
        assert "Vous voyez le site comme <strong>Karim Benali</strong>" in page
        assert reverse("pages:team_view_end") in page
    assert "Bonjour Karim" in text_of(client.get(reverse("pages:account")))
    assert client.post(reverse("pages:team_view_end"))["Location"] == reverse("pages:team")
    assert "Vous voyez le site comme" not in text_of(client.get(reverse("pages:team")))


@pytest.mark.parametrize(
    "name", ["messaging:inbox", "admin:index", "account_email", "mfa_index", "bookings:calendar_feed", "pages:team"]
)
def test_what_is_private_is_not_shown(karim: User, name: str) -> None:
    client = looking_at(karim, person_with(SUPPORT))
    response = client.get(reverse(name))
    assert response.status_code == 404
    assert "ne se voient pas à sa place" in text_of(response)


def test_texts_that_changed_are_asked_of_nobody_at_anothers_place(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = Version("2027-03", date(2027, 3, 1), ("La commission passe à 18 %.",))
    monkeypatch.setitem(legal.HISTORY, TERMS, (*legal.HISTORY[TERMS], changed))
    karim.legal_acceptances.create(document=TERMS, version=legal.HISTORY[TERMS][0].name, accepted_at=clock.now())
    client = looking_at(karim, person_with(SUPPORT))
    assert client.get(reverse("pages:account")).status_code == 200
    assert not {ACCEPTED, SEEN} & set(client.session.keys())


def test_half_an_hour_later_it_is_over(karim: User) -> None:
    client = looking_at(karim, person_with(SUPPORT))
    pass_time(31 * 60)
    assert "Vous voyez le site comme" not in text_of(client.get(reverse("pages:account")))
    assert KEY not in client.session


def test_who_loses_the_right_looks_no_longer(karim: User) -> None:
    support = person_with(SUPPORT)
    client = looking_at(karim, support)
    support.groups.clear()
    assert "Vous voyez le site comme" not in text_of(client.get(reverse("pages:account")))


def test_it_needs_a_reason_and_a_member_who_is_not_of_the_team(karim: User) -> None:
    boss, moderator = person_with(ADMINISTRATOR), person_with(MODERATION)
    with pytest.raises(NotToBeSeen):
        start(session={}, member=moderator, by=boss, reason=WHY)
    with pytest.raises(NoReason):
        start(session={}, member=karim, by=boss, reason=" ")
    assert (
        signed_in(moderator)
        .post(reverse("admin:accounts_user_action", args=[karim.pk, "vue"]), {"reason": WHY})
        .status_code
        == 403
    )
    client = looking_at(karim, boss)
    karim.is_staff = True
    karim.save()
    assert "Vous voyez le site comme" not in text_of(client.get(reverse("pages:account")))


def test_no_address_takes_anything_but_reading(db: None, sandbox: Sandbox) -> None:
    world = World()
    client = looking_at(world.room.learner, person_with(SUPPORT))
    passed = {}
    for name, pattern in OURS:
        if name in OPEN:
            continue
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            response = answer(client, method, world.address(name, pattern))
            if response.status_code != 403 or "rien n’a été changé" not in text_of(response):
                passed[name, method] = response.status_code
    assert passed == {}


def test_a_socket_is_refused() -> None:
    sent: list[str] = []

    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})

    async def receive() -> dict[str, str]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(f"{message['type']} {message.get('code', '')}".strip())

    door = RefuseWhileViewing(inner)
    asyncio.run(door({"session": {KEY: {}}}, receive, send))
    asyncio.run(door({"session": {}}, receive, send))
    assert sent == [f"websocket.close {NOT_WHILE_VIEWING}", "websocket.accept"]
