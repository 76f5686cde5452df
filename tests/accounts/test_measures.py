"""Warning, suspending and restoring a member: each with words he reads, each traced."""

from datetime import time

import pytest
from django.urls import reverse

from accounts.errors import AlreadySuspended, NoReason, NotOfTheTeam, NotSuspended, OwnAffair, TeamMember
from accounts.facts import registered as fact_sources
from accounts.measures import is_suspended, restore_member, suspend_member, warn_member
from accounts.models import AuditEntry, MemberMeasure, User
from accounts.roles import ADMINISTRATOR, MODERATION, SUPPORT
from accounts.sockets import is_signed_in
from bookings.errors import OtherGone
from bookings.services.payment import begin_payment
from bookings.states import Status
from mentors.models import MentorProfile
from notifications.models import Email, Notice
from tests import people
from tests.accounts.team import person_with, signed_in, text_of
from tests.bookings.making import NOW, accept, agreed, ask
from tests.databases import in_threads
from tests.people import mentor as make_mentor
from tests.sessions_video.conftest import cloned_database

__all__ = ["cloned_database"]

WHY = "Trois personnes nous ont écrit."


def page_of_member(member: User, verb: str) -> str:
    return reverse("admin:accounts_user_action", args=[member.pk, verb])


@pytest.mark.django_db
def test_a_warned_member_reads_the_words(karim: User) -> None:
    client = signed_in(person_with(SUPPORT))
    assert client.post(page_of_member(karim, "avertissement"), {"reason": WHY}).status_code == 302
    assert client.post(page_of_member(karim, "avertissement"), {"reason": WHY}).status_code == 302
    assert MemberMeasure.objects.get().reason == WHY
    assert Notice.objects.filter(recipient=karim, kind="accounts.warned").count() == 1
    assert WHY in Email.objects.get(kind="accounts.warned").body_text
    assert AuditEntry.objects.get(action="accounts.warned").reason == WHY
    karim.refresh_from_db()
    assert karim.is_active


@pytest.mark.django_db
def test_a_suspended_member_is_out_everywhere_and_comes_back_when_restored(claire: User) -> None:
    team, own = person_with(MODERATION), signed_in(claire)
    socket = {"user": claire, "session": own.session}
    assert own.get(reverse("pages:account")).status_code == 200
    assert is_signed_in(socket)
    page = signed_in(team).get(page_of_member(claire, "suspension"))
    assert "expirent à leur échéance" in text_of(page)
    assert signed_in(team).post(page_of_member(claire, "suspension"), {"reason": WHY}).status_code == 302
    claire.refresh_from_db()
    assert (claire.is_active, is_suspended(claire)) == (False, True)
    # What was open ends: pages at once, sockets at their next word.
    assert own.get(reverse("pages:account")).status_code == 302
    assert not is_signed_in(socket)
    assert not MentorProfile.objects.get(user=claire).is_bookable
    assert signed_in(None).get(claire.page.get_absolute_url()).status_code == 404
    login = signed_in(None).post(reverse("account_login"), {"login": claire.email, "password": "sesame-ouvre-toi"})
    assert login["Location"] == reverse("account_inactive")
    assert Email.objects.filter(kind="accounts.suspended", to=claire.email).count() == 1
    restore_member(member=claire, by=team, reason="Tout est clair.")
    claire.refresh_from_db()
    assert (claire.is_active, is_suspended(claire)) == (True, False)
    assert MentorProfile.objects.get(user=claire).is_bookable


@pytest.mark.django_db
def test_nobody_commits_himself_or_pays_to_somebody_who_is_suspended(karim: User, claire: User) -> None:
    people.skill_of(claire)
    team = person_with(MODERATION)
    asked, accepted = ask(karim, claire), agreed(karim, claire, at=time(17))
    suspend_member(member=karim, by=team, reason=WHY)
    with pytest.raises(OtherGone):
        accept(asked, claire)
    restore_member(member=karim, by=team, reason=WHY)
    suspend_member(member=claire, by=team, reason=WHY)
    with pytest.raises(OtherGone):
        begin_payment(booking=accepted, by=karim, shown_cents=0, asks_early_start=False, now=NOW)
    accepted.refresh_from_db()
    assert accepted.status == Status.ACCEPTED


@pytest.mark.django_db
def test_who_decides_of_whom(karim: User) -> None:
    boss, other_boss = person_with(ADMINISTRATOR, name="a"), person_with(ADMINISTRATOR, name="b")
    moderator = person_with(MODERATION)
    with pytest.raises(NotOfTheTeam):
        suspend_member(member=moderator, by=karim, reason=WHY)
    with pytest.raises(NoReason):
        suspend_member(member=karim, by=moderator, reason=" ")
    with pytest.raises(OwnAffair):
        suspend_member(member=boss, by=boss, reason=WHY)
    with pytest.raises(TeamMember):
        suspend_member(member=boss, by=moderator, reason=WHY)
    with pytest.raises(TeamMember):
        warn_member(member=boss, by=moderator, reason=WHY)
    suspend_member(member=boss, by=other_boss, reason=WHY)
    assert is_suspended(boss)
    address = reverse("admin:accounts_user_change", args=[other_boss.pk])
    assert "/suspension/" not in text_of(signed_in(moderator).get(address))


@pytest.mark.django_db
def test_a_measure_follows_the_state(karim: User) -> None:
    team, other = person_with(MODERATION, name="a"), person_with(MODERATION, name="b")
    with pytest.raises(NotSuspended):
        restore_member(member=karim, by=team, reason=WHY)
    first = suspend_member(member=karim, by=team, reason=WHY)
    assert suspend_member(member=karim, by=team, reason=WHY) == first
    with pytest.raises(AlreadySuspended):
        suspend_member(member=karim, by=other, reason=WHY)
    restored = restore_member(member=karim, by=other, reason=WHY)
    assert restore_member(member=karim, by=other, reason=WHY) == restored
    assert karim.measures.count() == 2


def test_two_suspend_at_once_and_one_counts(cloned_database: str) -> None:
    member = make_mentor("Claire", "Roux")
    team = [person_with(MODERATION, name=name) for name in "ab"]
    results = in_threads(*[lambda by=by: suspend_member(member=member, by=by, reason=WHY) for by in team])
    assert sorted(type(result).__name__ for result in results) == ["AlreadySuspended", "MemberMeasure"]


@pytest.mark.django_db
def test_the_page_of_a_member_says_what_he_is(claire: User) -> None:
    assert {"mentors", "messaging", "bookings", "reviews"} <= set(fact_sources())
    address = reverse("admin:accounts_user_change", args=[claire.pk])
    page = text_of(signed_in(person_with(MODERATION)).get(address))
    for words in ("réservable", "Signalements reçus", "Demandes en cours", "Avis écrits", "Dernière connexion"):
        assert words in page
    without = text_of(signed_in(person_with(SUPPORT)).get(address))
    assert "Signalements reçus" not in without
