"""Somebody without an account: his address, his secret link, and what keeps programs away."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from core import clock, values
from notifications.models import Email
from support.keys import key_of
from support.models import Ticket, TicketFile, TicketMessage
from support.services import answer, due_forgetting_ids, forget_visitor, merge, resolve
from support.states import TicketStatus
from tests.core.files import samples
from tests.support.pages import lands, text_of

FORM = "/contact/erreur/"
SENT = reverse("support:sent")


def words(**more: Any) -> dict[str, Any]:
    given = {"name": "Paul Durand", "email": "paul@example.net", "body": "La page est blanche.", "site_web": ""}
    return given | {"client_id": uuid4()} | more


def test_a_visitor_writes_and_reads_the_answer_at_a_secret_address(client: Client, staff: User) -> None:
    assert lands(client.post(FORM, words())) == SENT
    made, mail = Ticket.objects.get(), Email.objects.get()
    address = made.address
    assert (made.author, made.visitor_email, mail.to) == (None, "paul@example.net", "paul@example.net")
    assert address in mail.body_text
    answer(ticket=made, by=staff, reason="Elle est réparée.")
    told = Email.objects.latest("pk")
    assert told.to == "paul@example.net"
    assert "Elle est réparée." in told.body_text
    assert address in told.body_text
    stranger = Client()
    assert "Elle est réparée." in text_of(stranger.get(address))
    lands(stranger.post(address, {"body": "Merci !", "client_id": uuid4()}))
    assert TicketMessage.objects.latest("pk").body == "Merci !"
    lands(stranger.post(reverse("support:visitor_closing", args=[key_of(made.reference)])))
    made.refresh_from_db()
    assert made.status == TicketStatus.RESOLVED


def test_what_a_visitor_wrote_is_not_kept_for_ever(client: Client, staff: User) -> None:
    picture = SimpleUploadedFile("ecran.png", samples.image(), "image/png")
    client.post(FORM, words(attachments=picture))
    client.post(FORM, words(body="La même chose encore."))
    first, second = Ticket.objects.order_by("pk")
    merge(ticket=first, into=second, by=staff, reason="La même panne.")
    resolve(ticket=second, by=staff, reason="Elle est réparée.")
    file = TicketFile.objects.get()
    over = clock.now() + values.days("support_visitor_days")
    assert due_forgetting_ids(now=over - timedelta(hours=1)) == []
    assert not forget_visitor(ticket_id=second.pk, now=over)
    for _merged_first in range(2):
        for ticket_id in due_forgetting_ids(now=over):
            assert forget_visitor(ticket_id=ticket_id, now=over)
    assert not Ticket.objects.exists()
    assert not TicketMessage.objects.exists()
    assert not file.file.storage.exists(str(file.file.name))
    assert AuditEntry.objects.filter(reference=f"ticket:{second.reference}").exists()


def test_what_is_open_and_what_a_member_wrote_is_not_forgotten_so(client: Client, karim: User, staff: User) -> None:
    client.post(FORM, words())
    client.force_login(karim)
    client.post(FORM, words())
    resolve(ticket=Ticket.objects.get(author=karim), by=staff, reason="Elle est réparée.")
    assert due_forgetting_ids(now=clock.now() + timedelta(days=2_000)) == []


def test_whoever_types_the_address_of_another_is_not_given_its_secret(client: Client, db: None, staff: User) -> None:
    """He would read what the team says to the other, and what the other wrote once the two are merged."""
    answer = client.post(FORM, words())
    page = text_of(client.get(lands(answer)))
    assert "paul@example.net" not in page
    for said in (answer.headers["Location"], page, str(client.cookies)):
        assert key_of(Ticket.objects.get().reference) not in said
        assert Ticket.objects.get().reference not in said


def test_nothing_that_was_typed_reaches_an_address_that_may_be_somebody_elses(client: Client, db: None) -> None:
    lands(client.post(FORM, words(name="Gagnez mille euros", body="http://pub.example")))
    mail = Email.objects.get()
    for part in (mail.subject, mail.body_text, mail.body_html):
        assert "Gagnez" not in part
        assert "pub.example" not in part


@pytest.mark.parametrize("key", ["x", "abc:def", "{reference}", "{reference}:AAAA"])
def test_without_its_secret_nobody_reads_it(client: Client, visitor_ticket: Ticket, key: str) -> None:
    wrong = key.format(reference=visitor_ticket.reference)
    for name in ("visitor_ticket", "visitor_closing"):
        address = reverse(f"support:{name}", args=[wrong])
        assert client.post(address, {"body": "Bonjour"}).status_code == 404
    assert client.get(reverse("support:visitor_ticket", args=[wrong])).status_code == 404


def test_the_request_of_a_member_has_no_secret_address(client: Client, ticket: Ticket) -> None:
    assert client.get(reverse("support:visitor_ticket", args=[key_of(ticket.reference)])).status_code == 404


def test_files_of_a_visitor_are_behind_his_secret(client: Client, db: None) -> None:
    lands(client.post(FORM, words(attachments=SimpleUploadedFile("a.png", samples.image()))))
    kept = TicketFile.objects.get()
    assert client.get(kept.get_absolute_url()).status_code == 200
    assert client.get(kept.get_thumbnail_url()).status_code == 200
    wrong = reverse("support:visitor_file", args=["x", kept.reference])
    assert client.get(wrong).status_code == 404


def test_programs_that_fill_in_everything_are_told_so(client: Client, db: None) -> None:
    page = text_of(client.post(FORM, words(site_web="http://pub.example")))
    assert "Laissez ce champ vide" in page
    assert "La page est blanche.</textarea>" in page
    assert not Ticket.objects.exists()


def test_a_visitor_writes_so_many_times_and_no_more(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.services.sending.MOST_PER_PLACE", 2)
    for number in range(3):
        last = client.post(FORM, words(email=f"p{number}@example.net"))
    assert "Trop de demandes sont parties d’ici." in text_of(last)
    assert Ticket.objects.count() == 2


def test_one_address_is_not_flooded_from_many_places(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.services.sending.MOST_PER_EMAIL", 2)
    monkeypatch.setattr("support.services.sending.MOST_PER_PLACE", 99)
    for number in range(3):
        client.post(FORM, words(email="Paul@example.net" if number else "paul@example.net"))
    assert Ticket.objects.count() == 2


def test_sent_twice_it_is_one(client: Client, db: None) -> None:
    given = words()
    assert lands(client.post(FORM, given)) == lands(client.post(FORM, given)) == SENT
    assert Ticket.objects.count() == 1


def test_no_cookie_is_needed(db: None) -> None:
    """But the one that says where the form came from."""
    client = Client(enforce_csrf_checks=True)
    page = client.get(FORM)
    assert set(client.cookies) <= {"csrftoken"}
    token = page.context["csrf_token"]
    lands(client.post(FORM, words(csrfmiddlewaretoken=str(token))))
    assert set(client.cookies) <= {"csrftoken"}


def test_pictures_of_visitors_are_drawn_at_a_pace(client: Client, db: None, settings: LazySettings) -> None:
    """Files that are refused count too."""
    settings.LIMITS = settings.LIMITS | {"uploads": (2, 300)}
    said = []
    for _turn in range(3):
        file = SimpleUploadedFile("photo.png", samples.image()[:60])
        said.append(text_of(client.post(FORM, words(attachments=[file]))))
    assert ["cette image ne s’ouvre pas" in page for page in said] == [True, True, False]
    assert "Trop de tentatives" in said[2]
    assert not Ticket.objects.exists()
