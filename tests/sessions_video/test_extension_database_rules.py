"""What the database refuses of an extension, whoever asks: attacked with raw SQL."""

import pytest
from django.db import IntegrityError, connection, transaction

from sessions_video.models import Extension
from stripe_sandbox import Sandbox
from tests.sessions_video.longer import accept, ask, come_near_the_end, paid_room, refuse

pytestmark = pytest.mark.django_db

SET = "UPDATE sessions_video_extension SET {} WHERE id = %s"
NEW = """INSERT INTO sessions_video_extension (video_session_id, request_id, ms, price_cents, card_cents, hold_number,
    status, begun_at, asked_at, expires_at, decided_at)
  SELECT video_session_id, gen_random_uuid(), {ms}, 1, 0, {hold}, {status}, begun_at, asked_at, expires_at, {decided}
    FROM sessions_video_extension WHERE id = %s"""
LIMIT = """UPDATE sessions_video_videosession SET limit_ms = limit_ms + 60000
  WHERE id = (SELECT video_session_id FROM sessions_video_extension WHERE id = %s)"""

PENDING_ATTACKS = [
    (SET.format("ms = ms + 60000"), "terms"),
    (SET.format("price_cents = 1"), "terms"),
    (SET.format("hold_number = 3"), "terms"),
    (SET.format("request_id = gen_random_uuid()"), "terms"),
    (SET.format("status = 'elsewhere'"), "extension_"),
    (SET.format("status = 'refused'"), "decision_is_whole"),
    (SET.format("decided_at = expires_at"), "decision_is_whole"),
    (SET.format("asked_at = NULL"), "mentor_was_asked"),
    (SET.format("status = 'paying'"), "mentor_was_asked"),
    (SET.format("expires_at = begun_at"), "expires_later"),
    (SET.format("status = 'accepted', decided_at = expires_at"), "agreed are"),
    (LIMIT, "agreed are"),
    (NEW.format(ms=60000, hold=2, status="'asked'", decided="NULL"), "one_pending_extension"),
    (NEW.format(ms=0, hold=2, status="'lapsed'", decided="expires_at"), "extension_terms"),
    (NEW.format(ms=60000, hold=1, status="'lapsed'", decided="expires_at"), "extension_terms"),
    (NEW.format(ms=60000, hold=2, status="'lapsed'", decided="begun_at - 1"), "decision_is_whole"),
    ("DELETE FROM sessions_video_extension WHERE id = %s", "append-only"),
]
ACCEPTED_ATTACKS = [
    (SET.format("status = 'refused'"), "decided"),
    (SET.format("decided_at = decided_at + 1"), "decided"),
    (NEW.format(ms=60000, hold=2, status="'accepted'", decided="decided_at"), "held_once"),
    (NEW.format(ms=60000, hold=3, status="'accepted'", decided="decided_at"), "agreed are"),
    (LIMIT, "agreed are"),
    ("DELETE FROM sessions_video_extension WHERE id = %s", "append-only"),
]


@pytest.fixture
def asked(sandbox: Sandbox, morning: None) -> Extension:
    return ask(come_near_the_end(paid_room(sandbox, credit_cents=1000)))[0]


@pytest.fixture
def accepted(sandbox: Sandbox, morning: None) -> Extension:
    room = come_near_the_end(paid_room(sandbox, credit_cents=1000))
    refuse(room, ask(room, 5)[0])
    extension, _ = ask(room)
    accept(room, extension)
    return extension


def attack(extension: Extension, statement: str, said: str) -> None:
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        run(statement, extension.pk)


def run(statement: str, pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.requirement("SK-94", "K-4")
@pytest.mark.parametrize(("statement", "said"), PENDING_ATTACKS)
def test_an_extension_that_waits_is_what_was_asked(asked: Extension, statement: str, said: str) -> None:
    attack(asked, statement, said)


@pytest.mark.requirement("SK-94", "K-4")
@pytest.mark.parametrize(("statement", "said"), ACCEPTED_ATTACKS)
def test_an_extension_that_was_agreed_stays_so(accepted: Extension, statement: str, said: str) -> None:
    attack(accepted, statement, said)
