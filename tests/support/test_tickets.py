"""A request as its author follows it: the thread, its states, and who may do what."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from core import clock
from core.errors import DomainError, IllegalMove
from notifications.models import Email, Notice
from support import services
from support.errors import Merged, OwnTicket, TooLateToReopen, TooManyMessages
from support.models import Motive, Step, Ticket
from support.selectors import reading_of
from support.states import LIVE, TICKET_ALLOWED, TicketStatus
from support.tasks import sweep
from tests.accounts.team import decided_on
from tests.core.files import samples
from tests.support.pages import lands, text_of

DAY = timedelta(days=1)


def in_state(ticket: Ticket, status: str, staff: User) -> Ticket:
    """Led there by the services."""
    if status == TicketStatus.OPEN:
        services.assign(ticket=ticket, by=staff, to=staff)
    elif status == TicketStatus.WAITING:
        services.ask_more(ticket=ticket, by=staff, reason="De quand date le débit ?")
    elif status == TicketStatus.RESOLVED:
        services.resolve(ticket=ticket, by=staff, reason="C’est remboursé.")
    elif status == TicketStatus.MERGED:
        services.merge(ticket=ticket, into=another(ticket), by=staff, reason="La même chose.")
    ticket.refresh_from_db()
    return ticket


def another(ticket: Ticket) -> Ticket:
    assert ticket.author
    return services.send_ticket(by=ticket.author, motive=ticket.motive, body="Encore moi.", client_id=uuid4())


Act = Callable[[Ticket, User], object]
ACTS: dict[str, tuple[Act, str]] = {
    "answer": (lambda t, staff: services.answer(ticket=t, by=staff, reason="Voici."), TicketStatus.OPEN),
    "ask": (lambda t, staff: services.ask_more(ticket=t, by=staff, reason="Laquelle ?"), TicketStatus.WAITING),
    "resolve": (lambda t, staff: services.resolve(ticket=t, by=staff, reason="Fait."), TicketStatus.RESOLVED),
    "merge": (
        lambda t, staff: services.merge(ticket=t, into=another(t), by=staff, reason="Double."),
        TicketStatus.MERGED,
    ),
    "take": (lambda t, staff: services.assign(ticket=t, by=staff, to=staff), TicketStatus.OPEN),
    "reply": (lambda t, _staff: services.reply(ticket=t, body="Je précise."), TicketStatus.OPEN),
    "close": (lambda t, _staff: services.close(ticket=t), TicketStatus.RESOLVED),
}
# Where it stays as it is: words are added, or nothing is left to do.
STAYS = {
    ("received", "reply"): "received",
    ("waiting", "take"): "waiting",
    ("open", "answer"): "open",
    ("open", "reply"): "open",
    ("open", "take"): "open",
    ("resolved", "close"): "resolved",
}
REFUSED = {
    *(("merged", act) for act in ("answer", "ask", "resolve", "merge", "reply", "close", "take")),
    *(("resolved", act) for act in ("ask", "resolve", "merge", "take")),
    ("waiting", "ask"),
    # Only its author takes it up again.
    ("resolved", "answer"),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", TICKET_ALLOWED)
def test_every_step_from_every_state(ticket: Ticket, staff: User, status: str, act: str) -> None:
    in_state(ticket, status, staff)
    do, leads_to = ACTS[act]
    before = ticket.events.count()
    if (status, act) in REFUSED:
        with pytest.raises(DomainError):
            do(ticket, staff)
    else:
        do(ticket, staff)
    ticket.refresh_from_db()
    wanted = status if (status, act) in REFUSED else STAYS.get((status, act), leads_to)
    assert ticket.status == wanted
    if wanted != status:
        assert ticket.events.count() == before + 1
    assert bool(ticket.closes_at) == (wanted == TicketStatus.WAITING)


def test_strangers_find_nothing(client: Client, ticket: Ticket, nadia: User, staff: User) -> None:
    for stranger in (nadia, staff):
        client.force_login(stranger)
        assert client.get(ticket.address).status_code == 404
        assert client.post(ticket.address, {"body": "Bonjour"}).status_code == 404
        assert client.post(reverse("support:closing", args=[ticket.reference])).status_code == 404
        assert ticket.number not in text_of(client.get(reverse("support:tickets")))


def test_from_the_question_of_a_mentor_to_its_end(client: Client, claire: User, staff: User) -> None:
    client.force_login(claire)
    form = reverse("support:motive", args=["virement"])
    address = lands(client.post(form, {"body": "Où est mon virement ?", "client_id": uuid4()}))
    assert "Nous visons une réponse au plus tard le" in text_of(client.get(address))
    made = Ticket.objects.get()
    team = Client()
    team.force_login(staff)
    assert made.number in text_of(team.get(reverse("admin:support_ticket_changelist")))
    decision = reverse("admin:support_ticket_decision", args=[made.pk, "precision"])
    lands(decided_on(team, decision, reason="De quelle session ?"))
    page = text_of(client.get(address))
    assert "De quelle session ?" in page
    assert "Réponse attendue de vous" in page
    assert Notice.objects.filter(recipient=claire, url=address).count() == 2
    picture = SimpleUploadedFile("releve.png", samples.image())
    lands(client.post(address, {"body": "Celle de lundi.", "client_id": uuid4(), "attachments": picture}))
    made.refresh_from_db()
    assert made.status == TicketStatus.OPEN
    shown = text_of(team.get(reverse("admin:support_ticket_change", args=[made.pk])))
    assert "Celle de lundi." in shown
    assert "releve.png" in shown
    decision = reverse("admin:support_ticket_decision", args=[made.pk, "resolution"])
    lands(decided_on(team, decision, reason="Il part ce soir."))
    page = text_of(client.get(address))
    assert "Résolue" in page
    assert "Il part ce soir." in page
    assert "Camille, de l’équipe Skilmi" in page
    assert Email.objects.filter(to=claire.email).count() == 3
    actions = AuditEntry.objects.filter(reference=f"ticket:{made.reference}").values_list("action", flat=True)
    assert set(actions) == {"support.asked", "support.resolved"}


def test_the_list_begins_with_what_waits_for_its_reader(
    client: Client, karim: User, ticket: Ticket, staff: User
) -> None:
    newer = another(ticket)
    client.force_login(karim)
    page = text_of(client.get(reverse("support:tickets")))
    assert page.index(newer.number) < page.index(ticket.number)
    services.ask_more(ticket=ticket, by=staff, reason="De quand date le débit ?")
    page = text_of(client.get(reverse("support:tickets")))
    assert page.index(ticket.number) < page.index(newer.number)


def test_a_request_is_reopened_for_some_days_and_no_longer(
    client: Client, karim: User, ticket: Ticket, staff: User
) -> None:
    now = clock.now()
    services.resolve(ticket=ticket, by=staff, reason="Fait.", now=now - 20 * DAY)
    client.force_login(karim)
    page = text_of(client.get(ticket.address))
    assert "<textarea" not in page
    assert "Écrire une nouvelle demande" in page
    with pytest.raises(TooLateToReopen):
        services.reply(ticket=ticket, body="Non.")
    services.reply(ticket=ticket, body="Non.", now=now - 10 * DAY)
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN
    # Counted anew.
    assert ticket.due_at > now - 10 * DAY


def test_an_answer_sent_twice_is_one_and_what_is_refused_is_kept(client: Client, karim: User, ticket: Ticket) -> None:
    client.force_login(karim)
    given = {"body": "Encore ceci.", "client_id": uuid4()}
    for _twice in range(2):
        lands(client.post(ticket.address, given))
    assert ticket.messages.count() == 2
    bad = SimpleUploadedFile("a.exe", b"MZ\x00")
    page = text_of(client.post(ticket.address, {**given, "client_id": uuid4(), "attachments": bad}))
    assert "ce type de fichier n’est pas accepté" in page
    assert "Encore ceci.</textarea>" in page
    for wrong in ({"body": " "}, {"body": "a\x00"}, {"body": "a" * 4001}):
        assert "Rien n’est enregistré" in text_of(client.post(ticket.address, wrong))
    assert ticket.messages.count() == 2


def test_files_are_bounded(client: Client, karim: User, ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.services.following.MOST_FILES_PER_DAY", 1)
    client.force_login(karim)
    for number in range(2):
        picture = SimpleUploadedFile("a.png", samples.image())
        last = client.post(ticket.address, {"body": f"{number}", "client_id": uuid4(), "attachments": picture})
    assert "beaucoup de fichiers depuis hier" in text_of(last)
    assert ticket.messages.count() == 2


def test_answers_are_bounded(ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.services.following.MOST_PER_HOUR", 2)
    services.reply(ticket=ticket, body="Un.")
    with pytest.raises(TooManyMessages):
        services.reply(ticket=ticket, body="Deux.")


def test_what_waits_for_the_person_is_announced_then_closed(ticket: Ticket, staff: User) -> None:
    asked = clock.now() - 10 * DAY
    services.ask_more(ticket=ticket, by=staff, reason="De quand date le débit ?", now=asked)
    sweep()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.WAITING
    assert Email.objects.filter(kind="support.closing").count() == 0
    Ticket.objects.update(warn_at=clock.now() - DAY)
    for _twice in range(2):
        sweep()
    assert Email.objects.filter(kind="support.closing").count() == 1
    Ticket.objects.update(closes_at=clock.now() - DAY)
    for _twice in range(2):
        sweep()
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RESOLVED
    assert ticket.events.filter(step=Step.LAPSED).count() == 1
    assert Email.objects.filter(kind="support.lapsed").count() == 1


def test_the_notice_comes_three_days_before_the_end(ticket: Ticket, staff: User) -> None:
    at = clock.now()
    services.ask_more(ticket=ticket, by=staff, reason="De quand date le débit ?", now=at)
    ticket.refresh_from_db()
    assert (ticket.warn_at, ticket.closes_at) == (at + 11 * DAY, at + 14 * DAY)
    assert services.due_warning_ids(now=at + 11 * DAY - timedelta(minutes=1)) == []
    assert services.due_warning_ids(now=at + 11 * DAY) == [ticket.pk]
    assert not services.lapse(ticket_id=ticket.pk, now=at + 14 * DAY - timedelta(minutes=1))
    services.reply(ticket=ticket, body="Hier.", now=at + DAY)
    assert services.due_closing_ids(now=at + 20 * DAY) == []


def test_merging_brings_the_words_together_and_says_so(
    client: Client, karim: User, ticket: Ticket, staff: User
) -> None:
    stays = another(ticket)
    services.change_priority(ticket=ticket, by=staff, priority=1, reason="Deux débits.")
    for _twice in range(2):
        services.merge(ticket=ticket, into=stays, by=staff, reason="La même chose.")
    stays.refresh_from_db()
    assert [message.body for message in stays.messages.all()] == ["J’ai été débité deux fois.", "Encore moi."]
    assert stays.priority == 1
    assert Email.objects.filter(kind="support.merged", to=karim.email).count() == 1
    client.force_login(karim)
    page = text_of(client.get(ticket.address))
    assert stays.address in page
    with pytest.raises(Merged):
        services.reply(ticket=ticket, body="Ici ?")


def test_requests_of_two_people_are_not_merged(
    ticket: Ticket, visitor_ticket: Ticket, nadia: User, staff: User
) -> None:
    other = services.send_ticket(by=nadia, motive=ticket.motive, body="Moi aussi.", client_id=uuid4())
    for into in (other, visitor_ticket, ticket):
        with pytest.raises(DomainError):
            services.merge(ticket=ticket, into=into, by=staff, reason="La même chose.")
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.RECEIVED


@pytest.mark.parametrize("status", sorted(LIVE))
def test_nobody_of_the_team_handles_his_own(staff: User, motive: Motive, nadia: User, status: str) -> None:
    nadia.is_staff = True
    nadia.save()
    own = services.send_ticket(by=staff, motive=motive, body="Et moi ?", client_id=uuid4())
    in_state(own, status, nadia)
    with pytest.raises(OwnTicket):
        services.resolve(ticket=own, by=staff, reason="Oui.")
    with pytest.raises(OwnTicket):
        services.assign(ticket=own, by=nadia, to=staff)


def test_members_decide_nothing(ticket: Ticket, nadia: User) -> None:
    with pytest.raises(DomainError):
        services.resolve(ticket=ticket, by=nadia, reason="Fait.")
    with pytest.raises(DomainError):
        services.assign(ticket=ticket, by=nadia, to=nadia)


def test_an_answer_to_what_changed_meanwhile_is_read_again(ticket: Ticket, staff: User) -> None:
    seen = reading_of(ticket)
    services.reply(ticket=ticket, body="En fait, trois fois.")
    with pytest.raises(IllegalMove):
        services.resolve(ticket=ticket, by=staff, reason="Fait.", seen=seen)


def test_the_desk_names_a_request_that_waits_for_its_author(ticket: Ticket, staff: User, client: Client) -> None:
    assert ticket.author
    client.force_login(ticket.author)
    assert "Répondre à l’équipe" not in text_of(client.get(reverse("pages:account")))
    in_state(ticket, TicketStatus.WAITING, staff)
    assert "Répondre à l’équipe" in text_of(client.get(reverse("pages:account")))
