"""The room, its relay credentials and the proof: for both people, a stranger, a visitor, and on other days."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from sessions_video import services
from tests.sessions_video.conftest import Room, make_member, make_mentor, pass_time, request

pytestmark = pytest.mark.django_db


def url(name: str, room: Room) -> str:
    return reverse(f"sessions_video:{name}", args=[room.video_session.booking.reference])


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match
    return match.group(1)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.requirement("SK-12", "SK-78", "SK-79", "SK-80", "SK-82", "SK-83")
def test_both_people_enter_on_the_day(room: Room) -> None:
    for user in (room.mentor, room.learner):
        page = signed_in(user).get(url("room", room))
        text = page.content.decode()
        assert page.status_code == 200
        assert "webcam et un casque avec micro" in text
        assert "Chrome ou de Firefox" in text
        assert "Se connecter" in text
        config = json.loads(found(r'id="room-config"[^>]*>(.*?)</script>', text))
        assert config["role"] == ("mentor" if user == room.mentor else "learner")
        assert room.video_session.booking.mentor.email not in text
        assert room.video_session.booking.learner.email not in text


@pytest.mark.requirement("SK-87")
def test_only_the_mentor_is_offered_to_start_the_paid_time(room: Room) -> None:
    assert "Démarrer la session payante" in signed_in(room.mentor).get(url("room", room)).content.decode()
    assert "Démarrer la session payante" not in signed_in(room.learner).get(url("room", room)).content.decode()


@pytest.mark.parametrize("name", ["room", "ice", "proof"])
def test_nobody_else_finds_the_room(room: Room, stranger: User, name: str) -> None:
    assert signed_in(stranger).get(url(name, room)).status_code == 404
    visitor = Client().get(url(name, room))
    assert visitor.status_code == 302
    assert "/connexion/" in visitor["Location"]
    assert signed_in(room.mentor).post(url(name, room)).status_code == 405


@pytest.mark.requirement("SK-82", "SK-103")
def test_the_room_is_closed_on_another_day(room: Room) -> None:
    pass_time(24 * 3600)
    page = signed_in(room.learner).get(url("room", room))
    assert page.status_code == 403
    text = page.content.decode()
    assert "La salle est ouverte le" in text
    assert "(Europe/Paris)" in text
    assert signed_in(room.learner).get(url("ice", room)).status_code == 403


def test_a_booking_that_is_not_confirmed_has_no_room(morning: None, db: None) -> None:
    learner = make_member("Karim")
    booking = request(make_mentor(), learner)
    page = signed_in(learner).get(reverse("sessions_video:room", args=[booking.reference]))
    assert page.status_code == 403
    assert "pas confirmée" in page.content.decode()
    assert signed_in(learner).get(reverse("sessions_video:ice", args=[booking.reference])).status_code == 403


def test_without_a_relay_the_list_of_servers_is_empty(room: Room) -> None:
    assert signed_in(room.learner).get(url("ice", room)).json()["iceServers"] == []


def test_the_relay_gets_credentials_that_expire(room: Room, settings: Settings) -> None:
    settings.STUN_URLS = ["stun:relay.example:3478"]
    settings.TURN_URLS = ["turn:relay.example:3478?transport=udp"]
    settings.TURN_SECRET = "secret"
    stun, turn = signed_in(room.learner).get(url("ice", room)).json()["iceServers"]
    assert stun == {"urls": ["stun:relay.example:3478"]}
    assert turn["urls"] == settings.TURN_URLS
    assert re.fullmatch(rf"\d+:{room.pk}\.{room.learner.pk}", turn["username"])
    assert turn["credential"]


@pytest.mark.requirement("SK-48", "SK-49")
def test_the_proof_is_the_same_for_both_and_adds_up(held: Callable[[], Room]) -> None:
    room = held()
    texts = [signed_in(user).get(url("proof", room)).content.decode() for user in (room.mentor, room.learner)]
    for text in texts:
        assert "Relevé de session" in text
        assert "Karim a quitté l’appel" in text
        assert "Karim est de retour" in text
        assert "Fin du temps gratuit" in text
        assert "par les deux personnes" in text
    amounts = [found(r'data-figure="amount">([^<]*)<', text) for text in texts]
    assert amounts[0] == amounts[1] != "0,00 €"


def test_an_ended_session_leads_to_its_proof(held: Callable[[], Room]) -> None:
    room = held()
    page = signed_in(room.learner).get(url("room", room))
    assert page.status_code == 200
    assert url("proof", room) in page.content.decode()


def test_there_is_no_proof_before_the_end(room: Room) -> None:
    assert signed_in(room.learner).get(url("proof", room)).status_code == 404


def test_the_proof_of_a_day_without_session_says_so(room: Room) -> None:
    pass_time(24 * 3600)
    services.sweep_session(room.pk)
    assert "rien n’a été compté" in signed_in(room.learner).get(url("proof", room)).content.decode()
