from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications import kinds
from notifications.models import MutedKind, Notice

AT = datetime(2026, 12, 3, 9, 0, tzinfo=UTC)
LIST = "/notifications/"


@pytest.fixture
def notice(karim: User) -> Notice:
    return Notice.objects.create(
        recipient=karim, kind="bookings.confirmed", text="Session confirmée", url="/compte/", created_at=AT
    )


def test_the_page_lists_the_newest_first_and_never_marks(client: Client, karim: User, notice: Notice) -> None:
    client.force_login(karim)
    page = client.get(reverse("notifications:list"))
    assert "Session confirmée" in page.content.decode()
    assert "Tout marquer comme lu" in page.content.decode()
    notice.refresh_from_db()
    assert notice.read_at is None


def test_an_empty_page_says_so(client: Client, karim: User) -> None:
    client.force_login(karim)
    assert "Vous n’avez pas encore de notification" in client.get(LIST).content.decode()


def test_opening_a_notice_marks_it_and_leads_to_its_page(client: Client, karim: User, notice: Notice) -> None:
    client.force_login(karim)
    address = reverse("notifications:read", args=[notice.pk])
    for _twice in range(2):
        answer = client.post(address)
        assert (answer.status_code, answer["Location"]) == (302, "/compte/")
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert client.get(address).status_code == 405


def test_all_are_marked_at_once(client: Client, karim: User, notice: Notice) -> None:
    client.force_login(karim)
    assert client.post(reverse("notifications:read_all")).status_code == 302
    assert not Notice.objects.unread().exists()
    assert client.get(reverse("notifications:read_all")).status_code == 405


def test_a_stranger_cannot_open_a_notice(client: Client, nadia: User, notice: Notice) -> None:
    client.force_login(nadia)
    assert client.post(reverse("notifications:read", args=[notice.pk])).status_code == 404
    assert "Session confirmée" not in client.get(LIST).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["list", "read_all", "mute"])
def test_a_visitor_is_asked_to_log_in(client: Client, name: str) -> None:
    answer = client.post(reverse(f"notifications:{name}"))
    assert answer["Location"].startswith(reverse("account_login"))


def test_reminders_can_be_stopped_and_started_again(client: Client, karim: User) -> None:
    client.force_login(karim)
    address = reverse("notifications:mute")
    mutable = {kind.name for kind in kinds.registered().values() if kind.mutable}
    assert {"messaging.unread", "bookings.reminder"} <= mutable
    client.post(address, {"kind": sorted(mutable - {"bookings.reminder"})})
    assert list(MutedKind.objects.values_list("kind", flat=True)) == ["bookings.reminder"]
    client.post(address, {"kind": sorted(mutable)})
    assert not MutedKind.objects.exists()
    assert client.get(address).status_code == 405
