"""« Nous écrire »: motives, their help, their form, and what is kept of it."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking
from notifications.models import Email, Notice
from support.models import Motive, Priority, Team, Ticket, TicketFile
from support.rules import target_after
from tests.bookings.making import ask, soon
from tests.core.files import samples
from tests.support.pages import lands, text_of

CONTACT = "/contact/"


def form_of(slug: str) -> str:
    return reverse("support:motive", args=[slug])


def words(**more: Any) -> dict[str, Any]:
    return {"body": "Voici ce qui m’arrive.", "client_id": uuid4(), **more}


def test_every_motive_is_one_click_from_the_first_page(client: Client, claire: User) -> None:
    client.force_login(claire)
    page = text_of(client.get(CONTACT))
    for motive in Motive.objects.exclude(parent=None):
        assert f'href="{motive.get_absolute_url()}"' in page
        assert client.get(motive.get_absolute_url()).status_code == 200


def test_help_comes_before_the_message_and_the_target_is_said(client: Client, karim: User) -> None:
    client.force_login(karim)
    page = text_of(client.get(form_of("paiement")))
    assert page.index("La page « Crédit » montre chaque mouvement") < page.index('name="body"')
    assert 'href="/credit/"' in page
    assert "2 jours ouvrés" in page


def test_each_person_sees_his_motives(client: Client, karim: User, claire: User) -> None:
    visitor = text_of(client.get(CONTACT))
    assert "Un virement que j’attends" not in visitor
    assert "Une réclamation sur une session" not in visitor
    assert lands(client.get(form_of("reclamation"))).startswith(reverse("account_login"))
    client.force_login(karim)
    learner = text_of(client.get(CONTACT))
    assert "Une réclamation sur une session" in learner
    assert "Un virement que j’attends" not in learner
    assert lands(client.get(form_of("virement"))) == CONTACT
    assert lands(client.post(form_of("virement"), words())) == CONTACT
    assert not Ticket.objects.exists()
    client.force_login(claire)
    assert client.get(form_of("virement")).status_code == 200


def test_another_tree_is_only_data(client: Client, karim: User) -> None:
    """A heading inside a heading, with motives of its own."""
    above = Motive.objects.get(slug="argent")
    deep = Motive.objects.create(slug="programmes", label="Programmes", parent=above)
    Motive.objects.create(slug="soutenance", label="Planifier une soutenance", parent=deep, asks=["day"])
    client.force_login(karim)
    assert form_of("programmes") in text_of(client.get(CONTACT))
    page = text_of(client.get(form_of("programmes")))
    assert form_of("soutenance") in page
    assert "Paiement" not in page.partition("<main")[2].partition("</main")[0]
    assert 'name="day"' in text_of(client.get(form_of("soutenance")))


def test_what_is_not_shown_is_not_there(client: Client, db: None) -> None:
    Motive.objects.filter(slug__in=["paiement", "facture"]).update(is_shown=False)
    page = text_of(client.get(CONTACT))
    # Its heading goes with the last motive under it.
    assert "Paiement, crédit et factures" not in page
    assert lands(client.get(form_of("paiement"))) == CONTACT
    Motive.objects.filter(slug="securite").update(is_shown=False)
    assert lands(client.get(form_of("signalement"))) == CONTACT
    assert client.get(form_of("personne")).status_code == 404


@pytest.mark.parametrize(("asked", "count"), [("DEBITE deux fois", 1), ("avoirs", 1)])
def test_motives_are_found_by_their_words(client: Client, db: None, asked: str, count: int) -> None:
    page = text_of(client.get(CONTACT, {"q": asked}))
    assert page.count('class="motive"') == count


@pytest.mark.parametrize(
    ("asked", "motive"),
    [
        ("remboursement", "paiement"),
        ("je veux être remboursé", "paiement"),
        ("cameras", "technique"),
        ("supprimer mon compte", "donnees"),
        ("harcèlement", "signalement"),
        ("annuler", "reservation"),
        ("remboursement xyzzy", "paiement"),
    ],
)
def test_motives_are_found_by_what_people_call_them(client: Client, db: None, asked: str, motive: str) -> None:
    assert f'href="{form_of(motive)}"' in text_of(client.get(CONTACT, {"q": asked}))


def test_who_finds_nothing_is_led_on(client: Client, db: None) -> None:
    page = text_of(client.get(CONTACT, {"q": "xyzzy"}))
    assert "Aucun motif ne contient ces mots." in page
    assert f'href="{form_of("autre")}"' in page
    assert f'class="motive" href="{reverse("pages:help")}"' in page
    assert text_of(client.get(CONTACT, {"q": "le"})).count("0 motif trouvé") == 1


def test_a_request_is_kept_with_what_its_motive_asks_and_goes_to_its_team(
    client: Client, karim: User, claire: User, booking: Booking
) -> None:
    client.force_login(karim)
    given = words(session=f"booking:{booking.reference}", day="2026-10-03", amount="47,50")
    address = lands(client.post(form_of("paiement"), given))
    made = Ticket.objects.get()
    assert address == reverse("support:ticket", args=[made.reference])
    assert (made.team, made.priority, made.subject) == (
        Team.FINANCE,
        Priority.NORMAL,
        f"booking:{booking.reference}",
    )
    said = {row["ask"]: row["value"].replace("\u00a0", " ").replace("\u202f", " ") for row in made.answers}
    assert claire.get_full_name() in said["session"]
    assert (said["day"], said["amount"]) == ("samedi 3 octobre 2026", "47,50 €")
    page = text_of(client.get(address))
    assert "Voici ce qui m’arrive." in page
    assert "47,50 €" in page


def test_the_receipt_says_the_reference_and_the_date(client: Client, karim: User) -> None:
    client.force_login(karim)
    client.post(form_of("technique"), words())
    made, mail = Ticket.objects.get(), Email.objects.get()
    assert made.number in mail.subject
    assert mail.to == karim.email
    assert reverse("support:ticket", args=[made.reference]) in mail.body_text
    assert "1\u00a0jour ouvré" in mail.body_text
    assert Notice.objects.get(recipient=karim).url == made.address


def test_sent_twice_it_is_one(client: Client, karim: User) -> None:
    client.force_login(karim)
    given = words()
    assert lands(client.post(form_of("erreur"), given)) == lands(client.post(form_of("erreur"), given))
    assert Ticket.objects.count() == Email.objects.count() == 1


def test_files_are_checked_by_content_kept_privately_and_their_refusal_keeps_the_words(
    client: Client, karim: User, nadia: User
) -> None:
    client.force_login(karim)
    page = text_of(
        client.post(form_of("erreur"), words(place="/compte/", attachments=SimpleUploadedFile("a.png", b"MZ\x00")))
    )
    assert "ce type de fichier n’est pas accepté" in page
    assert "Voici ce qui m’arrive.</textarea>" in page
    assert 'value="/compte/"' in page
    assert not Ticket.objects.exists()
    picture = SimpleUploadedFile("ecran.png", samples.image())
    address = lands(client.post(form_of("erreur"), words(attachments=picture)))
    kept = TicketFile.objects.get()
    assert "ecran.png" in text_of(client.get(address))
    assert client.get(kept.get_absolute_url()).headers["Content-Type"] == "image/png"
    assert client.get(kept.get_thumbnail_url()).status_code == 200
    client.force_login(nadia)
    assert client.get(kept.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", ""),
        ("body", "a\x00b"),
        ("body", "a" * 4001),
        ("session", "booking:personne"),
        ("day", "hier"),
        ("amount", "beaucoup"),
        ("client_id", "x"),
    ],
)
def test_bad_input_keeps_what_was_typed(client: Client, karim: User, booking: Booking, field: str, value: str) -> None:
    client.force_login(karim)
    given = words(amount="47,50") | {field: value}
    answer = client.post(form_of("paiement"), given)
    assert answer.status_code == 200
    page = text_of(answer)
    assert "Rien n’est enregistré" in page
    if field != "amount":
        assert 'value="47,50"' in page
    if field != "body":
        assert "Voici ce qui m’arrive.</textarea>" in page
    assert not Ticket.objects.exists()


def test_a_session_of_others_is_no_choice(client: Client, booking: Booking, claire: User, nadia: User) -> None:
    client.force_login(nadia)
    assert booking.reference not in text_of(client.get(form_of("signalement")))
    ask(nadia, claire, **soon())
    page = text_of(client.post(form_of("signalement"), words(session=f"booking:{booking.reference}")))
    assert "Rien n’est enregistré" in page
    assert not Ticket.objects.exists()


def test_the_last_resort_asks_to_check_and_for_detail(client: Client, karim: User) -> None:
    client.force_login(karim)
    page = text_of(client.post(form_of("autre"), words(body="Bonjour")))
    assert "Vérifiez d’abord qu’aucun autre motif ne convient." in page
    assert "Donnez plus de détails" in page
    assert not Ticket.objects.exists()
    lands(client.post(form_of("autre"), words(body="Je ne trouve pas comment " * 4, checked="on")))
    assert Ticket.objects.get().motive.slug == "autre"


def test_a_link_may_say_the_reference_of_an_error(client: Client, db: None) -> None:
    assert 'value="k7mp2q"' in text_of(client.get(form_of("erreur"), {"error": "k7mp2q"}))


def test_requests_of_one_member_are_bounded(client: Client, karim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("support.services.sending.MOST_PER_DAY", 1)
    client.force_login(karim)
    lands(client.post(form_of("erreur"), words()))
    page = text_of(client.post(form_of("erreur"), words()))
    assert "Vous avez envoyé beaucoup de demandes depuis hier." in page
    assert "Voici ce qui m’arrive.</textarea>" in page
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        # A Tuesday.
        ("2026-11-24T10:00", 24, "2026-11-25T10:00"),
        # A Friday: the week-end is not counted.
        ("2026-11-27T10:00", 24, "2026-11-30T10:00"),
        ("2026-11-27T10:00", 72, "2026-12-02T10:00"),
        ("2026-11-27T22:00", 4, "2026-11-30T02:00"),
        # What comes on a week-end came at the end of Friday.
        ("2026-11-28T10:00", 24, "2026-11-30T23:59:59"),
        ("2026-11-29T23:00", 2, "2026-11-30T01:59:59"),
        # Christmas is a Friday, New Year's Day too.
        ("2026-12-24T10:00", 24, "2026-12-28T10:00"),
        ("2026-12-31T10:00", 48, "2027-01-05T10:00"),
        ("2026-12-25T10:00", 24, "2026-12-28T23:59:59"),
    ],
)
def test_the_target_counts_working_days_in_paris(start: str, hours: int, due: str) -> None:
    begun = datetime.fromisoformat(f"{start}+01:00").astimezone(UTC)
    assert target_after(begun, hours) == datetime.fromisoformat(f"{due}+01:00")
