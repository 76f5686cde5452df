"""The team's screens: the queue, what is done with a request, and the motives."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.models import Booking
from notifications.models import Email
from support.models import Motive, Priority, Team, Ticket
from support.services import assign, send_ticket
from support.states import TicketStatus
from tests.support.pages import lands, text_of

QUEUE = "admin:support_ticket_changelist"


@pytest.fixture
def team(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def write(by: User, slug: str) -> Ticket:
    motive = Motive.objects.get(slug=slug)
    return send_ticket(by=by, motive=motive, body="Voici.", client_id=uuid4())


def treat(team: Client, ticket: Ticket, verb: str, data: dict[str, Any]) -> Any:
    return team.post(reverse("admin:support_ticket_treatment", args=[ticket.pk, verb]), data)


def test_urgent_ones_come_first_then_the_oldest_against_their_target(team: Client, karim: User, nadia: User) -> None:
    slow, quick, urgent = write(karim, "presse"), write(nadia, "facture"), write(nadia, "signalement")
    page = text_of(team.get(reverse(QUEUE)))
    assert page.index(urgent.number) < page.index(quick.number) < page.index(slow.number)
    # The first page of the team opens the first of them.
    assert reverse("admin:support_ticket_change", args=[urgent.pk]) in text_of(team.get(reverse("admin:index")))


def test_the_queue_is_narrowed(team: Client, karim: User, staff: User, ticket: Ticket) -> None:
    other = write(karim, "signalement")
    assign(ticket=other, by=staff, to=staff)

    def shown(**query: str) -> set[str]:
        page = text_of(team.get(reverse(QUEUE), query))
        return {each.number for each in (ticket, other) if each.number in page}

    assert shown() == {ticket.number, other.number}
    assert shown(prise="moi") == {other.number}
    assert shown(prise="personne") == {ticket.number}
    assert shown(team=Team.FINANCE) == {ticket.number}
    assert shown(motive__id__exact=str(other.motive_id)) == {other.number}
    assert shown(etat=TicketStatus.RESOLVED) == set()
    assert shown(q=ticket.number) == {ticket.number}


def test_the_team_sees_who_asks(team: Client, karim: User, booking: Booking) -> None:
    first = write(karim, "presse")
    motive = Motive.objects.get(slug="paiement")
    about = f"booking:{booking.reference}"
    ticket = send_ticket(by=karim, motive=motive, body="Voici.", client_id=uuid4(), subject=about)
    page = text_of(team.get(reverse("admin:support_ticket_change", args=[ticket.pk])))
    assert karim.get_full_name() in page
    assert booking.get_absolute_url() in page
    assert first.number in page


def test_a_request_is_taken_raised_moved_and_merged(
    team: Client, karim: User, nadia: User, staff: User, ticket: Ticket
) -> None:
    lands(treat(team, ticket, "prise", {"to": staff.pk}))
    lands(treat(team, ticket, "priorite", {"priority": "1", "reason": "Deux débits."}))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.assigned_to, ticket.priority) == (TicketStatus.OPEN, staff, Priority.URGENT)
    motive = Motive.objects.get(slug="facture")
    lands(treat(team, ticket, "motif", {"motive": motive.pk, "reason": "C’est une facture."}))
    ticket.refresh_from_db()
    assert (ticket.motive, ticket.priority) == (motive, Priority.NORMAL)
    into = write(karim, "facture")
    stranger = write(nadia, "facture")
    page = text_of(treat(team, ticket, "reunion", {"into": stranger.pk, "reason": "La même chose."}))
    assert stranger.number not in page
    lands(treat(team, ticket, "reunion", {"into": into.pk, "reason": "La même chose."}))
    ticket.refresh_from_db()
    assert ticket.merged_into == into
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert set(actions) == {"support.taken", "support.priority", "support.motive", "support.merged"}
    # Of all this the person was told of the merging alone.
    assert list(
        Email.objects.filter(to=karim.email).exclude(kind="support.received").values_list("kind", flat=True)
    ) == ["support.merged"]


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("priorite", {"priority": "1", "reason": ""}),
        ("priorite", {"priority": "9", "reason": "Vite."}),
        ("motif", {"motive": "0", "reason": "Autre."}),
        ("prise", {"to": "0"}),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    team: Client, ticket: Ticket, verb: str, data: dict[str, str]
) -> None:
    answer = treat(team, ticket, verb, data)
    assert answer.status_code == 200
    assert "errornote" in text_of(answer)
    assert ticket.events.count() == 1


def test_headings_are_no_motive_of_a_request(team: Client, ticket: Ticket) -> None:
    heading = Motive.objects.get(slug="argent")
    answer = treat(team, ticket, "motif", {"motive": heading.pk, "reason": "Autre."})
    assert answer.status_code == 200


def test_whoever_may_only_look_changes_nothing(client: Client, nadia: User, ticket: Ticket) -> None:
    nadia.is_staff = True
    nadia.save()
    nadia.user_permissions.add(Permission.objects.get(codename="view_ticket"))
    client.force_login(nadia)
    page = text_of(client.get(reverse("admin:support_ticket_change", args=[ticket.pk])))
    assert "Répondre et résoudre" not in page
    assert "Changer la priorité" not in page
    address = reverse("admin:support_ticket_decision", args=[ticket.pk, "resolution"])
    assert client.post(address, {"reason": "Fait."}).status_code == 403
    assert treat(client, ticket, "priorite", {"priority": "1", "reason": "Vite."}).status_code == 403


def motive_data(motive: Motive, **changed: Any) -> dict[str, Any]:
    names = ("label", "slug", "audience", "order", "help", "links", "leads_to", "asks", "requires", "team", "priority")
    data = {name: getattr(motive, name) for name in (*names, "target_hours")}
    return data | {"parent": motive.parent_id or "", "is_shown": "on", "reason": "Plus clair."} | changed


def test_the_team_edits_a_motive(team: Client, staff: User, motive: Motive) -> None:
    address = reverse("admin:support_motive_change", args=[motive.pk])
    given = motive_data(motive, help="Nouvelle aide.", links=" Ici |  /aide/ \n\n", target_hours="4", asks=["day"])
    lands(team.post(address, given))
    page = text_of(team.get(motive.get_absolute_url()))
    assert "Nouvelle aide." in page
    assert 'href="/aide/"' in page
    assert "4 heures ouvrées" in page
    assert 'name="amount"' not in page
    entry = AuditEntry.objects.get(action="support.motive")
    assert entry.actor == staff
    assert "target_hours" in entry.reason
    assert "Plus clair." in entry.reason


@pytest.mark.parametrize(
    "changed",
    [
        {"links": "Sans adresse"},
        {"links": "Ailleurs | javascript:alert(1)"},
        {"links": "Ailleurs | //ailleurs.example"},
        {"requires": ["day"], "asks": ["amount"]},
        {"slug": "demandes"},
        {"slug": "facture"},
        {"target_hours": "0"},
        {"leads_to": "elsewhere"},
        {"audience": "nobody"},
    ],
)
def test_a_motive_that_makes_no_sense_is_refused(team: Client, motive: Motive, changed: dict[str, Any]) -> None:
    answer = team.post(reverse("admin:support_motive_change", args=[motive.pk]), motive_data(motive, **changed))
    assert answer.status_code == 200
    assert "errornote" in text_of(answer)


def test_a_motive_never_stands_under_itself(team: Client, motive: Motive) -> None:
    assert motive.parent
    for above in (motive, motive.parent):
        given = motive_data(motive.parent, parent=above.pk if above != motive else motive.pk)
        answer = team.post(reverse("admin:support_motive_change", args=[motive.parent.pk]), given)
        assert answer.status_code == 200


def test_a_changed_target_leaves_former_promises(team: Client, ticket: Ticket) -> None:
    promised = ticket.due_at
    Motive.objects.update(target_hours=700)
    ticket.refresh_from_db()
    assert ticket.due_at == promised
