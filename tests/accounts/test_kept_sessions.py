"""Sessions are read from Valkey and kept as rows."""

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sessions import SessionStore
from tests import people

pytestmark = pytest.mark.django_db

DESK = "pages:account"


@pytest.fixture
def lea() -> User:
    return people.member("Léa", "Martin")


def test_a_member_stays_signed_in_when_valkey_was_emptied(client: Client, lea: User) -> None:
    client.force_login(lea)
    cache.delete(SessionStore(client.session.session_key).cache_key)
    assert client.get(reverse(DESK)).status_code == 200


def test_signing_out_leaves_nothing_in_either_place(client: Client, lea: User) -> None:
    client.force_login(lea)
    key = client.session.session_key
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = str(key)
    assert stolen.get(reverse(DESK)).status_code == 200
    client.post(reverse("account_logout"))
    assert stolen.get(reverse(DESK)).status_code == 302


def test_a_changed_password_ends_the_other_sessions(client: Client, lea: User) -> None:
    client.force_login(lea)
    assert client.get(reverse(DESK)).status_code == 200
    lea.set_password("un-autre-mot-de-passe")
    lea.save(update_fields=["password"])
    assert client.get(reverse(DESK)).status_code == 302


def test_a_closed_account_is_nobody(client: Client, lea: User) -> None:
    client.force_login(lea)
    User.objects.filter(pk=lea.pk).update(is_active=False)
    assert client.get(reverse(DESK)).status_code == 302


def test_a_session_that_another_request_removed_is_interrupted(client: Client, lea: User) -> None:
    client.force_login(lea)
    kept = SessionStore(client.session.session_key)
    kept["seen"] = True
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        kept.save()
