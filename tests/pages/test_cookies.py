"""Free of cookies but those that are needed: the page « Cookies » lists exactly what is set (K-19)."""

import html
import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from pages.cookies import COOKIES

PUBLIC = [
    "pages:home",
    "pages:help",
    "pages:deadlines",
    "pages:become_mentor",
    "pages:terms",
    "pages:privacy",
    "pages:cookies",
    "catalog:community",
    "catalog:categories",
    "catalog:trainings",
    "account_login",
    "account_signup",
    "account_reset_password",
    "sessions_video:check",
]
WITHOUT_FORM = ["pages:robots", "pages:sitemap"]


@pytest.mark.requirement("K-19")
@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("name", PUBLIC)
def test_a_visitor_gets_the_key_of_the_forms_he_is_shown_and_nothing_else(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert 'name="csrfmiddlewaretoken"' in answer.content.decode()
    assert set(client.cookies) == {"csrftoken"}


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("name", WITHOUT_FORM)
def test_without_a_form_there_is_no_cookie_at_all(client: Client, name: str) -> None:
    client.get(reverse(name))
    assert set(client.cookies) == set()


@pytest.mark.requirement("K-19")
def test_the_page_lists_exactly_the_cookies_that_are_set(client: Client, karim: User) -> None:
    EmailAddress.objects.create(user=karim, email=karim.email, verified=True, primary=True)
    client.post(reverse("pages:theme"), {"theme": "dark"})
    client.post(reverse("pages:language"), {"language": "en"})
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": karim.email, "password": "sesame-ouvre-toi"})
    client.post(reverse("account_logout"))
    set_by_us = {name: morsel["max-age"] for name, morsel in client.cookies.items() if name != "sessionid"}
    page = html.unescape(Client().get(reverse("pages:cookies")).content.decode())
    listed = re.findall(r"<code>(\w+)</code>", page)
    assert listed == [cookie.name for cookie in COOKIES]
    assert set(client.cookies) == set(listed)
    assert set_by_us == {each.name: each.max_age or "" for each in COOKIES if each.name != "sessionid"}
