"""The team’s screens without a mouse: each stop of the focus is seen, and a report is decided from its queue on."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from accounts.models import AuditEntry, User
from messaging.models import Report, Topic
from messaging.services import get_or_create_thread, report, send_message
from tests import people
from tests.browser.stack import Stack
from tests.browser.test_access import Keyboard

pytestmark = pytest.mark.browser


def past_the_menu(keys: Keyboard) -> None:
    """The menu of all lists is long."""
    keys.tab_to("Passer au contenu principal", tag="A")
    keys.press("Enter")


@pytest.fixture
def shown(stack: Stack) -> Report:
    karim, nadia = people.member("Karim", "Benali"), people.member("Nadia", "Faure")
    thread = get_or_create_thread(one=karim, other=nadia)
    message = send_message(thread=thread, author=nadia, body="Payez-moi ailleurs.")
    return report(thread=thread, by=karim, topic=Topic.values[0], client_id=uuid4(), message=message)


def test_a_report_is_decided_with_keys_alone(stack: Stack, shown: Report, sign_in: Callable[[User], Page]) -> None:
    page = sign_in(User.objects.create_superuser("camille@example.org", "sesame-ouvre-toi", first_name="Camille"))
    keys = Keyboard(page)
    page.goto(f"{stack.url}/equipe/")
    keys.skip_to_content()
    keys.tab_to("Ouvrir le plus ancien – Messages et membres signalés", tag="A")
    keys.press("Enter")
    page.wait_for_url(f"**/admin/messaging/report/{shown.pk}/change/")
    past_the_menu(keys)
    keys.tab_to("Classer sans suite", tag="A")
    keys.press("Enter")
    page.wait_for_url("**/decision/refus/**")
    past_the_menu(keys)
    keys.tab_to("Réponse, lue par la personne qui a signalé", tag="TEXTAREA")
    keys.type("Rien n’interdit d’en parler.")
    keys.tab_to("", tag="INPUT")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/admin/messaging/report/(#.*)?$"))
    shown.refresh_from_db()
    assert shown.reason == "Rien n’interdit d’en parler."
    assert AuditEntry.objects.filter(reference=f"report:{shown.pk}").exists()


def test_a_list_of_the_team_is_searched_with_keys_alone(stack: Stack, sign_in: Callable[[User], Page]) -> None:
    people.member("Karim", "Benali")
    nadia = people.member("Nadia", "Faure")
    page = sign_in(User.objects.create_superuser("camille@example.org", "sesame-ouvre-toi"))
    keys = Keyboard(page)
    page.goto(f"{stack.url}/admin/accounts/user/")
    past_the_menu(keys)
    keys.tab_to("", tag="INPUT")
    keys.type("faure")
    keys.press("Enter")
    page.wait_for_url("**q=faure**")
    keys.tab_to(nadia.email, tag="A")
    keys.press("Enter")
    page.wait_for_url(f"**/admin/accounts/user/{nadia.pk}/change/**")
