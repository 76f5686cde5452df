"""What happens to an account is told to its owner (N-2)."""

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User

PASSWORD, OTHER = "sesame-ouvre-toi", "autre-chose-encore"


@pytest.fixture
def member(client: Client, karim: User) -> User:
    EmailAddress.objects.create(user=karim, email=karim.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": karim.email, "password": PASSWORD})
    return karim


@pytest.mark.requirement("ST-17")
def test_a_changed_password_is_told_by_email(client: Client, member: User) -> None:
    data = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    assert client.post(reverse("account_change_password"), data).status_code == 302
    (email,) = mail.outbox
    assert email.to == [member.email]
    assert "Votre mot de passe a été changé." in email.body
    assert "écrivez-nous" in email.body


def test_a_new_address_is_told_to_the_old_one(client: Client, member: User) -> None:
    EmailAddress.objects.create(user=member, email="nouvelle@example.org", verified=True)
    client.post(reverse("account_email"), {"action_primary": "", "email": "nouvelle@example.org"})
    member.refresh_from_db()
    assert member.email == "nouvelle@example.org"
    assert ["karim@example.org"] in [email.to for email in mail.outbox]
