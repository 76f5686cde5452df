"""What is in force, what is announced, and what a member is asked on both sides of midnight in Paris."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import checks, legal
from accounts.legal import NOTICE, SENDING, SERVICE_TERMS, TERMS, Version
from accounts.models import LegalAcceptance, User
from accounts.selectors import has_accepted, texts_announced, texts_to_accept
from accounts.services import accept_legal
from tests.accounts.test_signing_up import sign_up
from tests.bookings.making import text_of
from tests.legal import ANNOUNCED, COMING, DAY_AFTER, FIRST_SECOND, LAST_SECOND, announce, join

TEXTS, ACCOUNT = reverse("accounts:texts"), reverse("pages:account")


def visit(client: Client, user: User, at: datetime) -> str:
    """Where the member is sent who opens his account then, signed in a moment ago."""
    with time_machine.travel(at, tick=False):
        client.force_login(user)
        return client.get(ACCOUNT).headers.get("Location", "")


@pytest.mark.parametrize(
    ("since", "midnight"),
    [
        (date(2027, 2, 1), datetime(2027, 1, 31, 23, tzinfo=UTC)),
        (date(2027, 7, 1), datetime(2027, 6, 30, 22, tzinfo=UTC)),
        # The night of the change of the clock, and the next.
        (date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC)),
        (date(2027, 3, 29), datetime(2027, 3, 28, 22, tzinfo=UTC)),
    ],
)
def test_a_version_is_in_force_with_the_first_minute_of_its_day_in_paris(
    monkeypatch: pytest.MonkeyPatch, since: date, midnight: datetime
) -> None:
    former, version = legal.in_force(TERMS), Version("2027", since, ("Tout.",), announced_on=date(2027, 1, 5))
    announce(monkeypatch, version)
    before = midnight - timedelta(seconds=1)
    assert (legal.in_force(TERMS, before), legal.announced(TERMS, before)) == (former, version)
    assert (legal.in_force(TERMS, midnight), legal.announced(TERMS, midnight)) == (version, None)


def test_without_a_new_version_nothing_is_announced() -> None:
    assert [legal.announced(document) for document in legal.HISTORY] == [None] * 3
    assert legal.in_force(TERMS) == legal.HISTORY[TERMS][-1]


def test_a_member_is_asked_at_his_first_visit_from_the_day_on_and_once(
    client: Client, karim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(karim)
    announce(monkeypatch)
    assert visit(client, karim, ANNOUNCED) == ""
    assert visit(client, karim, LAST_SECOND) == ""
    assert visit(client, karim, FIRST_SECOND).startswith(TEXTS)
    with time_machine.travel(DAY_AFTER, tick=False):
        client.force_login(karim)
        client.get(ACCOUNT)
        page = text_of(client.get(TEXTS))
        assert "Nos textes ont changé" in page
        assert "La commission passe à 18 %." in page
        client.post(TEXTS, {"accepts": "on"})
    assert visit(client, karim, DAY_AFTER) == ""
    assert LegalAcceptance.objects.filter(user=karim, document=TERMS, version=COMING.name).count() == 1


def test_an_open_session_is_asked_when_the_day_comes(
    client: Client, karim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(karim)
    announce(monkeypatch)
    with time_machine.travel(LAST_SECOND, tick=False) as traveller:
        client.force_login(karim)
        assert client.get(ACCOUNT).status_code == 200
        traveller.move_to(FIRST_SECOND)
        assert client.get(ACCOUNT).headers["Location"].startswith(TEXTS)
        assert client.get(ACCOUNT).status_code == 200


def test_one_may_accept_early_and_is_not_asked_then(
    client: Client, karim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(karim)
    announce(monkeypatch)
    with time_machine.travel(ANNOUNCED, tick=False):
        client.force_login(karim)
        page = text_of(client.get(TEXTS))
        assert "Nos textes vont changer" in page
        assert "en vigueur à partir du lundi 1er février 2027" in page
        client.post(TEXTS, {"accepts": "on"})
        assert texts_announced(karim) == []
        assert client.get(TEXTS).headers["Location"] == ACCOUNT
    assert visit(client, karim, DAY_AFTER) == ""
    with time_machine.travel(DAY_AFTER, tick=False):
        assert has_accepted(karim, TERMS)


def test_who_signs_up_in_between_is_shown_both_and_never_asked_again(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(monkeypatch)
    with time_machine.travel(ANNOUNCED, tick=False):
        page = text_of(client.get(reverse("account_signup")))
        assert "/textes/terms/2027-02/" in page
        assert "lire la version en vigueur à partir du lundi 1er février 2027" in page
        sign_up(client)
    user = User.objects.get()
    names = LegalAcceptance.objects.filter(user=user, document=TERMS).values_list("version", flat=True)
    assert set(names) == {legal.HISTORY[TERMS][-2].name, COMING.name}
    for at in (ANNOUNCED, LAST_SECOND, FIRST_SECOND):
        with time_machine.travel(at, tick=False):
            assert has_accepted(user, TERMS)
            assert texts_to_accept(user) == texts_announced(user) == []


def test_who_asks_to_become_a_mentor_in_between_is_shown_both(
    client: Client, karim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(karim)
    announce(monkeypatch, COMING, SERVICE_TERMS)
    with time_machine.travel(ANNOUNCED, tick=False):
        client.force_login(karim)
        assert "/textes/service_terms/2027-02/" in text_of(client.get(reverse("mentors:application")))
        accept_legal(user=karim, documents=[SERVICE_TERMS])
        assert texts_announced(karim) == []


def test_what_is_asked_already_and_what_is_announced_are_told_apart(
    client: Client, karim: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """He accepted the one before the one in force, and the next is announced."""
    first = legal.HISTORY[TERMS][0]
    karim.legal_acceptances.create(document=TERMS, version=first.name, accepted_at=ANNOUNCED)
    announce(monkeypatch)
    with time_machine.travel(ANNOUNCED, tick=False):
        (asked,), (announced,) = texts_to_accept(karim), texts_announced(karim)
        assert asked.changes == [str(change) for change in legal.HISTORY[TERMS][1].changes]
        assert announced.changes == list(COMING.changes)
        client.force_login(karim)
        page = text_of(client.get(TEXTS))
        assert "Nos textes ont changé" in page
        assert "La commission passe à 18 %." in page
    with time_machine.travel(DAY_AFTER, tick=False):
        (asked,) = texts_to_accept(karim)
        assert asked.changes[-1] == "La commission passe à 18 %."
        assert len(asked.changes) == 2


def test_the_versions_of_today_are_announced_in_time() -> None:
    assert checks.members_know_in_time() == []


@pytest.mark.parametrize(
    ("version", "fault"),
    [
        (Version("2027-02", date(2027, 2, 1), ("Tout.",)), "announced_on"),
        (Version("2027-02", date(2027, 2, 1), ("Tout.",), date(2027, 1, 16)), "2027-02-02 at the earliest"),
        (Version("2026-01", date(2026, 1, 20), ("Tout.",), date(2026, 1, 1)), "before the version that it follows"),
        (Version("2027-02", date(2027, 2, 1), ("Tout.",), date(2026, 11, 1)), "once 2026-11-22 is in force"),
    ],
)
def test_a_version_that_members_would_know_too_late_does_not_start(
    monkeypatch: pytest.MonkeyPatch, version: Version, fault: str
) -> None:
    monkeypatch.setitem(legal.HISTORY, TERMS, (*legal.HISTORY[TERMS], version))
    (error,) = checks.members_know_in_time()
    assert (error.id, fault in error.msg) == ("skilmi.E012", True), error.msg


def test_the_shortest_notice_is_what_the_terms_promise_after_the_last_e_mail() -> None:
    assert timedelta(days=15) == NOTICE
    assert timedelta(days=1) < SENDING
