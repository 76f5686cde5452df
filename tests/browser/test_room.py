"""Two people in one real call: images arrive, time is counted, people come and go, the bill is right."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from sessions_video.models import Lease, VideoSession
from sessions_video.states import Cause, Phase
from tests.browser.chromium import PATIENCE_MS
from tests.browser.seats import Seat, meet, take_seats
from tests.browser.stack import Stack
from tests.sessions_video.conftest import Room, at_local_hour, build_room

pytestmark = pytest.mark.browser


@pytest.fixture
def room(stack: Stack) -> Room:
    at_local_hour(9)
    return build_room()


@pytest.fixture
def seats(stack: Stack, sign_in: Callable[[User], Page], room: Room) -> tuple[Seat, Seat]:
    mentor, learner = take_seats(stack, sign_in, room)
    meet(mentor, learner)
    return mentor, learner


@pytest.mark.requirement("SK-12", "SK-80", "SK-83", "SK-84", "SK-85", "SK-87", "SK-88", "SK-89", "SK-90", "SK-98")
def test_a_whole_session_from_the_preview_to_the_bill(seats: tuple[Seat, Seat], room: Room, stack: Stack) -> None:
    mentor, learner = seats
    mentor.says("meter-state", "Temps gratuit en cours")
    learner.says("free", re.compile(r"^2:\d\d$"))
    write(learner, mentor, "Vous m’entendez bien ?")

    mentor.click("start-paid")
    for seat in (mentor, learner):
        seat.says("meter-state", "Décompte en cours")
        seat.notes(re.compile(r"Le décompte a commencé à 09:\d\d \(Europe/Paris\)\."))
    mentor.page.wait_for_timeout(4000)

    learner.click("leave")
    mentor.says("meter-state", re.compile("^En pause"))
    write(learner, mentor, "Je reviens tout de suite.")
    learner.connect()
    learner.sees_the_other()
    mentor.says("meter-state", "Décompte en cours")
    # The connection of before was replaced at once, not found dead while the time was counted.
    expect(mentor.page.locator(mentor.part("polite"))).not_to_contain_text("L’image ne passe pas")
    mentor.page.wait_for_timeout(3000)

    learner.click("end")
    learner.page.click('[data-room="end-dialog"] button[value="yes"]')
    mentor.page.click('[data-room="confirm-dialog"] button[value="yes"]')
    for seat in (mentor, learner):
        seat.says("final-title", "La session est terminée.")
        assert seat.errors == []
    check_the_bill(room, learner)


def write(one: Seat, other: Seat, words: str) -> None:
    one.page.fill(one.part("chat-input"), words)
    one.page.press(one.part("chat-input"), "Enter")
    for seat in (one, other):
        expect(seat.page.locator(seat.part("chat-log"))).to_contain_text(words)


def check_the_bill(room: Room, learner: Seat) -> None:
    row = wait_for_the_end(room)
    assert (row.phase, row.end_reason) == (Phase.ENDED, Cause.AGREED)
    segments = list(row.segments.values_list("started_at", "ended_at"))
    assert len(segments) == 2
    counted = sum(end - start for start, end in segments)
    assert row.billed_seconds == max(0, counted - row.free_ms) // 1000
    assert row.billed_seconds >= 6
    learner.page.click(learner.part("final-proof"))
    shown = learner.page.locator('[data-figure="amount"]').inner_text()
    assert shown == f"0,{row.amount_cents:02d}\u00a0€"
    assert row.booking.status == "settled"


def wait_for_the_end(room: Room) -> VideoSession:
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while (row := room.fresh()).handed_over_at is None and time.monotonic() < deadline:
        time.sleep(0.2)
    return row


@pytest.mark.requirement("SK-14", "SK-91")
def test_a_shared_screen_and_a_second_tab(seats: tuple[Seat, Seat], room: Room) -> None:
    mentor, learner = seats
    mentor.open_more("ask-share")
    learner.page.click('[data-room="share-dialog"] button[value="yes"]')
    mentor.notes(re.compile("partage son écran"))
    mentor.sees_the_screen()
    learner.click("share")
    mentor.notes(re.compile("ne partage plus"))

    second = Seat(learner.page.context.new_page(), learner.page.url)
    second.allow_devices()
    second.connect()
    learner.says("final-title", "Vous êtes déjà connecté dans un autre onglet.")
    second.sees_the_other()
    mentor.sees_the_other()
    assert room.spans() == [], "presence is unbroken"
    assert Lease.objects.filter(video_session=room.pk, closed_at=None).count() == 2
