"""A member's sessions in his own calendar, at an address that is its own key."""

import logging
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from bookings import services
from bookings.feeds import FEED_MOST, FEED_PAST, sessions_of_feed
from bookings.models import Booking, CalendarFeed
from bookings.services.feeds import renew_feed
from catalog.models import Skill
from core import clock
from core.logs import HideSecrets
from notifications.models import Email
from notifications.services import deliver
from tests.bookings.making import NOW, START, confirmed, soon, text_of

PAGE = "/compte/agenda/"


@pytest.fixture
def paid(karim: User, claire: User, skill: Skill) -> Booking:
    return confirmed(karim, claire, **soon())


def address_of(client: Client, user: User) -> str:
    """As the member finds it on his page."""
    client.force_login(user)
    if not CalendarFeed.objects.filter(user=user).exists():
        client.post(reverse("bookings:calendar_feed_renewal"))
    whole: str = client.get(PAGE).context["address"]
    client.logout()
    return whole[whole.index("/agenda/") :]


def renew(client: Client, user: User) -> None:
    client.force_login(user)
    client.post(reverse("bookings:calendar_feed_renewal"), {"replaces": CalendarFeed.objects.get(user=user).reference})
    client.logout()


@pytest.mark.requirement("SK-67")
def test_whoever_has_the_address_reads_the_sessions_without_logging_in(
    client: Client, karim: User, claire: User, paid: Booking
) -> None:
    answer = client.get(address_of(client, karim))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, max-age=300"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert "Set-Cookie" not in answer
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == paid.starts_at
    assert "Claire Roux" in str(event["summary"])
    assert karim.email not in answer.content.decode()
    assert claire.email not in answer.content.decode()


def test_the_page_gives_the_address_only_after_it_was_asked_for(client: Client, karim: User) -> None:
    client.force_login(karim)
    assert "Créer mon adresse d’agenda" in text_of(client.get(PAGE))
    assert not CalendarFeed.objects.exists()
    client.post(reverse("bookings:calendar_feed_renewal"))
    answer = client.get(PAGE)
    assert "webcal://" in text_of(answer)
    assert answer["Cache-Control"] == "private, no-store"


def test_a_new_address_ends_the_old_one(client: Client, karim: User, paid: Booking) -> None:
    old = address_of(client, karim)
    renew(client, karim)
    new = address_of(client, karim)
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)


def test_an_address_taken_away_gives_nothing(client: Client, karim: User) -> None:
    address = address_of(client, karim)
    client.force_login(karim)
    client.post(reverse("bookings:calendar_feed_removal"))
    client.logout()
    assert client.get(address).status_code == 404


def test_asking_twice_for_a_new_address_changes_it_once(client: Client, karim: User) -> None:
    address_of(client, karim)
    shown = CalendarFeed.objects.get().reference
    first = renew_feed(user=karim, replaces=shown)
    assert renew_feed(user=karim, replaces=shown).reference == first.reference != shown


@pytest.mark.parametrize("tampered", ["reference", "key", "other"])
def test_another_key_opens_nothing(client: Client, karim: User, claire: User, tampered: str) -> None:
    _, _, reference, key = address_of(client, karim).removesuffix(".ics").split("/")
    _, _, other, _ = address_of(client, claire).removesuffix(".ics").split("/")
    given = {"reference": ("x" * 16, key), "key": (reference, "0" * len(key)), "other": (other, key)}[tampered]
    assert client.get(f"/agenda/{given[0]}/{given[1]}.ics").status_code == 404


def test_the_key_of_an_address_is_kept_nowhere(client: Client, karim: User) -> None:
    key = address_of(client, karim).removesuffix(".ics").split("/")[-1]
    assert len(key) == 40
    assert key not in repr(list(CalendarFeed.objects.values()))


def test_a_member_who_left_is_read_by_nobody(client: Client, karim: User) -> None:
    address = address_of(client, karim)
    User.objects.filter(pk=karim.pk).update(is_active=False)
    assert client.get(address).status_code == 404


def test_nobody_reads_the_sessions_of_another_in_his_own_feed(
    client: Client, nadia: User, karim: User, paid: Booking
) -> None:
    assert paid.reference not in client.get(address_of(client, nadia)).content.decode()


def test_a_calendar_that_has_it_already_is_sent_nothing(client: Client, karim: User, paid: Booking) -> None:
    address = address_of(client, karim)
    etag = client.get(address)["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    services.cancel_booking(booking=paid, by=karim)
    after = client.get(address, headers={"If-None-Match": etag})
    assert after.status_code == 200
    assert paid.reference not in after.content.decode()


def test_a_feed_holds_a_bounded_number_of_sessions(karim: User, paid: Booking, monkeypatch: pytest.MonkeyPatch) -> None:
    assert FEED_MOST == 300
    assert sessions_of_feed(karim, now=paid.starts_at + FEED_PAST) == [paid]
    assert sessions_of_feed(karim, now=paid.starts_at + FEED_PAST + timedelta(days=1)) == []
    monkeypatch.setattr("bookings.feeds.FEED_MOST", 0)
    assert sessions_of_feed(karim) == []


def test_the_journal_does_not_tell_the_address(client: Client, karim: User) -> None:
    address = address_of(client, karim)
    key = address.split("/")[-1]
    line = logging.LogRecord("uvicorn.access", logging.INFO, "", 1, '%s - "%s %s"', ("::1", "GET", address), None)
    assert HideSecrets().filter(line)
    assert "GET /agenda/" in line.getMessage()
    assert key.removesuffix(".ics") not in line.getMessage()


# --- in e-mails ---


def events_of(kind: str, to: User) -> list[str]:
    """The files of each e-mail, as the mail program of its reader gets them."""
    found = []
    for email in Email.objects.filter(kind=kind, recipient=to):
        mail.outbox.clear()
        deliver(email_id=email.pk, now=clock.now() + timedelta(days=400))
        message = message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                assert part["Content-Type"].params["method"] in {"REQUEST", "CANCEL"}
                found.append(part.get_content().replace("\r\n ", "").replace("\n ", ""))
    return found


@pytest.mark.requirement("SK-67", "SK-70")
def test_the_cancellation_names_the_same_event_and_is_newer(karim: User, claire: User, skill: Skill) -> None:
    booking = confirmed(karim, claire, now=NOW)
    services.cancel_booking(booking=booking, by=claire, now=START - timedelta(hours=1))
    (asked,) = events_of("bookings.confirmed", karim)
    (ended,) = events_of("bookings.canceled", karim)
    request, cancel = (Calendar.from_ical(each).walk("VEVENT")[0] for each in (asked, ended))
    assert request["uid"] == cancel["uid"]
    assert request.decoded("sequence") < cancel.decoded("sequence")
    assert "METHOD:REQUEST" in asked
    assert "METHOD:CANCEL" in ended
    assert str(request["organizer"]) == str(cancel["organizer"])
    assert str(request["attendee"]) == f"mailto:{karim.email}"
    assert request["attendee"].params["PARTSTAT"] == "ACCEPTED"
