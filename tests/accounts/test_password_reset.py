"""A lost password: the same answer for everybody, a link that serves once, within the hour (ST-17, ST-18, K-24)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.leaving import close

ASK = reverse("account_reset_password")
NEW = "autre-phrase-longue"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def member(karim: User) -> User:
    EmailAddress.objects.create(user=karim, email=karim.email, verified=True, primary=True)
    return karim


def ask(address: str) -> tuple[int, str, str, set[str]]:
    """All that somebody sees of the answer."""
    client = Client()
    answer = client.post(ASK, {"email": address})
    page = client.get(answer.headers["Location"]).content.decode()
    without_key = "".join(line for line in page.splitlines() if "csrf" not in line.lower())
    return answer.status_code, answer.headers["Location"], without_key, set(client.cookies)


def link() -> str:
    """The address in the last e-mail, without its host."""
    (address,) = [word for word in str(mail.outbox[-1].body).split() if "/mot-de-passe/nouveau/" in word]
    return urlsplit(address).path


def set_password(address: str) -> bool:
    client = Client()
    form = client.get(address, follow=True)
    if not form.redirect_chain:
        return False
    client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    return True


@pytest.mark.requirement("ST-17", "K-24")
def test_the_screen_says_the_same_whether_or_not_there_is_an_account(member: User, nadia: User) -> None:
    known = ask(member.email)
    close(nadia, now=NOW)
    User.objects.create_user("sans@example.org")
    assert known == ask("personne@example.org") == ask(nadia.email) == ask("sans@example.org")


@pytest.mark.requirement("K-24", "ST-17")
def test_the_link_serves_once(member: User) -> None:
    ask(member.email)
    address = link()
    assert set_password(address)
    member.refresh_from_db()
    assert member.check_password(NEW)
    assert "ne fonctionne plus" in Client().get(address, follow=True).content.decode()


@pytest.mark.requirement("K-24")
@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_the_link_serves_for_an_hour(member: User, minutes: int, *, works: bool) -> None:
    with time_machine.travel(NOW, tick=False) as traveller:
        ask(member.email)
        traveller.shift(timedelta(minutes=minutes))
        assert set_password(link()) == works
    member.refresh_from_db()
    assert member.check_password(NEW) == works


@pytest.mark.requirement("K-24")
def test_a_new_link_or_a_login_ends_the_former_link(member: User) -> None:
    ask(member.email)
    first = link()
    member.set_password(NEW)
    member.save()
    assert not set_password(first)
