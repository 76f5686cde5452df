"""« Devenir mentor » and « Contact et facturation »."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from accounts.legal import in_force
from accounts.models import LegalAcceptance, User
from billing import mandate
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from mentors.models import AvailabilityHint
from mentors.selectors import missing_items, profile_of
from mentors.services import add_availability, request_changes, suspend
from mentors.states import MentorStatus
from tests.mentors.people import (
    SIREN,
    make_applicant,
    make_member,
    make_mentor,
    make_ready,
    make_staff,
    refuse_request,
)

pytestmark = pytest.mark.django_db

POST_ONLY = ["rate", "availability", "company", "mandate"]
COMPANY = {
    "business_name": "Inès Haddad EI",
    "address": "3 rue des Lilas",
    "postcode": "69001",
    "city": "Lyon",
    "siren": SIREN,
    "vat_regime": "franchise",
    "vat_number": "",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(client: Client, name: str) -> str:
    response = client.get(reverse(f"mentors:{name}"))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", ["application", "billing", *POST_ONLY])
def test_a_visitor_is_asked_to_log_in(name: str, client: Client) -> None:
    address = reverse(f"mentors:{name}")
    response = client.post(address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", POST_ONLY)
def test_actions_are_not_done_by_a_link(name: str) -> None:
    assert signed_in(make_member()).get(reverse(f"mentors:{name}")).status_code == 405


def test_looking_at_the_pages_writes_nothing() -> None:
    user = make_member()
    client = signed_in(user)
    page_of(client, "application")
    page_of(client, "billing")
    assert not profile_of(user).has_begun


@pytest.mark.requirement("SK-15", "SK-17")
def test_a_newcomer_sees_the_steps_and_what_is_missing() -> None:
    page = page_of(signed_in(make_member()), "application")
    for words in (
        "Page personnelle",
        "Contact et facturation",
        "Mon offre de formation",
        "Numéro SIREN",
        "À compléter",
    ):
        assert words in page
    assert "la loi demande à un mentor de pouvoir facturer" in page


@pytest.mark.requirement("SK-20", "SK-26")
def test_an_incomplete_request_is_refused_with_a_link_for_each_missing_thing() -> None:
    user = make_ready()
    BillingProfile.objects.filter(user=user).update(siren="", vat_regime="")
    response = signed_in(user).post(reverse("mentors:application"), {"accepts_terms": "on"})
    page = response.content.decode()
    assert "Il manque 2 éléments" in page
    assert page.count(reverse("mentors:billing") + "#id_siren") >= 2
    assert profile_of(user).status == MentorStatus.DRAFT


@pytest.mark.requirement("SK-20")
def test_the_terms_must_be_accepted_and_their_version_is_kept() -> None:
    user = make_ready()
    LegalAcceptance.objects.filter(user=user).delete()
    client, address = signed_in(user), reverse("mentors:application")
    assert "Acceptez les conditions" in client.post(address).content.decode()
    assert profile_of(user).status == MentorStatus.DRAFT
    assert client.post(address, {"accepts_terms": "on"}).status_code == 302
    assert profile_of(user).status == MentorStatus.SUBMITTED
    kept = LegalAcceptance.objects.get(user=user, document="cgps")
    assert kept.version == in_force("cgps").name


def test_sending_twice_from_the_screen_changes_nothing() -> None:
    user = make_ready()
    client, address = signed_in(user), reverse("mentors:application")
    for _ in range(2):
        assert client.post(address, {"accepts_terms": "on"}).status_code == 302
    assert profile_of(user).events.count() == 1


def test_each_state_is_said_in_words() -> None:
    waiting = make_applicant()
    assert "En cours d’examen" in page_of(signed_in(waiting.user), "application")
    request_changes(profile=waiting, by=make_staff(), reason="Ajoutez votre diplôme.")
    assert "Ajoutez votre diplôme." in page_of(signed_in(waiting.user), "application")
    refused = make_applicant()
    refuse_request(refused, "Expérience trop courte.")
    page = page_of(signed_in(refused.user), "application")
    assert "Expérience trop courte." in page
    assert "Envoyer ma demande" in page
    assert "Vous êtes mentor." in page_of(signed_in(make_mentor()), "application")


@pytest.mark.requirement("SK-10", "SK-40", "SK-41")
def test_a_rate_is_given_in_contact_et_facturation() -> None:
    user = make_member()
    client = signed_in(user)
    assert client.post(reverse("mentors:rate"), {"tarif": "47,50"}).status_code == 302
    assert profile_of(user).hourly_rate_cents == 4750
    page = page_of(client, "billing")
    assert "47,50" in page
    assert "9,50\u00a0€" in page
    assert "38,00\u00a0€" in page
    assert "l’accès à la plateforme, la vidéo, le paiement sécurisé et la facturation" in page


@pytest.mark.parametrize("typed", ["", "beaucoup", "-5", "0", "1000,01", "47,505", "1_0", "1e1"])
def test_a_wrong_rate_is_refused_and_stays_in_the_field(typed: str) -> None:
    user = make_member()
    response = signed_in(user).post(reverse("mentors:rate"), {"tarif": typed})
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    assert typed in response.content.decode()
    assert profile_of(user).hourly_rate_cents is None


@pytest.mark.requirement("SK-18", "SK-22", "SK-24", "SK-47")
def test_company_data_is_kept_and_corrected() -> None:
    user = make_member()
    client = signed_in(user)
    assert client.post(reverse("mentors:company"), COMPANY).status_code == 302
    assert client.post(reverse("mentors:company"), COMPANY | {"city": "Villeurbanne"}).status_code == 302
    kept = BillingProfile.objects.get(user=user)
    assert (kept.siren, kept.city, kept.vat_regime) == (SIREN, "Villeurbanne", "franchise")


@pytest.mark.requirement("SK-26")
@pytest.mark.parametrize("siren", ["", "123", "732829321", "abcdefghi"])
def test_a_wrong_siren_is_refused_with_the_reason(siren: str) -> None:
    user = make_member()
    response = signed_in(user).post(reverse("mentors:company"), COMPANY | {"siren": siren})
    page = response.content.decode()
    assert "SIREN" in page
    assert ("la loi demande de pouvoir facturer" in page) if not siren else ("n’est pas valide" in page)
    assert not BillingProfile.objects.filter(user=user).exists()


@pytest.mark.requirement("SK-50")
def test_the_mandate_is_read_then_accepted_once() -> None:
    user = make_member()
    client = signed_in(user)
    assert "Je donne mandat" in page_of(client, "billing")
    address = reverse("mentors:mandate")
    assert client.post(address, {"version": "2026-11"}).status_code == 200
    assert client.post(address, {"version": "1999-01", "accepts": "on"}).status_code == 200
    assert not BillingMandate.objects.exists()
    for _ in range(2):
        assert client.post(address, {"version": "2026-11", "accepts": "on"}).status_code == 302
    assert BillingMandate.objects.filter(user=user).count() == 1


@pytest.mark.requirement("SK-50")
def test_a_new_version_of_the_mandate_keeps_the_acceptances_of_the_old(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_member()
    client = signed_in(user)
    address = reverse("mentors:mandate")
    client.post(address, {"version": "2026-11", "accepts": "on"})
    old = BillingMandate.objects.get(user=user)
    monkeypatch.setattr(mandate, "VERSION", "2027-06")
    monkeypatch.setattr(mandate, "TEXTS", mandate.TEXTS | {"2027-06": "Je donne mandat autrement."})
    page = page_of(client, "billing")
    assert "Vous avez accepté le mandat (version 2026-11)" in page
    assert "reste valable" in page
    assert "Je donne mandat autrement." in page
    assert "Je donne mandat à la plateforme" in page
    assert client.post(address, {"version": "2026-11", "accepts": "on"}).status_code == 200
    assert client.post(address, {"version": "2027-06", "accepts": "on"}).status_code == 302
    rows = BillingMandate.objects.filter(user=user).order_by("accepted_at")
    assert [(row.version, row.text_sha256) for row in rows] == [
        ("2026-11", old.text_sha256),
        ("2027-06", mandate.digest("2027-06")),
    ]
    assert (rows[0].pk, rows[0].accepted_at) == (old.pk, old.accepted_at)
    page = page_of(client, "billing")
    assert "(version 2026-11)" in page
    assert "(version 2027-06)" in page
    assert "Donner mon mandat" not in page


@pytest.mark.requirement("SK-37", "SK-38")
def test_availability_is_added_and_taken_away() -> None:
    user = make_member()
    client = signed_in(user)
    data = {"weekdays": ["1", "3"], "starts": "09:00", "ends": "12:00"}
    assert client.post(reverse("mentors:availability"), data).status_code == 302
    assert AvailabilityHint.objects.count() == 2
    assert "ne bloquent aucun autre moment" in page_of(client, "billing")
    hint = AvailabilityHint.objects.first()
    assert hint is not None
    assert client.post(reverse("mentors:availability_removal", args=[hint.pk])).status_code == 302
    assert AvailabilityHint.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"starts": "09:00", "ends": "12:00"},
        {"weekdays": ["1"], "starts": "12:00", "ends": "09:00"},
        {"weekdays": ["9"], "starts": "09:00", "ends": "12:00"},
        {"weekdays": ["1"], "starts": "le matin", "ends": "12:00"},
    ],
)
def test_wrong_availability_is_refused(data: dict[str, object]) -> None:
    response = signed_in(make_member()).post(reverse("mentors:availability"), data)
    assert response.status_code == 200
    assert not AvailabilityHint.objects.exists()


def test_a_stranger_cannot_take_a_range_away() -> None:
    mentor = make_mentor()
    add_availability(user=mentor, weekdays=[0], starts=time(9), ends=time(12))
    hint = AvailabilityHint.objects.get()
    signed_in(make_member()).post(reverse("mentors:availability_removal", args=[hint.pk]))
    assert AvailabilityHint.objects.exists()


@pytest.mark.requirement("SK-45", "SK-46", "K-9")
def test_a_stripe_account_is_opened_by_stripe_alone() -> None:
    user = make_member()
    client = signed_in(user)
    page = page_of(client, "billing")
    assert "Créer mon compte Stripe" in page
    assert reverse("billing:onboarding") in page
    assert 'name="stripe_id"' not in page
    ConnectedAccount.objects.create(user=user, stripe_id="acct_x", state="active")
    assert "Votre compte Stripe est prêt." in page_of(client, "billing")


@pytest.mark.requirement("SK-15")
@pytest.mark.parametrize("name", ["pages:profile_edit", "mentors:application", "mentors:billing", "catalog:offer"])
def test_each_of_the_four_tabs_says_how_far_the_member_is(name: str) -> None:
    page = signed_in(make_member()).get(reverse(name)).content.decode()
    assert "0 éléments donnés sur 13" in page
    for words in ("Page personnelle", "Devenir mentor", "Contact et facturation", "Mon offre de formation"):
        assert words in page


@pytest.mark.requirement("SK-16", "SK-22", "K-9")
def test_what_is_missing_leads_to_a_field_that_is_on_the_page() -> None:
    client = signed_in(make_member())
    for item in missing_items(make_member()):
        address, _, anchor = item.url.partition("#")
        assert f'id="{anchor}"' in client.get(address).content.decode(), item.key


def test_each_tab_lists_what_it_lacks() -> None:
    client = signed_in(make_member())
    assert "Il manque 5 éléments sur cette page" in client.get(reverse("pages:profile_edit")).content.decode()
    assert "Il manque 7 éléments sur cette page" in page_of(client, "billing")


@pytest.mark.parametrize("name", ["pages:profile_edit", "mentors:billing", "catalog:offer", "mentors:application"])
def test_the_word_of_the_team_is_read_on_each_tab(name: str) -> None:
    profile = make_applicant()
    request_changes(profile=profile, by=make_staff(), reason="Ajoutez votre diplôme.")
    assert "Ajoutez votre diplôme." in signed_in(profile.user).get(reverse(name)).content.decode()


@pytest.mark.requirement("SK-19")
def test_the_closed_offer_says_why_in_each_state() -> None:
    def offer(user: User) -> str:
        return signed_in(user).get(reverse("catalog:offer")).content.decode()

    assert "Elle n’est pas encore envoyée." in offer(make_member())
    assert "Tout est prêt" in offer(make_ready())
    profile = make_applicant()
    assert "L’équipe la lit." in offer(profile.user)
    mentor = make_mentor()
    suspend(profile=profile_of(mentor), by=make_staff(), reason="Plainte reçue.")
    assert "Plainte reçue." in offer(mentor)


def test_a_member_reads_the_history_of_his_request_without_the_names_of_the_team() -> None:
    profile = make_applicant()
    staff = make_staff()
    request_changes(profile=profile, by=staff, reason="Ajoutez votre diplôme.")
    page = page_of(signed_in(profile.user), "application")
    assert "Demande envoyée" in page
    assert "L’équipe\u202f: À compléter" in page
    assert staff.get_full_name() not in page
