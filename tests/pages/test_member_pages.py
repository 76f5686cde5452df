"""A member's public page and his own desk."""

from datetime import time
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from accounts.models import MemberPage, User
from catalog.models import Skill
from catalog.services import add_skill
from mentors.models import MentorProfile
from mentors.services import add_availability, record_rating, request_changes, set_rate, suspend
from tests.catalog.test_trainings import in_state
from tests.mentors.people import make_applicant, make_member, make_mentor, make_staff, write_words

pytestmark = pytest.mark.django_db

DESK = ["profile_edit", "account", "preferences", "welcome"]
POST_ONLY = ["photo", "photo_removal"]
WORDS = {
    "headline": "Des tableaux que l’on comprend.",
    "position": "Analyste",
    "education": "Master, 2014",
    "presentation": "Onze ans de terrain.",
    "linkedin_url": "https://fr.linkedin.com/in/ines",
    "languages": "français",
}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def profile_page(user: User, client: Client | None = None) -> str:
    response = (client or Client()).get(user.page.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


# --- The public page ---


@pytest.mark.requirement("SK-2", "SK-39", "SK-53")
def test_a_visitor_sees_the_rate_and_both_ways_to_the_mentor() -> None:
    user = make_mentor()
    page = profile_page(user)
    for words in (
        "Inès Haddad",
        "47,00\u00a0€",
        "Demander une session",
        "Écrire à Inès",
        "gratuites",
        "Profil vérifié",
    ):
        assert words in page
    assert reverse("bookings:new") in page
    assert reverse("messaging:contact", args=[user.page.slug]) in page
    assert "Pas encore d’évaluation." in page


@pytest.mark.requirement("K-8", "SK-29")
def test_a_member_who_takes_no_bookings_can_still_be_written_to() -> None:
    user = make_member()
    add_skill(user=user, skill=Skill.objects.get(slug="python"))
    page = profile_page(user)
    assert "Ce membre ne prend pas de réservations pour le moment. Vous pouvez lui écrire." in page
    assert "Demander une session" not in page
    assert reverse("messaging:contact", args=[user.page.slug]) in page


@pytest.mark.requirement("K-8")
def test_a_suspended_mentor_has_no_booking_button() -> None:
    user = make_mentor()
    suspend(profile=MentorProfile.objects.get(user=user), by=make_staff(), reason="Plainte.")
    assert "Demander une session" not in profile_page(user)


@pytest.mark.requirement("SK-54")
def test_contact_details_are_never_shown() -> None:
    user = make_mentor()
    for client in (Client(), signed_in(make_member("Karim", "Ziani"))):
        page = profile_page(user, client)
        for secret in (user.email, "linkedin", "rue des Lilas", "732829320"):
            assert secret not in page


@pytest.mark.requirement("SK-38")
def test_usual_availability_is_shown_as_guidance() -> None:
    user = make_mentor()
    add_availability(user=user, weekdays=[1], starts=time(9), ends=time(12))
    page = profile_page(user)
    assert "9\u00a0h – 12\u00a0h" in page
    assert "données à titre indicatif" in page
    assert "Europe/Paris" in page


@pytest.mark.requirement("SK-32")
def test_public_trainings_are_on_the_page() -> None:
    training = in_state("validated")
    assert training.title in profile_page(training.mentor)
    hidden = in_state("submitted")
    assert hidden.title not in profile_page(hidden.mentor)


def test_the_owner_sees_his_page_without_booking_himself() -> None:
    user = make_mentor()
    page = profile_page(user, signed_in(user))
    assert "Modifier mon profil" in page
    assert "Demander une session" not in page


def test_the_skill_a_visitor_comes_from_is_kept() -> None:
    user = make_mentor()
    page = Client().get(user.page.get_absolute_url(), {"competence": "analyse-de-donnees"}).content.decode()
    assert 'name="competence" value="analyse-de-donnees"' in page
    other = Client().get(user.page.get_absolute_url(), {"competence": "couture"}).content.decode()
    assert 'name="competence"' not in other


def test_an_unknown_or_closed_member_is_not_found(client: Client) -> None:
    user = make_member()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(user.page.get_absolute_url()).status_code == 404
    assert client.get(reverse("pages:profile", args=["personne"])).status_code == 404
    assert client.post(make_member().page.get_absolute_url()).status_code == 405


def test_what_a_member_writes_is_not_markup() -> None:
    user = make_mentor()
    write_words(user, headline="<script>alert(1)</script>")
    page = profile_page(user)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_page_costs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    user = make_mentor()
    for skill in Skill.objects.all()[:10]:
        add_skill(user=user, skill=skill)
    record_rating(mentor=user, mark=5)
    with django_assert_max_num_queries(5):
        profile_page(user)
    karim = signed_in(make_member("Karim", "Ziani"))
    with django_assert_max_num_queries(10):
        profile_page(user, karim)


# --- The desk ---


@pytest.mark.parametrize("name", [*DESK, *POST_ONLY])
def test_a_visitor_is_asked_to_log_in(name: str, client: Client) -> None:
    response = client.post(reverse(f"pages:{name}"))
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", POST_ONLY)
def test_actions_are_not_done_by_a_link(name: str) -> None:
    assert signed_in(make_member()).get(reverse(f"pages:{name}")).status_code == 405


@pytest.mark.parametrize("name", DESK)
def test_an_account_made_outside_the_sign_up_sees_its_pages(name: str) -> None:
    bare = User.objects.create_superuser("racine@example.org", "a long enough password")
    assert signed_in(bare).get(reverse(f"pages:{name}")).status_code == 200
    assert not MemberPage.objects.exists()


@pytest.mark.requirement("SK-15", "SK-16")
def test_a_member_writes_his_page() -> None:
    user = make_member()
    client = signed_in(user)
    for _ in range(2):
        assert client.post(reverse("pages:profile_edit"), WORDS).status_code == 302
    page = MemberPage.objects.get(user=user)
    assert (page.headline, page.position, page.linkedin_url) == (WORDS["headline"], "Analyste", WORDS["linkedin_url"])
    shown = client.get(reverse("pages:profile_edit")).content.decode()
    for words in ("Page personnelle", "Devenir mentor", "Contact et facturation", "Mon offre de formation"):
        assert words in shown


@pytest.mark.parametrize(
    "url", ["https://example.org/in/ines", "https://linkedin.com.example.org/in/x", "pas une adresse"]
)
def test_only_a_linkedin_address_is_taken_for_one(url: str) -> None:
    user = make_member()
    response = signed_in(user).post(reverse("pages:profile_edit"), WORDS | {"linkedin_url": url})
    assert response.status_code == 200
    assert "Onze ans de terrain." in response.content.decode()
    assert MemberPage.objects.get(user=user).presentation == ""


def photo(width: int = 600) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (width, width), "#446688").save(out, "PNG")
    return SimpleUploadedFile("moi.png", out.getvalue(), content_type="image/png")


@pytest.mark.requirement("ST-30")
def test_a_photo_is_added_then_removed() -> None:
    user = make_member()
    client = signed_in(user)
    assert client.post(reverse("pages:photo"), {"photo": photo()}).status_code == 302
    kept = MemberPage.objects.get(user=user).photo
    assert str(kept.name).endswith(".webp")
    assert kept.url in client.get(reverse("pages:profile_edit")).content.decode()
    for _ in range(2):
        assert client.post(reverse("pages:photo_removal")).status_code == 302
    assert not MemberPage.objects.get(user=user).photo


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (None, "Choisissez une photo."),
        (
            SimpleUploadedFile("x.png", b"pas une image", content_type="image/png"),
            "Ce type de fichier n’est pas accepté",
        ),
        (SimpleUploadedFile("x.png", b"0" * (5 * 1024 * 1024 + 1), content_type="image/png"), "Le fichier dépasse 5"),
    ],
    ids=["none", "words", "heavy"],
)
def test_a_wrong_photo_is_refused_with_the_reason(upload: SimpleUploadedFile | None, words: str) -> None:
    response = signed_in(make_member()).post(reverse("pages:photo"), {"photo": upload} if upload else {})
    assert response.status_code == 200
    assert words in response.content.decode()


def test_the_desk_of_a_newcomer_has_nothing_to_do() -> None:
    page = signed_in(make_member()).get(reverse("pages:account")).content.decode()
    assert "Rien à faire pour le moment." in page
    assert "Aucune session prévue." in page
    assert "Trouver un mentor" in page
    assert "0,00\u00a0€" in page


def test_the_desk_says_what_a_mentor_still_has_to_do() -> None:
    user = make_member()
    set_rate(user=user, rate_cents=4000)
    assert "il manque" in signed_in(user).get(reverse("pages:account")).content.decode()
    applicant = make_applicant()
    request_changes(profile=applicant, by=make_staff(), reason="Ajoutez un diplôme.")
    assert (
        "Compléter votre demande de mentor" in signed_in(applicant.user).get(reverse("pages:account")).content.decode()
    )
    assert "Compléter mon offre" in signed_in(make_mentor()).get(reverse("pages:account")).content.decode()


def test_the_desk_costs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = signed_in(make_mentor())
    with django_assert_max_num_queries(30):
        client.get(reverse("pages:account"))


def test_preferences_apply_at_once() -> None:
    user = make_member()
    client = signed_in(user)
    address = reverse("pages:preferences")
    data = {
        "first_name": "Nadia",
        "last_name": "Ben Ali",
        "time_zone": "America/Toronto",
        "language": "fr",
        "theme": "dark",
    }
    for _ in range(2):
        assert client.post(address, data).status_code == 302
    user.refresh_from_db()
    assert (user.last_name, user.time_zone, user.theme) == ("Ben Ali", "America/Toronto", "dark")
    assert 'data-theme="dark"' in client.get(address).content.decode()


@pytest.mark.parametrize(
    "changes", [{"time_zone": "Mars/Olympe"}, {"language": "xx"}, {"theme": "rose"}, {"first_name": ""}]
)
def test_wrong_preferences_are_refused(changes: dict[str, str]) -> None:
    user = make_member()
    data = {"first_name": "N", "last_name": "B", "time_zone": "Europe/Paris", "language": "fr", "theme": "system"}
    assert signed_in(user).post(reverse("pages:preferences"), data | changes).status_code == 200
    user.refresh_from_db()
    assert user.first_name == "Nadia"


def test_a_stored_zone_outside_the_list_stays_chosen() -> None:
    user = make_member()
    User.objects.filter(pk=user.pk).update(time_zone="UTC")
    assert '<option value="UTC" selected>' in signed_in(user).get(reverse("pages:preferences")).content.decode()


@pytest.mark.requirement("ST-13")
@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("/communaute/", "/communaute/"),
        ("https://ailleurs.example/", "/compte/"),
        ("//ailleurs.example", "/compte/"),
        ("javascript:alert(1)", "/compte/"),
        ("", "/compte/"),
    ],
)
def test_the_welcome_form_leads_on_within_the_site_only(goal: str, expected: str) -> None:
    client = signed_in(make_member())
    data = {"first_name": "Nadia", "last_name": "Benali", "time_zone": "Europe/Paris", "next": goal}
    assert client.post(reverse("pages:welcome"), data)["Location"] == expected
