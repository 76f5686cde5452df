"""One conversation in two windows, and in the room: what one writes, the other sees at once."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Page, expect

from accounts.models import User
from messaging.models import Attachment, Message, Thread
from messaging.selectors import thread_between, unread_count
from messaging.services import get_or_create_thread, send_message
from tests import people
from tests.browser.chromium import until
from tests.browser.people import session_cookie
from tests.browser.seats import Seat
from tests.browser.stack import Stack
from tests.core.files import samples
from tests.sessions_video.conftest import Room, at_local_hour, build_room

pytestmark = pytest.mark.browser

# Shorter than the poller's turn: what comes in this time came by the socket.
AT_ONCE_MS = 30_000
NOTES = FilePayload(name="notes de cours.txt", mimeType="text/plain", buffer=b"Trois lignes.")
PLAN = FilePayload(name="plan.png", mimeType="image/png", buffer=samples.image())


class Window:
    """The page of a conversation and what was thrown in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.errors = page, list[str]()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        with page.expect_websocket():
            page.goto(address)
        self.log = page.get_by_role("log", name="Messages échangés")
        self.words = page.get_by_role("textbox", name=re.compile("^Écrire à "))

    def _listen(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.errors.append(line.text)

    def write(self, words: str, *files: FilePayload) -> None:
        if files:
            self.page.get_by_label("Joindre des fichiers").set_input_files(files)
        self.words.fill(words)
        self.page.get_by_role("button", name="Envoyer", exact=True).click()

    def has_read_all(self, user: User) -> None:
        """What is in view is read."""
        until(self.page, lambda: unread_count(user) == 0, "messages stay unread")

    def sees(self, words: str) -> None:
        expect(self.log).to_contain_text(words, timeout=AT_ONCE_MS)

    def sees_once(self, words: str) -> None:
        self.sees(words)
        expect(self.log.get_by_text(words, exact=True)).to_have_count(1)


@pytest.fixture
def pair(stack: Stack) -> tuple[User, User, Thread]:
    karim, claire = people.member("Karim", "Benali"), people.mentor("Claire", "Roux")
    return karim, claire, get_or_create_thread(one=karim, other=claire)


@pytest.fixture
def windows(stack: Stack, sign_in: Callable[[User], Page], pair: tuple[User, User, Thread]) -> tuple[Window, Window]:
    karim, claire, thread = pair
    address = stack.url + thread.get_absolute_url()
    return Window(sign_in(karim), address), Window(sign_in(claire), address)


@pytest.mark.requirement("SK-53", "SK-54")
def test_words_and_files_reach_the_other_window_at_once(
    windows: tuple[Window, Window], pair: tuple[User, User, Thread]
) -> None:
    karim, claire = windows
    karim.write("Bonjour Claire")
    claire.sees_once("Bonjour Claire")
    karim.sees_once("Bonjour Claire")
    expect(karim.words).to_have_value("")
    claire.write("Voici mes notes", NOTES, PLAN)
    for window in windows:
        window.sees_once("notes de cours.txt")
        expect(window.log.locator("img[src*=vignette]")).to_have_count(1)
    with karim.page.expect_download() as download:
        karim.log.get_by_role("link", name=re.compile("notes de cours.txt")).click()
    assert download.value.suggested_filename == NOTES["name"]
    assert Path(download.value.path()).read_bytes() == NOTES["buffer"]
    for window, user in ((karim, pair[0]), (claire, pair[1])):
        window.has_read_all(user)
    expect(karim.page.locator("[id=unread-messages]")).to_be_hidden()
    assert (karim.errors, claire.errors) == ([], [])


def test_what_waits_is_read_and_counted_out_once_the_page_is_seen(
    stack: Stack, sign_in: Callable[[User], Page], pair: tuple[User, User, Thread]
) -> None:
    karim, claire, thread = pair
    send_message(thread=thread, author=claire, body="Êtes-vous là ?")
    page = sign_in(karim)
    page.goto(stack.url + "/messagerie/")
    expect(page.locator("[id=unread-messages]")).to_contain_text("1")
    page.goto(stack.url + thread.get_absolute_url())
    expect(page.locator("[id=unread-messages]")).to_be_hidden()
    assert unread_count(karim) == 0
    expect(page.get_by_role("button", name="Marquer comme lu")).to_have_count(0)


def test_what_is_refused_or_fails_loses_nothing(windows: tuple[Window, Window], stack: Stack) -> None:
    karim, claire = windows
    alert = karim.page.get_by_role("alert")
    page = FilePayload(name="photo.png", mimeType="image/png", buffer=samples.HTML)
    karim.write("Un long message", page)
    expect(alert).to_contain_text("photo.png\u202f»\u202f: ce type de fichier n’est pas accepté")
    expect(karim.words).to_have_value("Un long message")
    karim.page.get_by_role("button", name="Retirer photo.png").click()

    stack.kill("web")
    karim.write("Un long message", NOTES)
    expect(alert).to_contain_text("L’envoi n’a pas abouti.")
    expect(karim.words).to_have_value("Un long message")
    stack.launch("web")
    stack.wait_until_ready()
    karim.page.get_by_role("button", name="Envoyer", exact=True).click()
    karim.sees_once("notes de cours.txt")
    expect(claire.log).to_contain_text("notes de cours.txt")
    assert Message.objects.count() == Attachment.objects.count() == 1


def test_the_other_window_goes_on_without_a_socket(
    windows: tuple[Window, Window], pair: tuple[User, User, Thread], sign_in: Callable[[User], Page]
) -> None:
    """As behind a proxy that lets no socket through."""
    karim, _claire = windows
    page = sign_in(pair[1])
    page.route_web_socket(re.compile("/ws/"), lambda route: route.close())
    page.goto(karim.page.url)
    karim.write("Sans fil")
    expect(page.get_by_role("log", name="Messages échangés")).to_contain_text("Sans fil")


@pytest.mark.requirement("SK-54")
def test_a_number_brings_a_reminder_before_it_is_sent_and_no_block(windows: tuple[Window, Window]) -> None:
    karim, claire = windows
    reminder = karim.page.locator('[data-part="reminder"]')
    karim.words.fill("Appelez-moi au 06 12 34 56 78")
    expect(reminder).to_contain_text("vos coordonnées restent privées")
    karim.words.fill("Le 08/12/2026 à 14:30 ?")
    expect(reminder).to_be_empty()
    karim.write("Appelez-moi au 06 12 34 56 78")
    claire.sees("06 12 34 56 78")
    expect(reminder).to_be_empty()


def test_without_script_files_are_sent_with_the_form(
    stack: Stack, chromium: Browser, pair: tuple[User, User, Thread]
) -> None:
    karim, _claire, thread = pair
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    context.add_cookies([session_cookie(karim, stack.url)])
    page = context.new_page()
    page.goto(stack.url + thread.get_absolute_url())
    page.get_by_label("Joindre des fichiers").set_input_files([NOTES, PLAN])
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_role("link", name=re.compile("notes de cours.txt"))).to_be_visible()
    assert Attachment.objects.count() == 2
    context.close()


@pytest.fixture
def room(stack: Stack) -> Room:
    at_local_hour(9)
    return build_room()


@pytest.mark.requirement("SK-13", "SK-89")
def test_the_room_and_the_page_of_the_conversation_are_one(
    stack: Stack, sign_in: Callable[[User], Page], room: Room
) -> None:
    thread = thread_between(room.mentor, room.learner)
    assert thread
    address = stack.url + reverse("sessions_video:room", args=[room.video_session.booking.reference])
    seat, window = (
        Seat(sign_in(room.mentor), address),
        Window(sign_in(room.learner), stack.url + thread.get_absolute_url()),
    )
    log = seat.page.locator(seat.part("chat-log"))

    window.write("J’arrive dans deux minutes", PLAN)
    expect(log).to_contain_text("J’arrive dans deux minutes", timeout=AT_ONCE_MS)
    expect(log.get_by_role("link", name=re.compile("plan.png"))).to_have_attribute("target", "_blank")
    seat.page.fill(seat.part("chat-input"), "Je vous attends")
    seat.page.press(seat.part("chat-input"), "Enter")
    window.sees_once("Je vous attends")

    seat.page.get_by_label("Joindre des fichiers").set_input_files([NOTES])
    seat.page.fill(seat.part("chat-input"), "À lire")
    seat.page.press(seat.part("chat-input"), "Enter")
    window.sees_once("notes de cours.txt")
    expect(log.get_by_text("notes de cours.txt", exact=True)).to_have_count(1)
    expect(seat.page.locator(seat.part("chat-input"))).to_have_value("")

    page = FilePayload(name="outil.exe", mimeType="image/png", buffer=samples.PROGRAM)
    seat.page.get_by_label("Joindre des fichiers").set_input_files([page])
    seat.page.press(seat.part("chat-input"), "Enter")
    expect(seat.page.locator(".chat").get_by_role("alert")).to_contain_text("outil.exe")
    seat.page.reload()
    expect(log.get_by_text("notes de cours.txt", exact=True)).to_have_count(1)
    assert window.errors == []
    assert [error for error in seat.errors if "400" not in error] == []


def test_a_line_written_while_the_window_was_cut_off_comes_when_it_is_back(
    windows: tuple[Window, Window], pair: tuple[User, User, Thread], stack: Stack
) -> None:
    karim, _claire = windows
    stack.kill("web")
    send_message(thread=pair[2], author=pair[1], body="Êtes-vous là ?")
    stack.launch("web")
    stack.wait_until_ready()
    expect(karim.log).to_contain_text("Êtes-vous là ?")
