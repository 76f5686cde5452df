"""« Signaler un problème »: kept once, with what the page measured, for the team only; nothing strange gets in."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Email, Notice
from sessions_video import services
from sessions_video.errors import TooManyReports
from sessions_video.models import RoomReport
from sessions_video.services.reporting import MOST_REPORTS
from tests.sessions_video.conftest import Room, hold_session, pass_time

pytestmark = pytest.mark.django_db

MEASURED = {"connection": {"state": "connected", "codecs": ["audio/opus"]}, "samples": [{"at": 3, "grade": "good"}]}


def url(room: Room) -> str:
    return reverse("sessions_video:report", args=[room.video_session.booking.reference])


def sent(**changes: Any) -> dict[str, Any]:
    given = {"topic": "sound", "words": "Un écho.", "client_id": uuid4(), "statistics": json.dumps(MEASURED)}
    return given | changes


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_report_is_kept_once_and_its_author_is_thanked(room: Room) -> None:
    client, form = signed_in(room.learner), sent()
    for _ in range(2):
        answer = client.post(url(room), form)
        assert answer.status_code == 201
        assert "envoyé à l’équipe" in answer.json()["message"]
    report = RoomReport.objects.get()
    assert (report.author, report.topic, report.words) == (room.learner, "sound", "Un écho.")
    assert report.statistics == MEASURED
    notice = Notice.objects.get(kind="sessions_video.report_received")
    assert notice.recipient == room.learner
    assert not Email.objects.filter(kind="sessions_video.report_received").exists()


def test_each_person_reports_for_himself(room: Room) -> None:
    same = sent()
    for user in (room.learner, room.mentor):
        assert signed_in(user).post(url(room), same).status_code == 201
    assert set(RoomReport.objects.values_list("author", flat=True)) == {room.learner.pk, room.mentor.pk}


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": ""},
        {"topic": "money"},
        {"client_id": "mine"},
        {"words": "a" * 2001},
        {"statistics": "[1]"},
        {"statistics": "{"},
        {"statistics": '{"a": NaN}'},
        {"statistics": '{"a": [{"b": -1e999}]}'},
        {"statistics": '{"a": "\\u0000"}'},
        {"statistics": '{"\\ud800": 1}'},
        {"statistics": '{"a": ' + "[" * 5000 + "]" * 5000 + "}"},
        {"statistics": json.dumps({"a": "é" * 40_000}, ensure_ascii=False)},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_what_no_page_of_ours_sends_is_refused_with_a_sentence(room: Room, changes: dict[str, str]) -> None:
    answer = signed_in(room.learner).post(url(room), sent(**changes))
    assert answer.status_code == 400
    assert answer.json()["message"]
    assert RoomReport.objects.count() == 0


def test_a_stranger_and_a_visitor_find_nothing(room: Room, stranger: User) -> None:
    assert signed_in(stranger).post(url(room), sent()).status_code == 404
    assert Client().post(url(room), sent()).status_code == 302
    assert RoomReport.objects.count() == 0


def test_nobody_floods_the_team(room: Room) -> None:
    client = signed_in(room.learner)
    statuses = [client.post(url(room), sent()).status_code for _ in range(MOST_REPORTS + 1)]
    assert statuses == [201] * MOST_REPORTS + [429]
    assert signed_in(room.mentor).post(url(room), sent()).status_code == 201
    with pytest.raises(TooManyReports):
        services.report_problem(
            video_session=room.video_session,
            by=room.learner,
            client_id=uuid4(),
            topic="sound",
            words="",
            statistics={},
        )


def test_the_team_reads_it_beside_the_proof_and_the_events(room: Room, admin_client: Client) -> None:
    hold_session(room)
    strange = {**MEASURED, "samples": [{"at": 3, "grade": "<i>good</i>"}, "not a row"], "list": [[1], {"a": 2}]}
    signed_in(room.learner).post(url(room), sent(words="<script>", statistics=json.dumps(strange)))
    report = RoomReport.objects.get()
    page = admin_client.get(reverse("admin:sessions_video_roomreport_change", args=[report.pk]))
    text = page.content.decode()
    assert page.status_code == 200
    for words in ("connection.state", "audio/opus", "&lt;i&gt;good&lt;/i&gt;", "&lt;script&gt;", "demande à terminer"):
        assert words in text
    assert reverse("sessions_video:proof", args=[room.video_session.booking.reference]) in text
    assert 'name="_save"' not in text
    listed = admin_client.get(reverse("admin:sessions_video_roomreport_changelist"))
    assert room.video_session.booking.reference in listed.content.decode()
    assert admin_client.get(reverse("admin:sessions_video_roomreport_add")).status_code == 403


def test_a_table_made_to_be_huge_is_shown_in_part(room: Room, admin_client: Client) -> None:
    wide = {"samples": [{f"c{n}": 0 for n in range(4000)}, *[{}] * 399]}
    answer = signed_in(room.learner).post(url(room), sent(statistics=json.dumps(wide, separators=(",", ":"))))
    assert answer.status_code == 201
    page = admin_client.get(reverse("admin:sessions_video_roomreport_change", args=[RoomReport.objects.get().pk]))
    assert ">c0<" in page.content.decode()
    assert len(page.content) < 1_000_000


def test_an_early_report_counts_nothing(room: Room) -> None:
    room.both_join()
    before = room.fresh().revision
    pass_time(1)
    signed_in(room.learner).post(url(room), sent())
    assert room.fresh().revision == before
