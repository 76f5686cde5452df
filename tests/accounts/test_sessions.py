"""Signing out everywhere else."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.services import end_sessions
from accounts.sockets import is_signed_in
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def karim(db: None) -> User:
    return people.member("Karim", "Benali")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_inside(client: Client) -> bool:
    return client.get(reverse("pages:account")).status_code == 200


def test_every_other_device_is_signed_out_and_this_one_stays(karim: User) -> None:
    here, lost = browser(karim), browser(karim)
    scope = {"user": karim, "session": lost.session}
    assert is_signed_in(scope)
    page = here.post(reverse("account_end_sessions"), follow=True).content.decode()
    assert "déconnecté partout ailleurs" in page
    assert (is_inside(here), is_inside(lost)) == (True, False)
    assert not is_signed_in(scope), "an open socket neither"


def test_a_member_who_never_asked_keeps_the_sessions_of_before(karim: User) -> None:
    inside = browser(karim)
    assert is_inside(inside)
    end_sessions(user=people.member("Nadia", "Faure"))
    assert is_inside(inside)
    end_sessions(user=karim)
    assert not is_inside(inside)
    assert is_inside(browser(User.objects.get(pk=karim.pk))), "and comes in again"
