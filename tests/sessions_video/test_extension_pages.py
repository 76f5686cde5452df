"""What people see of an extension: the word that time runs, the tab of the bank, the team's list, the proof."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from billing.services import payments
from core import clock
from sessions_video import services
from sessions_video.errors import AlreadyPaid
from stripe_sandbox import Sandbox
from tests.sessions_video.conftest import Room
from tests.sessions_video.longer import DECLINED_LATER, accept, ask, end, ending, refuse
from tests.stripe import ACCEPTED, session_of

__all__ = ["ending"]

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SK-88")
def test_the_paid_time_started_twice_says_that_it_runs(ending: Callable[..., Room]) -> None:
    room = ending()
    with pytest.raises(AlreadyPaid) as refused:
        services.start_paid(video_session=room.video_session, by=room.mentor)
    assert str(refused.value.user_message) == "Le temps payé est déjà en cours\u202f: rien n’a changé."


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("open", "n’est pas encore arrivé"), ("paid", "Paiement reçu"), ("failed", "Rien n’a été débité")],
)
def test_the_tab_of_the_bank_comes_back_to_a_page_that_says_what_happened(
    ending: Callable[..., Room], sandbox: Sandbox, outcome: str, words: str
) -> None:
    room = ending(credit_cents=0, card=DECLINED_LATER)
    _, url = ask(room, 10)
    if outcome == "paid":
        sandbox.pay(session_of(url), ACCEPTED)
    if outcome == "failed":
        payments.sweep_payments(now=clock.now() + timedelta(minutes=3))
    page = page_of(room.learner, room)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert ("Refresh" in page) == (outcome == "open")
    assert page_of(room.mentor, room).status_code == 404


def test_the_team_reads_extensions_and_changes_none(ending: Callable[..., Room], admin_client: Client) -> None:
    extension, _ = ask(ending(), 10)
    listed = admin_client.get(reverse("admin:sessions_video_extension_changelist"))
    assert "7,83" in listed.content.decode()
    change = reverse("admin:sessions_video_extension_change", args=[extension.pk])
    page = admin_client.get(change)
    assert page.status_code == 200
    assert "10 min" in page.content.decode()
    assert admin_client.post(change, {"status": "accepted"}).status_code == 403
    assert admin_client.get(reverse("admin:sessions_video_extension_add")).status_code == 403


@pytest.mark.requirement("SK-93", "SK-94")
def test_the_proof_shows_who_asked_for_what_and_who_agreed(ending: Callable[..., Room]) -> None:
    room = ending()
    refuse(room, ask(room, 5)[0])
    accept(room, ask(room, 10)[0])
    end(room)
    for user in (room.learner, room.mentor):
        text = proof_of(user, room)
        assert "Refusée par Inès" in text
        assert "Acceptée par Inès" in text
        assert "10\u00a0min de plus, par Karim" in text
        assert "7,83" in text
        assert "sur 19,58\u00a0€ bloqués" in text


def proof_of(user: User, room: Room) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("sessions_video:proof", args=[room.video_session.booking.reference])).content.decode()


def page_of(user: User, room: Room) -> HttpResponse:
    client = Client()
    client.force_login(user)
    address = reverse("sessions_video:payment_return", args=[room.video_session.booking.reference])
    return cast(HttpResponse, client.get(address))
