"""One booking from the first search to the mentor's payout, from the screen, on real parts.

Nothing is faked but Stripe, whose stand-in runs as a process of its own and is reached by the real SDK, and the clock,
moved forward so that 48 hours pass.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, expect

from accounts.models import User
from core import clock
from core.clock import ShiftedClock, get_clock
from core.money import price_cents
from tests.browser.chromium import FRAMES, until
from tests.browser.people import Person, arrive, move_clock, sign_up
from tests.browser.stack import Stack, database_url

pytestmark = pytest.mark.browser

PARIS = ZoneInfo("Europe/Paris")
RATE_CENTS = 6000


@pytest.fixture(autouse=True)
def _nine_in_the_morning() -> None:
    """Of the next day, in Paris: the test meets no midnight by chance."""
    shifted = get_clock()
    assert isinstance(shifted, ShiftedClock)
    present = clock.now().astimezone(PARIS)
    shifted.advance((present + timedelta(days=1)).replace(hour=9, minute=0) - present)


@pytest.mark.requirement(
    "SK-1",
    "SK-5",
    "SK-6",
    "SK-8",
    "SK-12",
    "SK-15",
    "SK-44",
    "SK-51",
    "SK-61",
    "SK-63",
    "SK-81",
    "SK-84",
    "SK-98",
    "SK-99",
)
def test_a_booking_travels_from_the_search_to_the_payout(stack: Stack, cloned_database: str, chromium: Browser) -> None:
    camille = User.objects.create_superuser("equipe@example.org", "une phrase longue", first_name="Camille")
    EmailAddress.objects.create(user=camille, email=camille.email, primary=True, verified=True)
    mentor = arrive(chromium, stack.url, "Claire Vasseur", "claire@example.org")
    learner = arrive(chromium, stack.url, "Karim Benali", "karim@example.org")
    team = arrive(chromium, stack.url, "Camille Roux", "equipe@example.org")

    become_mentor(mentor)
    validate(team)
    reference = agree(learner, mentor)
    pay(learner)
    seconds = meet(learner, mentor, reference, cloned_database)
    settled(learner, mentor, reference, seconds)
    paid_out(mentor)
    reviewed(learner)

    for person in (mentor, learner, team):
        assert person.errors == []


def become_mentor(mentor: Person) -> None:
    sign_up(mentor)
    mentor.go("/profil/modifier/")
    mentor.page.locator("[name=skill]").select_option(label="Couture")
    mentor.press("Ajouter")
    mentor.fill(
        headline="Couture sur mesure",
        presentation="Trente ans d’atelier.",
        position="Patronnière",
        education="CAP métiers de la mode",
        linkedin_url="https://www.linkedin.com/in/claire",
    )
    mentor.press("Enregistrer ma page")
    billing(mentor)
    mentor.go("/profil/devenir-mentor/")
    mentor.page.locator("[name=accepts_terms]").check()
    mentor.press("Envoyer ma demande")
    mentor.sees("En cours d’examen")


def billing(mentor: Person) -> None:
    mentor.go("/profil/contact-facturation/")
    mentor.fill(tarif="60,00")
    mentor.press("Enregistrer mon tarif")
    company = {
        "business_name": "Claire Vasseur EI",
        "address": "47 rue de l’Épeule",
        "postcode": "59100",
        "city": "Roubaix",
    }
    mentor.fill(**company, siren="732829321")
    mentor.page.locator("[name=vat_regime][value=franchise]").check()
    mentor.press("Enregistrer mes informations")
    mentor.sees("Ce numéro SIREN n’est pas valide. Il comporte 9 chiffres.")
    expect(mentor.page.locator("[name=city]")).to_have_value("Roubaix")
    mentor.fill(siren="732829320")
    mentor.press("Enregistrer mes informations")
    mentor.page.locator("[name=accepts]").check()
    mentor.press("Donner mon mandat")
    mentor.page.locator("form[action='/stripe/inscription/'] button").click()
    mentor.page.get_by_role("button", name="Tout est fourni").click()
    mentor.page.wait_for_url("**/stripe/retour/**")


def validate(team: Person) -> None:
    team.go("/admin/mentors/mentorprofile/")
    team.fill(login=team.email, password="une phrase longue")
    team.press("Se connecter")
    team.page.get_by_role("link", name="Claire Vasseur").click()
    team.page.get_by_role("link", name="Valider").click()
    team.page.locator("[name=reason]").fill("Parcours solide.")
    team.page.locator("#content-main [type=submit]").click()
    team.sees("Validé")


def agree(learner: Person, mentor: Person) -> str:
    """Search, write, ask, answer with another hour, accept it. Returns the booking's reference."""
    learner.go("/")
    learner.page.locator("main [type=search]").fill("couture")
    learner.press("Chercher")
    learner.press("Claire Vasseur")
    learner.press("Écrire à Claire")
    sign_up_on_the_way(learner)
    learner.go("/membres/claire-vasseur/")
    learner.press("Écrire à Claire")
    learner.fill(body="Bonjour, mon pantalon tire à l’entrejambe.")
    learner.press("Envoyer le message")
    learner.sees("mon pantalon tire")

    learner.go("/reservations/nouvelle/?mentor=claire-vasseur")
    learner.fill(objectives="Corriger la fourche du patron.", day="2020-01-01", at="10:00")
    learner.page.locator("main form").evaluate("form => { form.noValidate = true }")
    learner.press("Envoyer la demande")
    learner.sees("Choisissez une date à venir.")
    expect(learner.page.locator("[name=objectives]")).to_have_value("Corriger la fourche du patron.")
    first, second = two_hours()
    learner.fill(day=first.strftime("%Y-%m-%d"), at=first.strftime("%H:%M"))
    learner.press("Envoyer la demande")

    mentor.go("/messagerie/")
    mentor.press("Karim Benali")
    mentor.press("Proposer autre chose")
    mentor.fill(at=second.strftime("%H:%M"))
    mentor.press("Envoyer ma proposition")
    learner.go("/messagerie/")
    learner.press("Claire Vasseur")
    learner.press("Accepter cette version")
    learner.press("Payer")
    return learner.page.url.split("/reservations/")[1].split("/")[0]


def sign_up_on_the_way(learner: Person) -> None:
    """Writing asks for an account first."""
    learner.sees("Créer un compte")
    sign_up(learner)


def two_hours() -> tuple[datetime, datetime]:
    """Two hours of today that are still to come."""
    morning = clock.now().astimezone(PARIS).replace(minute=0, second=0, microsecond=0)
    return morning.replace(hour=15), morning.replace(hour=16)


def pay(learner: Person) -> None:
    """A card that is declined first, then one that the bank wants to be confirmed."""
    learner.page.locator("[name=early_start]").check()
    learner.press("Payer 60,00")
    learner.page.locator("[name=number]").fill("4000 0000 0000 0002")
    learner.page.get_by_role("button", name="Payer").click()
    learner.sees("refus")
    learner.page.locator("[name=number]").fill("4000 0025 0000 3155")
    learner.page.get_by_role("button", name="Payer").click()
    learner.page.locator("button[value=yes]").click()
    learner.page.wait_for_url(f"{learner.base}/reservations/**")
    learner.sees("confirmée")


def meet(learner: Person, mentor: Person, reference: str, database: str) -> int:
    """Paid time starts early, the learner leaves and comes back, both end. Returns the seconds of the rows."""
    for person in (mentor, learner):
        person.go("/mes-sessions-video/")
        person.press("Entrer dans la salle")
        expect(person.page.locator("[data-room=presence]")).not_to_be_empty()
        person.page.locator("[data-room=allow]").click()
        expect(person.page.locator("[data-room=device-state]")).to_have_text(
            "Votre caméra et votre micro fonctionnent."
        )
    for person in (mentor, learner):
        expect(person.page.locator("[data-room=connect]")).to_be_enabled()
        person.page.locator("[data-room=connect]").click()
    for person in (mentor, learner):
        wait_for_pictures(person)
    mentor.page.locator("[data-room=start-paid]").click()
    expect(learner.page.locator("[data-room=assertive] p").last).to_contain_text("Le décompte a commencé")
    learner.page.wait_for_timeout(6_000)
    learner.page.locator("[data-room=leave]").click()
    expect(mentor.page.locator("[data-room=meter-state]")).to_contain_text("En pause")
    learner.page.wait_for_timeout(2_000)
    learner.page.locator("[data-room=connect]").click()
    wait_for_pictures(learner)
    learner.page.wait_for_timeout(4_000)
    mentor.page.locator("[data-room=end]").click()
    mentor.page.locator("[data-room=end-dialog] [value=yes]").click()
    learner.page.locator("[data-room=confirm-dialog] [value=yes]").click()
    expect(learner.page.locator("[data-room=final-title]")).to_have_text("La session est terminée.")
    return billed_seconds(reference, database)


def wait_for_pictures(person: Person) -> None:
    """The other person's pictures arrive and are decoded: the call is real."""
    before = person.page.evaluate(FRAMES)
    until(person.page, lambda: person.page.evaluate(FRAMES) > before + 5, f"{person.name} sees nobody")


def billed_seconds(reference: str, database: str) -> int:
    """What the rows of the time together say, computed apart from the product."""
    with psycopg.connect(database_url(database)) as connection:
        row = connection.execute(
            """SELECT sum(segment.ended_at - segment.started_at) - min(room.free_ms), count(*)
                 FROM sessions_video_segment segment
                 JOIN sessions_video_videosession room ON room.id = segment.video_session_id
                 JOIN bookings_booking booking ON booking.id = room.booking_id
                WHERE booking.reference = %s""",
            [reference],
        ).fetchone()
    assert row is not None
    together, intervals = row
    assert intervals >= 2, "leaving did not pause the count"
    return int(together) // 1000


def settled(learner: Person, mentor: Person, reference: str, seconds: int) -> None:
    """The bill is the seconds of the rows; the rest is credit again; both hold the same invoice."""
    charged = price_cents(RATE_CENTS, seconds)
    assert seconds >= 5
    for person in (learner, mentor):
        person.comes_back_until("/factures/", "main a[href$='.pdf']")
        person.sees(euros(charged))
        download = person.page.locator("main a[href$='.pdf']").first
        file = person.page.request.get(person.base + (download.get_attribute("href") or ""))
        assert file.body().startswith(b"%PDF-1.7")
    learner.go("/credit/")
    learner.sees(euros(RATE_CENTS - charged))
    learner.go(f"/reservations/{reference}/releve/")
    learner.sees(euros(charged))


def paid_out(mentor: Person) -> None:
    mentor.go("/revenus/")
    mentor.sees("À virer")
    move_clock(mentor, "hours=49")
    mentor.comes_back_until("/revenus/", "main tbody tr:has-text('Viré le')")


def reviewed(learner: Person) -> None:
    learner.go("/mes-sessions-video/?onglet=passees")
    learner.press("Donner mon avis")
    learner.page.locator("[name=mark][value='5']").check(force=True)
    learner.fill(comment="Elle a vu l’erreur à travers l’écran.")
    learner.page.locator("main form button").last.click()
    learner.sees("Votre avis est publié.")
    learner.go("/membres/claire-vasseur/")
    learner.sees("Elle a vu l’erreur à travers l’écran.")


def euros(cents: int) -> str:
    """As a screen reader would hear it: whatever space stands before the sign."""
    return f"{cents // 100},{cents % 100:02d}"
