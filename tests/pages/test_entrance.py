"""Sign-up, confirmation, log-in and lost password, as a person meets them."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.message import EmailMessage
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from notifications.services.delivery import deliver, due_email_ids

pytestmark = pytest.mark.django_db

PASSWORD = "phrase-longue-et-sure"
NEXT = "/aide/"
Posted = Callable[..., list[EmailMessage]]


@pytest.fixture
def member() -> User:
    user = User.objects.create_user("lea@example.org", PASSWORD, first_name="Léa", last_name="Martin")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def outbox() -> list[EmailMessage]:
    """E-mails leave from rows: the sweep sends what is due."""
    for email_id in due_email_ids():
        deliver(email_id=email_id)
    return mail.outbox


def sign_up(client: Client, email: str = "karim@example.org") -> str:
    response = client.post(
        reverse("account_signup"),
        {
            "first_name": "Karim",
            "last_name": "Benali",
            "email": email,
            "password1": PASSWORD,
            "accepts_terms": "on",
            "next": NEXT,
        },
    )
    assert response.status_code == 302
    return str(response.headers["Location"])


def link_in(message: EmailMessage, pattern: str) -> str:
    found = re.search(rf"https?://[^/\s]+({pattern}\S*)", str(message.body))
    assert found
    return found[1]


@pytest.mark.requirement("ST-12", "ST-13")
def test_a_person_signs_up_confirms_and_meets_the_registration_form(client: Client) -> None:
    assert sign_up(client) == reverse("account_email_verification_sent")
    message = outbox()[-1]
    assert message.subject == "Confirmez votre adresse e-mail"
    address = link_in(message, "/confirmer/")

    page = client.get(address).content.decode()
    assert "Confirmer</button>" in page
    assert not EmailAddress.objects.get(email="karim@example.org").verified

    response = client.post(address)
    assert EmailAddress.objects.get(email="karim@example.org").verified
    assert response.headers["Location"].startswith(reverse("pages:welcome"))


@pytest.mark.requirement("ST-14")
def test_the_waiting_page_suggests_the_spam_folder(client: Client) -> None:
    assert "courriers indésirables" in client.get(reverse("account_email_verification_sent")).content.decode()


def test_the_e_mail_has_a_text_and_a_page_with_one_button(client: Client) -> None:
    sign_up(client)
    message = outbox()[-1]
    html = str(message.alternatives[0][0])  # type: ignore[attr-defined]
    assert html.count('href="http') == 1
    assert "Confirmer" in html
    assert "karim@example.org" in html
    assert "Confirmer" in str(message.body)


def test_sign_up_keeps_where_one_was_going(client: Client) -> None:
    page = client.get(reverse("account_signup"), {"next": NEXT}).content.decode()
    assert f'value="{NEXT}"' in page
    assert f"{reverse('account_login')}?next=" in page


def test_an_address_already_known_is_not_revealed(client: Client, member: User) -> None:
    assert sign_up(client, member.email) == reverse("account_email_verification_sent")
    assert outbox()[-1].subject == "Vous avez déjà un compte"
    assert User.objects.count() == 1


def test_a_link_that_served_is_explained(client: Client) -> None:
    page = client.get(reverse("account_confirm_email", args=["inconnu"])).content.decode()
    assert "expiré ou a déjà servi" in page


@pytest.mark.requirement("ST-17")
def test_a_lost_password_is_replaced_by_a_link_that_serves_once(client: Client, member: User) -> None:
    client.post(reverse("account_reset_password"), {"email": member.email})
    address = link_in(outbox()[-1], "/mot-de-passe/nouveau/")
    form = client.get(address, follow=True)
    assert "Nouveau mot de passe" in form.content.decode()

    action = form.redirect_chain[-1][0]
    client.post(action, {"password1": "autre-phrase-longue", "password2": "autre-phrase-longue"})
    member.refresh_from_db()
    assert member.check_password("autre-phrase-longue")
    assert "ne fonctionne plus" in Client().get(address, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer(client: Client, member: User) -> None:
    known = client.post(reverse("account_reset_password"), {"email": member.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "personne@example.org"})
    assert known.headers["Location"] == unknown.headers["Location"]
    assert outbox()[-1].subject == "Aucun compte à cette adresse"


def test_a_wrong_password_is_said_at_the_top(client: Client, member: User) -> None:
    page = client.post(reverse("account_login"), {"login": member.email, "password": "faux"}).content.decode()
    assert 'data-behaviour="focus-errors"' in page
    assert "n’est pas correct" in page


def test_a_member_logs_in_where_he_was_going_and_leaves(client: Client, member: User) -> None:
    response = client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD, "next": NEXT})
    assert response.headers["Location"] == NEXT
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.get(reverse("account_change_password")).status_code == 302


@pytest.mark.parametrize(
    "name", ["account_email", "account_change_password", "mfa_index", "mfa_activate_totp", "account_reauthenticate"]
)
def test_a_members_own_pages_of_security_are_in_our_frame(client: Client, member: User, name: str) -> None:
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    response = client.get(reverse(name), follow=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert 'class="header"' in page
    assert 'style="' not in page


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "mfa_index"])
def test_a_visitor_is_asked_to_log_in_first(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_a_changed_password_is_told_by_e_mail(
    client: Client, member: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("account_change_password"),
            {"oldpassword": PASSWORD, "password1": "autre-phrase-longue", "password2": "autre-phrase-longue"},
        )
    member.refresh_from_db()
    assert member.check_password("autre-phrase-longue")
