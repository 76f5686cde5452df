"""The administration has no door of its own."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_the_team_enters_by_the_door_that_counts_attempts(client: Client) -> None:
    User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi")
    typed = {"username": "equipe@example.org", "password": "sesame-ouvre-toi"}
    answer = client.post(reverse("admin:login"), typed)
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def test_a_visitor_of_the_administration_is_asked_to_log_in_and_comes_back(client: Client) -> None:
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.redirect_chain[-1][0] == f"{reverse('account_login')}?next=%2Fadmin%2F"


def test_a_member_is_not_let_in(client: Client) -> None:
    client.force_login(User.objects.create_user("karim@example.org", "sesame-ouvre-toi"))
    assert client.get(reverse("admin:index"), follow=True).status_code == 403
