"""What is left of a member 14, 15 and 16 days after he closed his account (ST-23, K-34, K-19)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import closings, personal_data
from accounts.models import Closing, LegalAcceptance, User
from accounts.rules import CLAIM
from accounts.states import ClosingStatus
from bookings.models import Booking
from catalog.models import Listing
from core import clock
from core import personal_data as registry
from core.personal_data import ERASED_WORDS
from messaging.models import Attachment, Message
from messaging.services import get_or_create_thread
from notifications.models import Email, Notice
from notifications.services import forget_old_emails
from reviews.models import Review
from stripe_sandbox import Sandbox
from tests.accounts import everything
from tests.accounts.everything import World, sessions_of, tables_that_know
from tests.accounts.leaving import PASSWORD, close, days, sweep
from tests.bookings.making import text_of
from tests.sessions_video.conftest import at_local_hour

pytestmark = pytest.mark.usefixtures("outbox")

# Printed documents, and who sold, are kept by law.
BY_LAW = {"billing_invoice", "billing_billingprofile"}


@pytest.fixture
def world(db: None, sandbox: Sandbox) -> World:
    at_local_hour(9)
    return everything.build()


def send_all() -> None:
    Email.objects.update(sent_at=clock.now(), next_attempt_at=None)


@pytest.mark.requirement("ST-21", "ST-22", "ST-23", "K-34")
@pytest.mark.parametrize("who", ["learner", "mentor"])
def test_nothing_personal_is_left_after_15_days_but_what_the_law_asks_for(world: World, who: str) -> None:
    leaver: User = getattr(world, who)
    page, address, words = leaver.page.get_absolute_url(), leaver.email, world.words_of(leaver)
    markers = [address, leaver.first_name, leaver.last_name, words]
    files = [path for path in world.files if path.exists()]
    assert len(files) == 6
    send_all()
    closed_at = clock.now()
    closing = close(leaver, now=closed_at)
    sweep(closed_at + days(14))
    closing.refresh_from_db()
    assert (closing.status, closing.warned_at) == (ClosingStatus.CLOSED, closed_at + days(14))
    leaver.refresh_from_db()
    assert leaver.email == address
    assert all(path.exists() for path in files)

    send_all()
    sweep(closed_at + days(15))
    closing.refresh_from_db()
    assert (closing.status, closing.reason) == (ClosingStatus.ERASED, "")
    found = {table for marker in markers for table in tables_that_know(marker)}
    # The other person's own copy of what was agreed and paid for.
    assert found - BY_LAW == set()
    assert [path.exists() for path in files].count(True) == 3
    leaver.refresh_from_db()
    assert (str(leaver), leaver.get_short_name()) == ("Membre supprimé", "Membre supprimé")
    assert not leaver.has_usable_password()
    assert Client().get(page).status_code == 404
    assert not Listing.objects.filter(user=leaver).exists()
    assert sessions_of(leaver) == 0
    assert LegalAcceptance.objects.filter(user=leaver).count() == 1

    sweep(closed_at + days(16))
    assert Closing.objects.get().erased_at == closed_at + days(15)
    assert Client().post(reverse("account_login"), {"login": address, "password": PASSWORD}).status_code == 200


@pytest.mark.requirement("K-34")
def test_others_keep_their_words_and_read_a_pseudonym(world: World) -> None:
    learner, mentor = world.learner, world.mentor
    erase(learner)
    thread = get_or_create_thread(one=learner, other=mentor)
    own, erased = thread.messages.get(body=everything.MENTORS_WORDS), thread.messages.get(body=ERASED_WORDS)
    assert (own.author, erased.author, erased.file_count) == (mentor, learner, 0)
    assert Attachment.objects.filter(message__author=mentor).count() == 2
    client = Client()
    client.force_login(mentor)
    text = text_of(client.get(thread.get_absolute_url()))
    assert "Membre supprimé" in text
    assert "Message supprimé" in text
    for address in [
        world.booking.get_absolute_url(),
        reverse("sessions_video:proof", args=[world.booking.reference]),
        reverse("bookings:my_sessions"),
        reverse("messaging:inbox"),
        reverse("billing:earnings"),
        reverse("notifications:list"),
        mentor.page.get_absolute_url(),
        reverse("pages:account"),
    ]:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert learner.last_name not in text_of(answer), address
    assert Notice.objects.filter(recipient=mentor, text__contains="Membre supprimé").exists()


@pytest.mark.requirement("K-34")
def test_marks_count_whoever_gave_or_received_them(world: World) -> None:
    erase(world.learner)
    world.mentor.mentor_profile.refresh_from_db()
    assert world.mentor.mentor_profile.rating_count == 1
    assert "Clair et patient." in text_of(Client().get(world.mentor.page.get_absolute_url()))
    erase(world.mentor)
    assert Review.objects.get().mark == 5
    client = Client()
    stranger = User.objects.get(first_name="Nadia")
    client.force_login(stranger)
    assert client.get(reverse("messaging:inbox")).status_code == 200


@pytest.mark.requirement("ST-23")
def test_the_address_may_open_a_new_account(world: World) -> None:
    learner = world.learner
    erase(learner)
    client = Client()
    data = {"email": learner.email, "first_name": "Zoe", "last_name": "Neuve", "accepts_terms": "on"}
    client.post(reverse("account_signup"), data | {"password1": "sesame-neuf-encore"})
    fresh = User.objects.get(email=learner.email)
    assert fresh.pk != learner.pk
    assert Booking.objects.of(fresh).count() == 0


@pytest.mark.requirement("ST-23")
def test_an_erasure_that_was_killed_anywhere_is_finished_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner, closed_at = world.learner, clock.now()
    markers = [learner.email, learner.last_name, everything.LEARNERS_WORDS]
    closing = close(learner, now=closed_at)
    send_all()
    at = closed_at + days(15)
    names = [source.app for source in registry.upper_first()]
    for name in names:
        dying = [_killed(source) if source.app == name else source for source in registry.registered()]
        with monkeypatch.context() as patch:
            patch.setattr(registry, "_sources", {source.app: source for source in dying})
            with pytest.raises(KeyboardInterrupt):
                closings.erase(closing_id=closing.pk, now=at)
        assert not closings.erase(closing_id=closing.pk, now=at)
        at += CLAIM
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ERASING
    assert closings.erase(closing_id=closing.pk, now=at)
    assert {table for marker in markers for table in tables_that_know(marker)} <= BY_LAW
    personal_data.erase(learner.pk)


def _killed(source: registry.Source) -> registry.Source:
    """Its work is done, and the worker dies before anybody knows."""

    def erase(member_id: int) -> None:
        source.erase(member_id)
        raise KeyboardInterrupt

    return registry.Source(app=source.app, title=source.title, held=source.held, erase=erase)


@pytest.mark.requirement("K-34")
def test_a_claim_that_arose_meanwhile_postpones_the_erasure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    closed_at = clock.now()
    closing = close(world.learner, now=closed_at)
    stops = [registry.Obstacle("Votre banque conteste un paiement.")]
    with monkeypatch.context() as patch:
        patch.setattr(registry, "obstacles_of", lambda member_id, now: stops)
        sweep(closed_at + days(15))
    closing.refresh_from_db()
    assert (closing.status, closing.obstacle) == (ClosingStatus.CLOSED, "Votre banque conteste un paiement.")
    assert not closing.can_be_taken_back(closed_at + days(15))
    sweep(closed_at + days(15))
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.CLOSED
    sweep(closed_at + days(16))
    closing.refresh_from_db()
    assert closing.status == ClosingStatus.ERASED


@pytest.mark.requirement("ST-23")
def test_one_letter_comes_three_days_before(world: World) -> None:
    closed_at = clock.now()
    close(world.learner, now=closed_at)
    letters = Email.objects.filter(to=world.learner.email, subject__contains="seront effacées")
    sweep(closed_at + days(11))
    assert not letters.exists()
    for _minute in range(2):
        sweep(closed_at + days(12))
    assert Closing.objects.get().reference in letters.get().body_text


def test_old_emails_go_and_those_that_wait_stay(world: World) -> None:
    now = clock.now()
    waiting = Email.objects.filter(to=world.mentor.email).latest("pk")
    Email.objects.exclude(pk=waiting.pk).update(sent_at=now, next_attempt_at=None)
    assert forget_old_emails(now=now + days(14)) == 0
    assert forget_old_emails(now=now + days(15)) > 0
    assert list(Email.objects.all()) == [waiting]
    assert not Message.objects.filter(author=None, body__contains="@").exists()


def erase(member: User) -> None:
    closed_at = clock.now()
    send_all()
    close(member, now=closed_at)
    send_all()
    sweep(closed_at + days(15))
