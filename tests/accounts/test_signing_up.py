"""From the sign-up form to the page the visitor was going to."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import LegalAcceptance, User

pytestmark = pytest.mark.django_db

GOAL = "/communaute/python/"
FORM = {
    "first_name": "Karim",
    "last_name": "Ziani",
    "email": "Karim@Example.org",
    "password1": "un mot de passe assez long",
    "accepts_terms": "on",
}


def sign_up(client: Client, goal: str = GOAL, **changes: str) -> None:
    response = client.post(f"{reverse('account_signup')}?next={goal}", FORM | changes | {"next": goal})
    assert response.status_code == 302, response.context["form"].errors


def confirmation_path() -> str:
    address = re.search(r"https?://\S+/confirmer/\S+", str(mail.outbox[-1].body))
    assert address is not None
    parts = urlsplit(address[0])
    return parts.path


@pytest.mark.requirement("ST-12", "ST-29", "K-19")
def test_signing_up_makes_a_page_and_keeps_what_was_accepted(client: Client) -> None:
    sign_up(client)
    user = User.objects.get()
    assert user.email == "karim@example.org"
    assert user.page.slug == "karim-ziani"
    accepted = LegalAcceptance.objects.filter(user=user).values_list("document", flat=True)
    assert set(accepted) == {"cgu", "confidentialite"}


@pytest.mark.requirement("K-19")
@pytest.mark.parametrize("missing", ["accepts_terms", "first_name", "last_name", "email", "password1"])
def test_a_sign_up_that_lacks_something_makes_no_account(missing: str, client: Client) -> None:
    data = {name: value for name, value in FORM.items() if name != missing}
    assert client.post(reverse("account_signup"), data).status_code == 200
    assert not User.objects.exists()


@pytest.mark.requirement("K-19")
def test_the_form_says_that_members_are_adults_and_shows_the_texts(client: Client) -> None:
    page = client.get(reverse("account_signup")).content.decode()
    assert "J’ai 18 ans ou plus" in page
    assert reverse("pages:terms") in page
    assert reverse("pages:privacy") in page


@pytest.mark.requirement("ST-13")
def test_a_confirmed_member_meets_the_welcome_form_then_goes_where_he_was_going(client: Client) -> None:
    sign_up(client)
    path = confirmation_path()
    assert client.get(path).status_code == 200
    assert not client.session.get("_auth_user_id")
    response = client.post(path)
    target = urlsplit(response["Location"])
    assert target.path == reverse("pages:welcome")
    assert parse_qs(target.query)["next"] == [GOAL]

    page = client.get(response["Location"]).content.decode()
    assert "Karim" in page
    assert "guess-time-zone" in page
    data = {"first_name": "Karim", "last_name": "Ziani", "time_zone": "America/Toronto", "next": GOAL}
    assert client.post(reverse("pages:welcome"), data)["Location"] == GOAL
    assert User.objects.get().time_zone == "America/Toronto"


@pytest.mark.requirement("ST-13")
def test_opening_the_confirmation_link_alone_confirms_nothing(client: Client) -> None:
    sign_up(client)
    client.get(confirmation_path())
    assert not EmailAddress.objects.get().verified


@pytest.mark.requirement("ST-14")
def test_the_waiting_page_speaks_of_the_spam_folder(client: Client) -> None:
    sign_up(client)
    page = client.get(reverse("account_email_verification_sent")).content.decode().lower()
    assert "indésirables" in page or "spam" in page


@pytest.mark.parametrize("known", ["karim@example.org", "nadia@example.org"])
def test_the_confirmation_leaves_again_at_its_pace_and_says_the_same_of_a_known_address(
    client: Client, settings: LazySettings, known: str
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"confirm_email": "1/3m/key"}
    User.objects.create_user(known, "un autre mot de passe")
    sign_up(client)
    again = reverse("account_send_confirmation_again")
    page = client.post(again, follow=True).content.decode()
    assert "Rien de plus n’est parti" in page
    assert len(mail.outbox) == 1
    cache.clear()
    page = client.post(again, follow=True).content.decode()
    assert "Un e-mail de confirmation est parti à karim@example.org." in page
    assert len(mail.outbox) == 2


def test_without_a_sign_up_one_is_led_to_log_in(client: Client) -> None:
    assert client.post(reverse("account_send_confirmation_again"))["Location"] == reverse("account_login")


def test_the_rules_of_a_password_are_three_short_sentences(client: Client) -> None:
    page = client.get(reverse("account_signup")).content.decode()
    assert "10 caractères au moins." in page
    assert "Ni votre nom ni votre adresse e-mail." in page


def test_a_known_address_is_not_revealed(client: Client) -> None:
    User.objects.create_user("karim@example.org", "un autre mot de passe")
    response = client.post(reverse("account_signup"), FORM)
    assert response.status_code == 302
    assert User.objects.count() == 1


def test_logging_in_again_does_not_show_the_welcome_form(client: Client) -> None:
    sign_up(client)
    client.post(confirmation_path())
    client.logout()
    data = {"login": "karim@example.org", "password": FORM["password1"]}
    response = client.post(f"{reverse('account_login')}?next={GOAL}", data)
    assert response["Location"] == GOAL
