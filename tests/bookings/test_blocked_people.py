"""No request and no proposal between two people one of whom blocked the other; what is agreed goes on."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import services
from bookings.forms import offer_key
from bookings.models import Booking
from bookings.states import Status
from catalog.models import Skill
from messaging.errors import BlockedByOther, BlockedByYou
from messaging.models import Message, Thread
from messaging.services import block, unblock
from notifications.models import Email
from tests.bookings.making import START, ask, confirmed, counter, current_hash, soon, text_of


def form(skill: Skill) -> dict[str, Any]:
    given = {"offer": offer_key(skill.slug, ""), "duration": "60", "objectives": "Lire un bilan", "at": "14:00"}
    return given | {"day": soon()["day"], "client_token": uuid4()}


def test_a_request_to_somebody_who_blocked_is_refused_and_keeps_what_was_typed(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    block(by=claire, person=karim)
    client.force_login(karim)
    page = text_of(client.post(f"{reverse('bookings:new')}?mentor={claire.page.slug}", form(skill)))
    assert "ne souhaite plus recevoir vos messages ni vos demandes" in page
    assert "Lire un bilan</textarea>" in page
    assert not Booking.objects.exists()
    assert not Message.objects.exists()
    assert not Email.objects.exists()


def test_who_blocked_unblocks_before_asking(karim: User, claire: User, skill: Skill) -> None:
    block(by=karim, person=claire)
    with pytest.raises(BlockedByYou):
        ask(karim, claire)
    unblock(by=karim, person=claire)
    assert ask(karim, claire).status == Status.REQUESTED


def test_a_proposal_that_is_open_can_be_refused_or_accepted_but_not_replaced(
    karim: User, claire: User, skill: Skill
) -> None:
    booking = ask(karim, claire)
    block(by=karim, person=claire)
    with pytest.raises(BlockedByOther):
        counter(booking, claire)
    services.refuse(booking=booking, by=claire, now=booking.created_at)
    booking.refresh_from_db()
    assert (booking.status, booking.version) == (Status.DECLINED, 1)


def test_a_confirmed_session_stays_and_its_cancellation_is_told(karim: User, claire: User, skill: Skill) -> None:
    booking = confirmed(karim, claire)
    block(by=claire, person=karim)
    services.cancel_booking(booking=booking, by=karim, now=START.replace(day=1))
    assert Email.objects.filter(kind="bookings.canceled").count() == 2
    assert Thread.objects.get().messages.filter(data__event="canceled").exists()
    assert current_hash(booking)


def test_between_blocked_people_an_hour_is_proposed_without_words(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    booking = confirmed(karim, claire, **soon())
    block(by=claire, person=karim)
    client.force_login(karim)
    address = reverse("bookings:other_hour", args=[booking.reference])
    page = text_of(client.post(address, {"at": "16:00", "note": "S’il vous plaît"}))
    assert "ne souhaite plus recevoir vos messages" in page
    assert "S’il vous plaît</textarea>" in page
    assert not booking.joint_proposals.exists()
    client.post(address, {"at": "16:00", "note": ""})
    assert booking.joint_proposals.get().note == ""
