"""Requests sent and handled at once, on a database where commits are real."""

from uuid import uuid4

import pytest

from accounts.models import User
from core.errors import DomainError
from notifications.models import Email
from support.models import Motive, Ticket
from support.services import lapse, merge, reply, resolve, send_ticket
from support.services.sending import Visitor
from support.states import TicketStatus
from tests import people
from tests.databases import cloned_database, in_threads

__all__ = ["cloned_database"]

pytestmark = pytest.mark.usefixtures("cloned_database")


@pytest.fixture
def karim(cloned_database: str) -> User:
    return people.member("Karim", "Benali")


@pytest.fixture
def staff(cloned_database: str) -> User:
    return User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi")


def test_a_request_sent_four_times_at_once_is_one(karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.services.sending.MOST_PER_DAY", 1)
    motive, client_id = Motive.objects.get(slug="erreur"), uuid4()
    for by in (karim, Visitor("Paul", "paul@example.net", "fr", "ici")):
        sent = in_threads(*[lambda by=by: send_ticket(by=by, motive=motive, body="Voici.", client_id=client_id)] * 4)
        assert len({ticket.pk for ticket in sent if isinstance(ticket, Ticket)}) == 1, sent
        assert all(isinstance(ticket, Ticket) for ticket in sent), sent
    assert Ticket.objects.count() == Email.objects.count() == 2


def test_an_answer_and_a_last_word_at_once_leave_one_state(karim: User, staff: User) -> None:
    motive = Motive.objects.get(slug="erreur")
    ticket = send_ticket(by=karim, motive=motive, body="Voici.", client_id=uuid4())
    results = in_threads(
        lambda: reply(ticket=ticket, body="Encore ceci."),
        lambda: resolve(ticket=ticket, by=staff, reason="Fait."),
        lambda: lapse(ticket_id=ticket.pk),
    )
    assert not any(isinstance(result, Exception) for result in results), results
    ticket.refresh_from_db()
    # Whoever was second had the last word: an answer to what is resolved opens it again.
    last = ticket.messages.order_by("-pk")[0]
    assert ticket.status == (TicketStatus.RESOLVED if last.side == "team" else TicketStatus.OPEN)
    assert ticket.messages.count() == 3


def test_two_requests_merged_crosswise_leave_one(karim: User, staff: User) -> None:
    motive = Motive.objects.get(slug="erreur")
    one, two = (send_ticket(by=karim, motive=motive, body=body, client_id=uuid4()) for body in ("Un.", "Deux."))
    results = in_threads(
        lambda: merge(ticket=one, into=two, by=staff, reason="La même chose."),
        lambda: merge(ticket=two, into=one, by=staff, reason="La même chose."),
    )
    assert sorted(isinstance(result, DomainError) for result in results) == [False, True], results
    assert sorted(ticket.is_merged for ticket in Ticket.objects.all()) == [False, True]
    stays = Ticket.objects.exclude(status=TicketStatus.MERGED).get()
    assert stays.messages.count() == 2
