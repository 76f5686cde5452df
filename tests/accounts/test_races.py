"""The same person in two tabs, on a database where commits are real."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import MemberPage, User
from tests.databases import cloned_database, in_threads

__all__ = ["cloned_database"]


@pytest.mark.usefixtures("cloned_database")
def test_one_address_signed_up_twice_at_once_is_one_account() -> None:
    def sign_up(email: str) -> int:
        typed = {
            "first_name": "Karim",
            "last_name": "Ziani",
            "email": email,
            "password1": "une phrase longue",
            "accepts_terms": "on",
        }
        return Client(raise_request_exception=False).post(reverse("account_signup"), typed).status_code

    statuses = in_threads(
        *(lambda email=email: sign_up(email) for email in ("karim@example.org", "Karim@Example.org") * 2)
    )
    assert statuses == [302] * 4
    assert User.objects.count() == MemberPage.objects.count() == 1
