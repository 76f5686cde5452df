"""A session proposed by the mentor: only the learner makes a request of it (K-14)."""

from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import services
from bookings.errors import MentorNotBookable, NothingOffered, NotInTouch, YourselfRefused
from bookings.models import Booking, Suggestion
from bookings.states import Status
from catalog.models import Skill
from core import clock
from core.errors import DomainError
from messaging.selectors import thread_between
from messaging.services import get_or_create_thread, send_message
from notifications.models import Email
from tests import people
from tests.bookings.making import DAY, NOW, START, in_state, soon, text_of


@pytest.fixture
def in_touch(karim: User, claire: User, skill: Skill) -> None:
    thread = get_or_create_thread(one=karim, other=claire, now=NOW)
    send_message(thread=thread, author=karim, body="Bonjour, pouvez-vous m’aider ?", now=NOW)


def suggest(mentor: User, learner: User, **changed: Any) -> Suggestion:
    proposal: dict[str, Any] = {
        "day": DAY,
        "at": time(14, 0),
        "duration_minutes": 90,
        "objectives": "Refaire le calcul ensemble",
        "skill": Skill.objects.get(name="Lecture de tableaux"),
        "now": NOW,
    }
    return services.suggest_session(mentor=mentor, learner=learner, **(proposal | changed))


def form_of(suggestion: Suggestion, **changed: Any) -> dict[str, Any]:
    at = suggestion.starts_at.astimezone(suggestion.zone)
    return {
        "offer": "competence:lecture-de-tableaux",
        "duration": "90",
        "objectives": suggestion.objectives,
        "day": f"{at:%Y-%m-%d}",
        "at": f"{at:%H:%M}",
        "client_token": str(uuid4()),
    } | changed


@pytest.mark.requirement("K-14", "SK-6")
@pytest.mark.usefixtures("in_touch")
def test_a_proposal_of_the_mentor_books_nothing_and_tells_the_learner(karim: User, claire: User) -> None:
    suggestion = suggest(claire, karim, note="Trois points à revoir.")
    assert not Booking.objects.exists()
    assert (suggestion.starts_at, suggestion.maximum_cents) == (START, 7050)
    assert suggestion.expires_at == NOW + timedelta(days=7)
    mail = Email.objects.get(kind="bookings.suggested")
    assert mail.to == karim.email
    assert "Trois points à revoir." in mail.body_text
    assert suggestion.get_absolute_url().replace("&", "&amp;") in mail.body_html


@pytest.mark.requirement("K-14", "SK-6")
def test_the_learner_makes_a_request_of_it_and_the_mentor_still_has_to_accept(
    client: Client, karim: User, claire: User, in_touch: None
) -> None:
    suggestion = suggest(claire, karim, **soon())
    thread = thread_between(karim, claire)
    assert thread is not None
    client.force_login(karim)
    page = text_of(client.get(thread.get_absolute_url()))
    assert "Claire vous propose une session" in page
    assert "En faire une demande" in page
    form = client.get(suggestion.get_absolute_url())
    assert "Claire a rempli cette demande pour vous" in text_of(form)
    shown = {name: form.context["form"][name].value() for name in ("offer", "duration", "objectives", "other_minutes")}
    assert shown == {
        "offer": "competence:lecture-de-tableaux",
        "duration": "90",
        "objectives": "Refaire le calcul ensemble",
        "other_minutes": None,
    }
    assert form.context["form"]["at"].value() == time(14, 0)
    sent = client.post(suggestion.get_absolute_url(), form_of(suggestion, duration="60"), follow=True)
    booking = Booking.objects.get()
    assert (booking.status, booking.learner, booking.duration_minutes) == (Status.REQUESTED, karim, 60)
    suggestion.refresh_from_db()
    assert suggestion.booking == booking
    assert "En faire une demande" not in text_of(sent)
    client.force_login(claire)
    assert "Accepter cette version" in text_of(client.get(thread.get_absolute_url()))


@pytest.mark.requirement("K-14")
def test_the_mentor_proposes_from_the_thread_and_from_his_sessions(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    booking = in_state(Status.SETTLED, karim, claire)
    thread = thread_between(karim, claire)
    assert thread is not None
    form = f"{reverse('bookings:suggestion_new')}?membre={karim.page.slug}"
    client.force_login(claire)
    assert form in text_of(client.get(thread.get_absolute_url()))
    assert f"{form}&amp;reprend={booking.reference}" in text_of(
        client.get(f"{reverse('bookings:my_sessions')}?onglet=passees")
    )
    page = client.get(f"{form}&reprend={booking.reference}")
    assert page.context["form"]["objectives"].value() == "Comparer trois saisons de relevés"
    data = {
        "offer": "competence:lecture-de-tableaux",
        "duration": "60",
        "objectives": "La suite",
        "day": f"{soon()['day']:%Y-%m-%d}",
        "at": "14:00",
        "client_token": str(uuid4()),
    }
    for _twice in range(2):
        sent = client.post(form, data, follow=True)
        assert "Vous proposez une session" in text_of(sent)
    assert Suggestion.objects.count() == 1
    client.force_login(karim)
    assert form not in text_of(client.get(thread.get_absolute_url()))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day": "2020-01-01"}, "Choisissez une date à venir."),
        ({"day": ""}, "Choisissez une date."),
        ({"at": "23:30"}, "La session doit se terminer avant minuit."),
        ({"at": "midi"}, "Écrivez l’heure comme 14:30."),
        ({"duration": "other"}, "Indiquez la durée en minutes."),
        ({"objectives": ""}, "Dites ce que la session doit apporter."),
    ],
)
@pytest.mark.usefixtures("in_touch")
def test_a_proposal_that_is_refused_says_why_and_keeps_what_was_typed(
    client: Client, karim: User, claire: User, changed: dict[str, str], words: str
) -> None:
    data = {
        "offer": "competence:lecture-de-tableaux",
        "duration": "60",
        "objectives": "La suite de nos relevés",
        "day": f"{soon()['day']:%Y-%m-%d}",
        "at": "14:00",
        "note": "Un mot pour vous",
        "client_token": str(uuid4()),
    }
    client.force_login(claire)
    page = text_of(client.post(f"{reverse('bookings:suggestion_new')}?membre={karim.page.slug}", data | changed))
    assert words in page
    assert "Un mot pour vous" in page
    assert "objectives" in changed or "La suite de nos relevés" in page
    assert not Suggestion.objects.exists()


@pytest.mark.requirement("K-14", "SK-5")
def test_a_mentor_proposes_only_to_members_who_wrote_to_him(
    client: Client, karim: User, claire: User, nadia: User, in_touch: None
) -> None:
    with pytest.raises(NotInTouch):
        suggest(claire, nadia)
    get_or_create_thread(one=claire, other=nadia, now=NOW)
    send_message(thread=get_or_create_thread(one=claire, other=nadia), author=claire, body="Bonjour", now=NOW)
    with pytest.raises(NotInTouch):
        suggest(claire, nadia)
    client.force_login(claire)
    assert client.get(f"{reverse('bookings:suggestion_new')}?membre={nadia.page.slug}").status_code == 404
    assert client.get(reverse("bookings:suggestion_new")).status_code == 404
    # A member who is no mentor has nothing to propose.
    client.force_login(karim)
    assert client.get(f"{reverse('bookings:suggestion_new')}?membre={claire.page.slug}").status_code == 404


@pytest.mark.usefixtures("in_touch")
def test_what_cannot_be_booked_cannot_be_proposed(karim: User, claire: User, nadia: User) -> None:
    foreign = people.skill_of(nadia, "Poterie")
    people.skill_of(karim)
    refusals: list[tuple[User, User, dict[str, Any], type[DomainError]]] = [
        (claire, claire, {}, YourselfRefused),
        (karim, claire, {}, MentorNotBookable),
        (claire, karim, {"skill": foreign}, NothingOffered),
    ]
    for mentor, learner, changed, error in refusals:
        with pytest.raises(error):
            suggest(mentor, learner, **changed)


@pytest.mark.requirement("K-14")
def test_a_proposal_is_used_once_by_its_learner_and_not_after_its_end(
    client: Client, karim: User, nadia: User, claire: User, in_touch: None
) -> None:
    suggestion = suggest(claire, karim, **soon())
    client.force_login(nadia)
    assert client.get(suggestion.get_absolute_url()).context["form"]["objectives"].value() is None
    client.post(suggestion.get_absolute_url(), form_of(suggestion))
    assert not Suggestion.objects.exclude(booking=None).exists()
    client.force_login(karim)
    for _twice in range(2):
        client.post(suggestion.get_absolute_url(), form_of(suggestion))
    suggestion.refresh_from_db()
    assert suggestion.booking == Booking.objects.filter(learner=karim).earliest("pk")
    late = suggest(claire, karim, **soon())
    clock.get_clock().advance(late.expires_at - clock.now())  # type: ignore[attr-defined]
    assert "Cette proposition n’est plus valable." in text_of(client.get(late.get_absolute_url()))


@pytest.mark.requirement("SK-3", "K-21")
def test_asking_again_copies_everything_but_the_date(client: Client, karim: User, claire: User, skill: Skill) -> None:
    booking = in_state(Status.SETTLED, karim, claire)
    client.force_login(karim)
    address = f"{reverse('bookings:new')}?mentor={claire.page.slug}&reprend={booking.reference}"
    assert "Redemander" in text_of(client.get(f"{reverse('bookings:my_sessions')}?onglet=passees"))
    form = client.get(address).context["form"]
    assert [form[name].value() for name in ("offer", "duration", "objectives", "day")] == [
        f"competence:{skill.slug}",
        "60",
        "Comparer trois saisons de relevés",
        None,
    ]
