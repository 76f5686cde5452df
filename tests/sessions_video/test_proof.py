"""What the proof shows beside the count: who was in the room, the same for both and the team, and as a file."""

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from billing.spreadsheets import RISKY
from core import references
from sessions_video import services
from sessions_video.presences import joined, presences_of
from tests.sessions_video.conftest import Room, pass_time
from tests.sessions_video.test_pages import signed_in, url

pytestmark = pytest.mark.django_db


def lines_of(user: User, room: Room) -> list[list[str]]:
    answer = signed_in(user).get(url("proof_file", room))
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def team_member(*permissions: str) -> User:
    member = User.objects.create_user(email=f"{len(permissions)}@equipe.example", password="x", is_staff=True)
    member.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return member


def test_spans_that_touch_or_nearly_are_one_stay() -> None:
    assert joined([(50, 60), (0, 10), (15, 20), (18, 19)], 5) == [(0, 20), (50, 60)]
    assert joined([(0, 100), (10, 20), (106, 110)], 5) == [(0, 100), (106, 110)]
    assert joined([], 5) == []


def test_somebody_who_waits_alone_is_seen_in_the_proof(room: Room) -> None:
    for _ in range(4):
        services.note_visit(video_session=room.video_session, by=room.mentor)
        pass_time(15)
    pass_time(600)
    services.note_visit(video_session=room.video_session, by=room.mentor)
    stays = presences_of(room.fresh())
    assert [(stay.person, stay.seconds) for stay in stays] == [(room.mentor, 45), (room.mentor, 0)]
    pass_time(24 * 3600)
    services.sweep_session(room.pk)
    text = signed_in(room.learner).get(url("proof", room)).content.decode()
    assert "rien n’a été compté" in text
    assert text.count(room.mentor.get_full_name()) >= 2
    assert "0:45" in text


def test_waiting_and_the_call_are_one_stay(room: Room) -> None:
    services.note_visit(video_session=room.video_session, by=room.learner)
    pass_time(20)
    room.both_join()
    room.spend(60)
    room.leave(room.learner)
    (learner,) = [stay for stay in presences_of(room.fresh()) if stay.person == room.learner]
    assert learner.seconds == 80


def test_a_day_nobody_came_says_so(room: Room) -> None:
    pass_time(24 * 3600)
    services.sweep_session(room.pk)
    assert "Personne n’a ouvert la salle" in signed_in(room.mentor).get(url("proof", room)).content.decode()


def test_the_file_says_what_the_page_says_to_both(held: Callable[[], Room]) -> None:
    room = held()
    mine, theirs = lines_of(room.mentor, room), lines_of(room.learner, room)
    assert mine == theirs
    head, *rows = mine
    assert head[0] == "Intervalle"
    paid = [row for row in rows if row[1] == "Payé"]
    (total,) = [row for row in rows if row[1] == "Total payé"]
    assert sum(int(row[4]) for row in paid) == int(total[4]) == room.fresh().billed_seconds
    cents = [round(float(row[6].replace(",", ".")) * 100) for row in [*paid, total]]
    assert sum(cents[:-1]) == cents[-1] == room.fresh().amount_cents
    assert {row[1] for row in rows if row[1].startswith("Présence")} == {
        f"Présence\u202f: {user.get_full_name()}" for user in (room.mentor, room.learner)
    }


def test_the_team_reads_the_same_proof(held: Callable[[], Room]) -> None:
    room = held()
    member = team_member("view_videosession")
    assert lines_of(member, room) == lines_of(room.learner, room)
    page = signed_in(member).get(url("proof", room))
    assert page.status_code == 200
    assert "Voir la réservation" not in page.content.decode()


def test_a_member_of_the_team_without_the_right_finds_nothing(held: Callable[[], Room], stranger: User) -> None:
    room = held()
    # Rights without being of the team are none.
    stranger.user_permissions.set(Permission.objects.filter(codename="view_videosession"))
    for user in (team_member(), stranger):
        for name in ("proof", "proof_file"):
            assert signed_in(user).get(url(name, room)).status_code == 404
    assert Client().get(url("proof_file", room)).status_code == 302


def test_other_screens_of_the_team_find_the_proof_once_the_session_has_ended(room: Room) -> None:
    subject = f"proof:{room.fresh().booking.ledger_reference}"
    assert references.describe(subject) is None
    pass_time(24 * 3600)
    services.sweep_session(room.pk)
    found = references.describe(subject)
    assert found is not None
    assert found.label == room.fresh().booking.subject
    assert signed_in(room.mentor).get(found.url).status_code == 200
    assert references.describe("proof:thread:abc") is None


def test_a_name_is_no_formula_of_a_spreadsheet(held: Callable[[], Room]) -> None:
    room = held()
    User.objects.filter(pk__in=(room.learner.pk, room.mentor.pk)).update(first_name='=HYPERLINK("x";"y")')
    cells = [cell for row in lines_of(room.mentor, room) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(RISKY)] == []
