"""How often somebody may ask: counted for the right one, told in words, with what was typed still there."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from core.errors import RateLimited
from core.limits import address_token, client_address, hold
from messaging.models import Topic
from messaging.services import get_or_create_thread
from tests import people
from tests.bookings.test_booking_pages import form_data, new_url
from tests.core.files import samples

WAIT = "Trop de tentatives. Réessayez dans 5 minutes."
ONE_OF_OURS = "10.0.0.9"


@pytest.mark.parametrize(
    ("proxies", "told", "seen"),
    [
        (0, "203.0.113.7", ONE_OF_OURS),
        (1, "203.0.113.7", "203.0.113.7"),
        # Written by the visitor himself, before what the proxy adds.
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7, 192.0.2.1", "203.0.113.7"),
        (2, "203.0.113.7", ONE_OF_OURS),
        (1, "nobody", ONE_OF_OURS),
        (1, "", ONE_OF_OURS),
    ],
)
def test_the_address_is_the_one_our_own_proxy_saw(
    proxies: int, told: str, seen: str, rf: RequestFactory, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": told}, REMOTE_ADDR=ONE_OF_OURS)
    assert str(client_address(request)) == seen


def test_a_server_on_a_socket_of_the_file_system_still_answers(rf: RequestFactory) -> None:
    assert address_token(rf.get("/", REMOTE_ADDR=""))


def test_one_who_asks_too_often_waits_and_the_other_does_not(settings: Any) -> None:
    settings.LIMITS = {"tests": (2, 60)}
    for _time in range(2):
        hold("tests", "one")
    with pytest.raises(RateLimited, match="5 minutes"):
        hold("tests", "one")
    hold("tests", "other")


@pytest.mark.django_db
def test_too_many_searches_meet_a_page_that_says_when(client: Client, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"searches": (1, 300)}
    client.get(reverse("catalog:trainings"), {"q": "tableaux"})
    for name in ("catalog:trainings", "catalog:community"):
        answer = client.get(reverse(name), {"q": "tableaux"})
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "300"
        assert "Trop de tentatives" in answer.content.decode()
    assert client.get(reverse("catalog:community")).status_code == 200, "looking around stays free"


@pytest.fixture
def strict(settings: Any) -> None:
    """As on real servers, where tests would wait for each other."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key", "signup": "1/5m/ip", "reset_password": "1/5m/key"}


@pytest.mark.django_db
def test_a_password_cannot_be_guessed(client: Client, karim: User, strict: None) -> None:
    typed = {"login": karim.email, "password": "wrong"}
    pages = [client.post(reverse("account_login"), typed).content.decode() for _try in range(6)]
    assert [WAIT in page for page in pages] == [False] * 5 + [True]
    page = client.post(reverse("account_login"), typed | {"password": "sesame-ouvre-toi"}).content.decode()
    assert WAIT in page, "the right one neither, for a while"
    assert karim.email in page, "what was typed stays"


@pytest.mark.django_db
def test_accounts_and_letters_are_not_made_in_series(client: Client, karim: User, strict: None) -> None:
    for name, typed in (
        ("account_signup", {"email": "a@example.org"}),
        ("account_reset_password", {"email": karim.email}),
    ):
        statuses = [client.post(reverse(name), typed).status_code for _try in range(2)]
        assert statuses[1] == 429, name


@pytest.mark.django_db
def test_photos_are_not_sent_in_series(client: Client, karim: User, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"uploads": (0, 300)}
    client.force_login(karim)
    photo = SimpleUploadedFile("moi.png", samples.image(), "image/png")
    assert WAIT in client.post(reverse("pages:photo"), {"photo": photo}).content.decode()


@pytest.mark.django_db
def test_reports_are_not_sent_in_series_and_keep_their_words(
    client: Client, karim: User, claire: User, settings: Any
) -> None:
    settings.LIMITS = settings.LIMITS | {"reports": (0, 300)}
    thread = get_or_create_thread(one=karim, other=claire)
    client.force_login(karim)
    typed = {"topic": Topic.values[0], "words": "Il insiste.", "client_id": str(uuid4())}
    page = client.post(reverse("messaging:report", args=[thread.reference]), typed).content.decode()
    assert WAIT in page
    assert "Il insiste." in page


@pytest.mark.django_db
def test_requests_are_not_sent_in_series_and_keep_their_words(
    client: Client, karim: User, claire: User, settings: Any
) -> None:
    settings.LIMITS = settings.LIMITS | {"proposals": (0, 300)}
    client.force_login(karim)
    page = client.post(new_url(claire), form_data(people.skill_of(claire))).content.decode()
    assert WAIT in page
    assert "Comparer trois saisons" in page
    assert not Booking.objects.exists()
