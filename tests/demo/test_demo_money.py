"""The demo's stories of money are lived in the order of time, whatever day it is."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import User
from core import clock
from demo.people import MENTORS
from demo.world import lives, money
from demo.world.lives import Life
from demo.world.time import PARIS, moved_clock

START = datetime(2026, 3, 2, 9, tzinfo=PARIS)


def test_lives_go_on_in_the_order_of_time_and_jobs_are_done_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[tuple[str, datetime]] = []

    def note(what: str) -> None:
        done.append((what, clock.now().replace(microsecond=0)))

    def life(name: str, *hours: int) -> Life:
        for hour in hours:
            yield START + timedelta(hours=hour)
            note(name)

    monkeypatch.setattr(lives, "run_due_jobs", lambda: note("jobs"))
    with moved_clock():
        lives.live([life("one", 0, 2, 30), life("two", 1, 2), life("nobody")])
    told = [(what, round((moment - START) / timedelta(hours=1))) for what, moment in done]
    assert told == [("jobs", 0), ("one", 0), ("two", 1), ("one", 2), ("two", 2), ("jobs", 30), ("one", 30)]


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2026, 3, 31), date(2027, 1, 1), date(2026, 11, 22)])
def test_two_sessions_of_the_mentor_are_in_the_month_that_has_ended(today: date) -> None:
    members = {key: User(email=key) for key in ("tom", "awa", MENTORS[0].email)}
    ended = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    first, second, *recent = money.meetings(members, today)
    for meeting in (first, second):
        assert meeting.starts_at.date().replace(day=1) == ended
        assert meeting.starts_at.date() - timedelta(days=2) > today.replace(day=1) - money.LAST_MONTH
    # A complaint is decided in three days: before the month's invoice of commissions.
    assert (first.starts_at + timedelta(days=3)).date().replace(day=1) == ended
    assert first.given_back_cents
    assert [meeting.is_complained_of for meeting in recent] == [True, False, False]
    assert all(meeting.starts_at.date() < today for meeting in recent)
