"""Ending a kind of e-mail from the e-mail itself: one click, no password, and nothing else."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications import kinds, unsubscribing
from notifications.models import DailyKind, Email, MutedKind
from notifications.services import deliver, notify

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path_for(user: User, kind: str = "bookings.reminder") -> str:
    address = unsubscribing.address_for(user.pk, kinds.get(kind))
    return address[address.index("/notifications/") :]


@pytest.mark.requirement("K-16")
def test_one_post_of_a_mail_program_ends_the_kind(karim: User) -> None:
    client = Client(enforce_csrf_checks=True)
    for _twice in range(2):
        assert client.post(path_for(karim, "messaging.unread"), ONE_CLICK).status_code == 204
    assert list(MutedKind.objects.values_list("user", "kind")) == [(karim.pk, "messaging.unread")]


def test_opening_the_link_changes_nothing(client: Client, karim: User) -> None:
    page = client.get(path_for(karim))
    assert "Ne plus les recevoir" in page.content.decode()
    assert karim.email not in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert not MutedKind.objects.exists()


def test_a_person_ends_and_begins_again(client: Client, karim: User) -> None:
    assert client.post(path_for(karim)).status_code == 302
    assert "Les recevoir de nouveau" in client.get(path_for(karim)).content.decode()
    client.post(path_for(karim), {"resume": "1"})
    assert not MutedKind.objects.exists()


def test_the_link_of_one_speaks_for_nobody_else(client: Client, karim: User, nadia: User) -> None:
    client.force_login(nadia)
    client.post(path_for(karim))
    assert MutedKind.objects.get().user == karim


def test_an_address_we_did_not_make_is_unknown(client: Client, karim: User) -> None:
    path = path_for(karim)
    assert client.post(path.replace("/arret/", "/arret/x"), ONE_CLICK).status_code == 404
    User.objects.filter(pk=karim.pk).update(is_active=False)
    assert client.post(path, ONE_CLICK).status_code == 404
    assert not MutedKind.objects.exists()


@pytest.mark.requirement("K-16")
def test_only_emails_that_can_be_ended_say_how(karim: User) -> None:
    notify(recipient=karim, kind="messaging.unread", url="/", context={"author": karim, "count": 1, "excerpt": "Oui"})
    report = {"report": {"reason": "Merci."}, "upheld": True}
    notify(recipient=karim, kind="messaging.report_decided", url="/", context=report)
    for email in Email.objects.order_by("pk"):
        deliver(email_id=email.pk)
    unread, decided = (message.message() for message in mail.outbox)
    assert unread["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = unread["List-Unsubscribe"].strip("<>")
    assert address in Email.objects.get(kind="messaging.unread").body_text
    assert address in Email.objects.get(kind="messaging.unread").body_html
    assert "List-Unsubscribe" not in decided
    assert Client().get(address[address.index("/notifications/") :]).status_code == 200


def test_once_a_day_is_a_choice_for_what_can_be_grouped(client: Client, karim: User) -> None:
    client.force_login(karim)
    address = reverse("notifications:mute")
    assert "Une fois par jour" in client.get(reverse("notifications:list")).content.decode()
    client.post(address, {"kind": ["messaging.unread"], "daily": ["messaging.unread", "bookings.reminder"]})
    assert list(DailyKind.objects.values_list("kind", flat=True)) == ["messaging.unread"]
    client.post(address, {"kind": ["messaging.unread"]})
    assert not DailyKind.objects.exists()
