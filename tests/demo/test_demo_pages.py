from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection, send_mail
from django.test import Client, override_settings
from django.urls import reverse
from PIL import Image

from accounts.models import User
from core import clock
from demo.people import MENTORS, STAFF_EMAIL
from demo.portraits import HEIGHT, WIDTH, draw
from notifications.models import Email

# Django's test environment replaces the product's own backend; this is the one that members' e-mails take.
OUTBOX = "notifications.backends.OutboxBackend"


def send(html: str | None = None) -> Email:
    send_mail("Bonjour", "Un mot.", None, ["a@example.org"], html_message=html, connection=get_connection(OUTBOX))
    return Email.objects.get()


def test_every_portrait_is_a_picture_of_its_own() -> None:
    pictures = [draw(mentor.look) for mentor in MENTORS]
    assert len(set(pictures)) == len(MENTORS)
    assert Image.open(BytesIO(pictures[0])).size == (WIDTH, HEIGHT)


@pytest.mark.django_db
@pytest.mark.parametrize(("url", "is_told"), [("http://localhost:8001", True), ("", False)])
def test_the_page_leads_behind_the_scenes_of_a_stripe_that_is_played(
    client: Client, url: str, *, is_told: bool
) -> None:
    with override_settings(STRIPE_SANDBOX_URL=url):
        page = client.get(reverse("demo:index")).text
    assert (f'href="{url}/_sandbox/"' in page) == is_told


@pytest.mark.django_db
def test_sent_emails_can_be_read(client: Client) -> None:
    email = send()
    assert "Bonjour" in client.get(reverse("demo:index")).text
    page = client.get(reverse("demo:email", args=[email.reference]))
    assert "Un mot." in page.text


@pytest.mark.django_db
def test_the_html_of_an_email_is_framed_by_our_pages_only(client: Client) -> None:
    answer = client.get(reverse("demo:email_body", args=[send("<p>Un mot.</p>").reference]))
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.text == "<p>Un mot.</p>"


@pytest.mark.django_db
def test_the_clock_moves_forward(client: Client) -> None:
    before = clock.now()
    client.post(reverse("demo:clock"), {"step": "hours=49"})
    assert clock.now() - before >= timedelta(hours=49)


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["", "hours=-49", "days=9999"])
def test_an_unknown_step_leaves_the_clock_alone(client: Client, step: str) -> None:
    client.post(reverse("demo:clock"), {"step": step})
    assert clock.offset() == timedelta(0)


@pytest.mark.django_db
def test_one_click_enters_as_one_of_the_demos_people(client: Client) -> None:
    user = User.objects.create_user(MENTORS[0].email, "x", first_name="Inès")
    client.post(reverse("demo:log_in"), {"email": user.email})
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.django_db
def test_one_click_enters_as_nobody_else(client: Client) -> None:
    User.objects.create_user("vrai@example.org", "x")
    client.post(reverse("demo:log_in"), {"email": "vrai@example.org"})
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_the_team_enters_the_admin(client: Client) -> None:
    User.objects.create_superuser(STAFF_EMAIL, "x")
    answer = client.post(reverse("demo:log_in"), {"email": STAFF_EMAIL})
    assert answer.headers["Location"] == reverse("admin:index")


@pytest.mark.django_db
def test_portraits_are_served_without_debug_too(client: Client) -> None:
    assert not settings.DEBUG
    name = default_storage.save("portrait.txt", ContentFile(b"picture"))
    answer: Any = client.get(default_storage.url(name))
    assert b"".join(answer.streaming_content) == b"picture"
