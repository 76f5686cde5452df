"""One session after another, and what the two people settle in their thread."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.forms import offer_key
from bookings.states import Status
from catalog.models import Skill
from messaging.selectors import thread_between
from messaging.services import send_message
from tests.bookings.making import NOW, ask, counter, in_state, text_of


@pytest.mark.requirement("SK-3", "K-21")
@pytest.mark.parametrize("status", [Status.SETTLED, Status.CANCELED, Status.DECLINED])
def test_the_learner_asks_again_with_the_same_skill_and_duration(
    client: Client, karim: User, claire: User, skill: Skill, status: Status
) -> None:
    booking = in_state(status, karim, claire)
    client.force_login(karim)
    page = client.get(reverse("bookings:detail", args=[booking.reference])).content.decode()
    address = f"{reverse('bookings:new')}?mentor={claire.page.slug}&amp;competence={skill.slug}&amp;duree=60"
    assert address in page
    form = client.get(address.replace("&amp;", "&")).context["form"]
    assert form["offer"].value() == offer_key(skill.slug, "")
    assert form["duration"].value() == "60"


@pytest.mark.requirement("SK-3")
def test_the_mentor_is_not_offered_to_ask_for_his_own_session(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    booking = in_state(Status.SETTLED, karim, claire)
    client.force_login(claire)
    page = client.get(reverse("bookings:detail", args=[booking.reference])).content.decode()
    assert reverse("bookings:new") not in page


@pytest.mark.requirement("SK-65")
def test_date_time_duration_objectives_and_prerequisites_are_settled_in_the_thread(
    client: Client, karim: User, claire: User, skill: Skill
) -> None:
    booking = ask(karim, claire)
    counter(booking, claire, objectives="Comparer deux saisons seulement")
    thread = thread_between(karim, claire)
    assert thread is not None
    send_message(thread=thread, author=claire, body="Ayez vos relevés sous la main.", now=NOW)
    client.force_login(karim)
    page = text_of(client.get(thread.get_absolute_url()))
    for settled in ("8 décembre 2026", "14:00", "16:00", "1 h 30", "Comparer trois saisons de relevés"):
        assert settled in page, settled
    assert "Comparer deux saisons seulement" in page
    assert "Ayez vos relevés sous la main." in page
