"""« Santé du service »: what is not as it should be, since when, and what to do; for who watches the product."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, FINANCE, MODERATION, SUPPORT, Role
from billing.models import Reconciliation, StripeEvent, StripeImport
from core import clock
from core.health import readiness, signs
from notifications.models import Email
from pages.vitals.checks import Check, State, groups

pytestmark = pytest.mark.django_db
PAGE = "pages:team_health"


@pytest.fixture(autouse=True)
def _all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(readiness, "failing", tuple)
    alive(monkeypatch)
    Reconciliation.objects.create(finished_at=now - timedelta(hours=5), found={"drift": 0})
    StripeImport.objects.create(until=now, finished_at=now - timedelta(minutes=9), movements=0)


def alive(monkeypatch: pytest.MonkeyPatch, **silences: int | None) -> None:
    monkeypatch.setattr(signs, "seconds_since", lambda: {"worker": 2, "beat": 8, "sweeper": 1} | silences)


def wrong() -> list[Check]:
    return [check for group in groups() for check in group.checks if check.state is not State.FINE]


def the_only_one() -> tuple[str, State, str]:
    (check,) = wrong()
    return str(check.label), check.state, str(check.figure)


def member_of(role: Role | None) -> User:
    user = User.objects.create_user(f"{uuid4().hex}@example.org", "sesame-ouvre-toi", is_staff=True)
    if role:
        user.groups.add(Group.objects.get(name=role.name))
    return user


def seen_by(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse(PAGE))


def late_email(minutes: int) -> None:
    due = clock.now() - timedelta(minutes=minutes)
    given = {"kind": "x", "to": "claire@example.org", "subject": "Secret", "created_at": due, "next_attempt_at": due}
    Email.objects.create(message_id=f"<{uuid4()}@x>", **given)


# --- who ---


@pytest.mark.parametrize(("role", "status"), [(ADMINISTRATOR, 200), (FINANCE, 200), (SUPPORT, 404), (MODERATION, 404)])
def test_administrators_and_finance_watch(role: Role, status: int) -> None:
    assert seen_by(member_of(role)).status_code == status


def test_a_right_without_the_team_opens_nothing(karim: User) -> None:
    karim.user_permissions.add(Permission.objects.get(codename="view_health"))
    assert seen_by(karim).status_code == 404


@pytest.mark.parametrize(("role", "is_told"), [(FINANCE, True), (SUPPORT, False)])
def test_the_home_of_the_team_leads_there_whoever_may(role: Role, is_told: bool) -> None:  # noqa: FBT001
    client = Client()
    client.force_login(member_of(role))
    assert (reverse(PAGE) in client.get(reverse("pages:team")).content.decode()) is is_told


# --- what ---


def test_when_all_is_well_the_page_says_so() -> None:
    assert wrong() == []
    page = seen_by(member_of(FINANCE)).content.decode()
    assert "Tout est à jour." in page
    assert "À regarder" not in page


def test_a_part_that_is_silent_is_late_then_down(monkeypatch: pytest.MonkeyPatch) -> None:
    alive(monkeypatch, beat=100)
    assert the_only_one() == ("Lancement des tâches (beat)", State.LATE, "Ne donne plus signe de vie")
    alive(monkeypatch, beat=400)
    assert the_only_one()[1] is State.BROKEN
    alive(monkeypatch, beat=None)
    assert the_only_one() == ("Lancement des tâches (beat)", State.BROKEN, "N’a jamais donné signe de vie")


def test_a_service_that_does_not_answer_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "failing", lambda: ("migrations",))
    assert the_only_one() == ("Tables de la base", State.BROKEN, "En défaut")


def test_a_minute_between_two_sweeps_is_no_delay() -> None:
    late_email(minutes=1)
    assert wrong() == []


@pytest.mark.parametrize(("minutes", "state"), [(6, State.LATE), (31, State.BROKEN)])
def test_what_is_due_and_not_done_is_late_then_down(minutes: int, state: State) -> None:
    late_email(minutes)
    late_email(minutes=1)
    assert the_only_one() == ("E-mails", state, "2 à faire")


def test_books_that_do_not_agree_are_told_with_what_to_do() -> None:
    Reconciliation.objects.create(finished_at=clock.now(), found={"drift": 2, "sums that are not zero": 1})
    assert the_only_one() == ("Écarts dans les comptes", State.BROKEN, "3 lignes")
    page = seen_by(member_of(FINANCE)).content.decode()
    assert "Ne corrigez rien à la main" in page
    assert reverse("admin:billing_reconciliation") in page


@pytest.mark.parametrize(("hours", "state"), [(27, State.LATE), (51, State.BROKEN)])
def test_a_night_without_a_control_is_told(hours: int, state: State) -> None:
    Reconciliation.objects.update(finished_at=clock.now() - timedelta(hours=hours))
    assert the_only_one()[:2] == ("Contrôle des comptes, chaque nuit", state)


def test_what_was_never_done_is_late() -> None:
    StripeImport.objects.all().delete()
    assert the_only_one() == ("Lecture du solde chez Stripe", State.LATE, "Jamais fait")


def test_news_given_up_are_counted() -> None:
    StripeEvent.objects.create(event_id="evt_1", type="x", payload={}, received_at=clock.now())
    assert the_only_one() == ("Nouvelles de Stripe abandonnées", State.LATE, "1")


def test_the_worst_comes_first_and_nobody_is_led_where_he_may_not_go() -> None:
    late_email(minutes=6)
    Reconciliation.objects.update(found={"drift": 1})
    page = seen_by(member_of(FINANCE)).content.decode()
    assert page.index("Écarts dans les comptes") < page.index("1 à faire")
    assert reverse("admin:notifications_email_changelist") not in page
    assert reverse("admin:notifications_email_changelist") in seen_by(member_of(ADMINISTRATOR)).content.decode()
    assert "claire@" not in page
