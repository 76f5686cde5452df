"""Members know a new version of the texts by e-mail before it is in force: each once, whatever dies meanwhile."""

from datetime import datetime, timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.closings import close_account
from accounts.legal import PRIVACY, SERVICE_TERMS, TERMS, Version
from accounts.models import User
from accounts.services import accept_legal
from notifications import kinds, services
from notifications.models import Email, Notice, TextAnnouncement
from notifications.services import announcements
from notifications.tasks import announce_texts
from tests import people
from tests.databases import cloned_database, in_threads
from tests.legal import ANNOUNCED, COMING, FIRST_SECOND, LAST_SECOND, PRIVATE, announce, join

__all__ = ["cloned_database"]

KIND = "accounts.texts_announced"


@pytest.fixture
def members(db: None) -> list[User]:
    return [join(people.member(name, "Exemple")) for name in ("Awa", "Basile", "Chloe", "Diane", "Elio")]


def told(*users: User) -> list[int]:
    return [Email.objects.filter(recipient=user, kind=KIND).count() for user in users]


def sweep(now: datetime = ANNOUNCED) -> int:
    return services.announce_piece(now=now)


def test_nothing_is_said_while_no_version_is_announced(members: list[User]) -> None:
    with time_machine.travel(ANNOUNCED, tick=False):
        announce_texts()
    assert not Email.objects.filter(kind=KIND).exists()


def test_each_member_is_told_once_by_e_mail_and_in_the_product(
    members: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    announce(monkeypatch)
    with time_machine.travel(ANNOUNCED, tick=False):
        for _minute in range(3):
            announce_texts()
    assert told(*members) == [1] * 5
    assert Notice.objects.filter(kind=KIND).count() == TextAnnouncement.objects.count() == 5
    email = Email.objects.filter(kind=KIND).first()
    assert email is not None
    assert email.subject == "Nos textes changent le lundi 1er\u00a0février\u00a02027"
    for body in (email.body_text, email.body_html):
        assert "La commission passe à 18 %." in body
        assert "/textes/terms/2027-02/" in body
        assert "restent soumises à la version que vous avez acceptée" in body
        for way in ("accounts:texts", "accounts:data", "accounts:closing"):
            assert reverse(way) in body
    assert Notice.objects.filter(kind=KIND, url="/textes/terms/2027-02/").count() == 5


def test_it_cannot_be_refused() -> None:
    declared = kinds.get(KIND)
    assert (declared.email, declared.in_app, declared.mutable) == (True, True, False)


def test_members_read_it_in_their_language(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.filter(pk=join(karim).pk).update(language="en")
    announce(monkeypatch)
    sweep()
    email = Email.objects.get(kind=KIND)
    assert email.subject == "Our terms change on Monday 1\u00a0February\u00a02027"
    assert "Bonjour" not in email.body_text
    assert "Here is what changes from Monday 1" in email.body_text


def test_two_texts_that_change_on_one_day_are_one_e_mail(
    karim: User, claire: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(karim)
    join(claire, SERVICE_TERMS)
    announce(monkeypatch)
    announce(monkeypatch, PRIVATE, PRIVACY)
    announce(monkeypatch, COMING, SERVICE_TERMS)
    sweep()
    assert sweep() == 0
    assert told(karim, claire) == [1, 1]
    assert TextAnnouncement.objects.filter(recipient=karim).count() == 2
    assert TextAnnouncement.objects.filter(recipient=claire).count() == 3
    body = Email.objects.get(recipient=karim, kind=KIND).body_text
    assert "La commission passe à 18 %." in body
    assert "Les journaux sont gardés 6 mois." in body
    assert "/textes/service_terms/" not in body


def test_a_text_announced_later_is_told_alone(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    join(karim)
    announce(monkeypatch)
    sweep()
    announce(monkeypatch, PRIVATE, PRIVACY)
    sweep()
    first, second = Email.objects.filter(recipient=karim, kind=KIND).order_by("pk")
    assert "La commission" not in second.body_text
    assert "Les journaux" not in first.body_text


def test_only_those_whom_a_former_version_binds_are_told(
    karim: User, nadia: User, claire: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, suspended, unconfirmed = (people.member(name, "Exemple") for name in ("Ondine", "Prune", "Quentin"))
    for user in (karim, closed, suspended):
        join(user)
    accept_legal(user=unconfirmed, documents=[TERMS, PRIVACY], now=ANNOUNCED)
    EmailAddress.objects.create(user=unconfirmed, email=unconfirmed.email, primary=True, verified=False)
    close_account(user=closed)
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    announce(monkeypatch)
    assert sweep() == 1
    assert told(karim, nadia, claire, closed, suspended, unconfirmed) == [1, 0, 0, 0, 0, 0]
    EmailAddress.objects.filter(user=unconfirmed).update(verified=True)
    assert sweep() == 1
    assert told(unconfirmed) == [1]


def test_who_signs_up_meanwhile_has_accepted_it_and_is_not_told(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(monkeypatch)
    join(karim, now=ANNOUNCED)
    assert sweep() == 0
    assert told(karim) == [0]


@pytest.mark.parametrize(("now", "expected"), [(LAST_SECOND, 1), (FIRST_SECOND, 0)])
def test_until_the_last_second_before_and_never_after(
    karim: User, monkeypatch: pytest.MonkeyPatch, now: datetime, expected: int
) -> None:
    join(karim)
    announce(monkeypatch)
    assert sweep(now) == expected


@pytest.mark.parametrize("dies_at", [1, 2, 5])
def test_a_worker_killed_in_the_middle_leaves_the_rest_to_the_next(
    members: list[User], monkeypatch: pytest.MonkeyPatch, dies_at: int
) -> None:
    announce(monkeypatch)
    calls = []

    def dying(**news: object) -> None:
        """The row and the e-mail are written, and the worker dies before the commit."""
        services.notify(**news)  # type: ignore[arg-type]
        calls.append(news)
        if len(calls) == dies_at:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(announcements, "notify", dying)
        with pytest.raises(KeyboardInterrupt):
            sweep()
    assert sum(told(*members)) == TextAnnouncement.objects.count() == dies_at - 1
    assert sweep(ANNOUNCED + timedelta(minutes=1)) == 5 - (dies_at - 1)
    assert told(*members) == [1] * 5


def test_one_who_cannot_be_told_does_not_keep_the_others_waiting(
    members: list[User], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    User.objects.filter(pk=members[0].pk).update(time_zone="Nulle/Part")
    announce(monkeypatch)
    assert sweep() == 4
    assert told(*members) == [0, 1, 1, 1, 1]
    assert f"not announced to member {members[0].pk}" in caplog.text


def test_a_sweep_takes_a_piece(members: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    announce(monkeypatch)
    assert [services.announce_piece(now=ANNOUNCED, limit=2) for _minute in range(4)] == [2, 2, 1, 0]
    assert told(*members) == [1] * 5


def test_telling_a_member_by_number_again_says_nothing(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    join(karim)
    announce(monkeypatch)
    assert services.announce_texts(member_id=karim.pk, now=ANNOUNCED)
    assert not services.announce_texts(member_id=karim.pk, now=ANNOUNCED)
    assert told(karim) == [1]


def test_the_version_after_is_announced_in_its_turn(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    join(karim)
    announce(monkeypatch)
    sweep()
    later = FIRST_SECOND + timedelta(days=20)
    since = (later + timedelta(days=20)).date()
    announce(monkeypatch, Version("2027-03", since, ("Un médiateur.",), announced_on=later.date()))
    assert sweep(LAST_SECOND) == 0
    assert sweep(later) == 1
    assert told(karim) == [2]
    assert "La commission" not in Email.objects.filter(recipient=karim, kind=KIND).latest("pk").body_text


@pytest.mark.usefixtures("cloned_database")
def test_workers_at_once_tell_each_member_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    users = [join(people.member(f"Membre{number}", "Exemple")) for number in range(8)]
    announce(monkeypatch)
    in_threads(*[sweep] * 4)
    sweep()
    assert told(*users) == [1] * 8
    # The lock keeps them apart: none of them met the constraint.
    assert "not announced" not in caplog.text
