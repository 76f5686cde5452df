"""« Mon offre de formation », trainings for visitors, and the team's screen."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Category, MemberSkill, NameProposal, Skill, Training
from catalog.services import create_training, propose_skill, submit_training, validate_training
from tests.accounts.team import decided_on
from tests.catalog.test_trainings import in_state, make_training, proposal_of, words
from tests.mentors.people import make_member, make_mentor, make_staff

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def data(**changes: object) -> dict[str, object]:
    skill = Skill.objects.get(slug="python")
    return {
        "category": skill.category_id,
        "skill": skill.pk,
        "title": "Écrire son premier programme",
        "description": "Trois heures pour comprendre.",
        "suggested_minutes": 90,
    } | changes


@pytest.mark.parametrize("name", ["offer", "training_new", "proposal", "skill_addition"])
def test_a_visitor_is_asked_to_log_in(name: str, client: Client) -> None:
    response = client.post(reverse(f"catalog:{name}"))
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.requirement("SK-19")
def test_the_offer_is_locked_before_validation() -> None:
    client = signed_in(make_member())
    page = client.get(reverse("catalog:offer")).content.decode()
    assert "Cet onglet s’ouvre quand votre demande est validée." in page
    assert "Voir ma demande" in page
    for method in (client.get, client.post):
        assert method(reverse("catalog:training_new"))["Location"] == reverse("catalog:offer")
    client.post(reverse("catalog:proposal"), {"name": "Apiculture", "category_name": "Nature"})
    assert not Training.objects.exists()
    assert not Skill.objects.filter(name="Apiculture").exists()


@pytest.mark.requirement("SK-31", "SK-32", "K-23")
def test_a_mentor_writes_a_training_and_sends_it() -> None:
    mentor = make_mentor()
    client = signed_in(mentor)
    assert "Nouvelle formation" in client.get(reverse("catalog:offer")).content.decode()
    assert client.post(reverse("catalog:training_new"), data()).status_code == 302
    training = Training.objects.get(mentor=mentor)
    assert (training.status, training.suggested_minutes) == ("draft", 90)
    for _ in range(2):
        client.post(reverse("catalog:training_submission", args=[training.slug]))
    training.refresh_from_db()
    assert training.status == "submitted"
    assert "En cours d’examen" in client.get(reverse("catalog:offer")).content.decode()
    assert client.get(training.get_absolute_url()).status_code == 404


def test_a_training_can_be_written_and_sent_in_one_go() -> None:
    mentor = make_mentor()
    signed_in(mentor).post(reverse("catalog:training_new"), data(send="1"))
    assert Training.objects.get(mentor=mentor).status == "submitted"


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"description": ""},
        {"suggested_minutes": 7},
        {"suggested_minutes": 500},
        {"skill": 0},
        {"category": ""},
    ],
)
def test_a_wrong_training_is_refused_and_what_was_typed_stays(changes: dict[str, object]) -> None:
    response = signed_in(make_mentor()).post(reverse("catalog:training_new"), data(**changes))
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()
    assert ("Écrire son premier programme" in response.content.decode()) or "title" in changes
    assert not Training.objects.exists()


@pytest.mark.requirement("SK-33")
def test_a_skill_of_another_category_is_refused() -> None:
    other = Category.objects.get(slug="langues").pk
    response = signed_in(make_mentor()).post(reverse("catalog:training_new"), data(category=other))
    assert "Cette compétence n’appartient pas à cette catégorie." in response.content.decode()


@pytest.mark.requirement("K-22")
def test_editing_a_public_training_says_that_the_old_text_stays() -> None:
    training = in_state("validated")
    client = signed_in(training.mentor)
    address = reverse("catalog:training_edit", args=[training.slug])
    assert training.title in client.get(address).content.decode()
    response = client.post(address, data(title="Un titre plus clair"), follow=True)
    assert "L’ancien texte reste public" in response.content.decode()
    assert "Modification en cours d’examen" in response.content.decode()
    assert "Un titre plus clair" in client.get(address).content.decode()
    assert "Un titre plus clair" not in client.get(training.get_absolute_url()).content.decode()


def test_strangers_do_not_see_or_change_the_training_of_another() -> None:
    training = make_training()
    for user in (make_member(), make_mentor("Tom", "Rivière")):
        client = signed_in(user)
        assert client.get(reverse("catalog:training_edit", args=[training.slug])).status_code == 404
        assert client.post(reverse("catalog:training_submission", args=[training.slug])).status_code == 404
    assert Client().get(reverse("catalog:training_edit", args=[training.slug])).status_code == 302


def test_a_refused_training_shows_the_reason() -> None:
    training = in_state("refused")
    assert "Trop court." in signed_in(training.mentor).get(reverse("catalog:offer")).content.decode()


@pytest.mark.requirement("SK-34", "SK-35")
def test_a_missing_name_can_be_proposed() -> None:
    mentor = make_mentor()
    client = signed_in(mentor)
    address = reverse("catalog:proposal")
    assert client.post(address, {"name": "Apiculture", "category_name": "Nature"}).status_code == 302
    assert not Skill.objects.get(name="Apiculture").is_validated
    assert "Apiculture" in client.get(reverse("catalog:offer")).content.decode()
    assert client.post(address, {"name": "Apiculture", "category_name": "Nature"}).status_code == 302
    assert NameProposal.objects.filter(name="Apiculture").count() == 1
    for wrong in ({"name": "Python", "category_name": "X"}, {"name": "Ruches"}, {}):
        assert client.post(address, wrong).status_code == 200


@pytest.mark.requirement("SK-27", "SK-28", "SK-30")
def test_skills_are_added_and_removed_from_the_profile() -> None:
    user = make_member()
    client = signed_in(user)
    for _ in range(2):
        client.post(reverse("catalog:skill_addition"), {"skill": "python"})
    assert MemberSkill.objects.filter(user=user).count() == 1
    removal = reverse("catalog:skill_removal", args=["python"])
    assert client.get(removal).status_code == 405
    for _ in range(2):
        assert client.post(removal).status_code == 302
    assert not MemberSkill.objects.exists()


@pytest.mark.requirement("K-22")
def test_a_skill_outside_the_list_is_refused() -> None:
    client = signed_in(make_member())
    response = client.post(reverse("catalog:skill_addition"), {"skill": "inconnue"}, follow=True)
    assert "Cette compétence n’est pas dans la liste." in response.content.decode()
    assert client.post(reverse("catalog:skill_removal", args=["inconnue"])).status_code == 404


@pytest.mark.requirement("SK-32", "K-23", "SK-39")
def test_visitors_read_a_public_training_with_the_mentors_rate(client: Client) -> None:
    training = in_state("validated")
    page = client.get(training.get_absolute_url()).content.decode()
    for expected in (training.title, "Inès Haddad", "47,00\u00a0€", "Demander une session", "gratuites"):
        assert expected in page
    assert f'name="formation" value="{training.slug}"' in page
    assert training.mentor.email not in page
    assert training.title in client.get(reverse("catalog:trainings")).content.decode()
    assert client.post(training.get_absolute_url()).status_code == 405


def test_trainings_can_be_searched(client: Client) -> None:
    training = in_state("validated")
    for found in ("jeu de donnees", "Analyse"):
        assert training.title in client.get(reverse("catalog:trainings"), {"q": found}).content.decode()
    page = client.get(reverse("catalog:trainings"), {"q": "poterie"}).content.decode()
    assert training.title not in page
    assert "Trouver un mentor" in page


@pytest.mark.requirement("SK-32")
def test_the_team_reads_then_decides() -> None:
    training = in_state("submitted")
    client = signed_in(make_staff())
    page = client.get(reverse("admin:catalog_training_change", args=[training.pk])).content.decode()
    assert training.description in page
    address = reverse("admin:catalog_training_decision", args=[training.pk, "validation"])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 200
    assert decided_on(client, address, reason="Clair.").status_code == 302
    assert Training.objects.get().status == "validated"
    assert signed_in(make_member()).post(address, {"reason": "x"}).status_code == 302


def test_the_team_sees_the_change_beside_the_public_text() -> None:
    training = in_state("validated")
    signed_in(training.mentor).post(
        reverse("catalog:training_edit", args=[training.slug]), data(title="Un titre plus clair")
    )
    client = signed_in(make_staff())
    page = client.get(reverse("admin:catalog_training_change", args=[training.pk])).content.decode()
    assert "Avant\u202f: le texte public" in page
    assert "Après\u202f: la modification proposée" in page
    assert "Un titre plus clair" in page
    assert client.get(reverse("admin:catalog_training_changelist")).status_code == 200


def test_the_team_accepts_proposed_names() -> None:
    skill = propose_skill(by=make_mentor(), name="Apiculture", category_name="Nature")
    client = signed_in(make_staff())
    address = reverse("admin:catalog_nameproposal_decision", args=[proposal_of(skill).pk, "validation"])
    assert decided_on(client, address, reason="Utile.").status_code == 302
    assert Skill.objects.validated().filter(name="Apiculture").exists()


def test_the_list_of_trainings_costs_the_same_whatever_its_length(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    mentor, staff = make_mentor(), make_staff()
    for number in range(5):
        training = create_training(mentor=mentor, words=words(f"Formation {number}"))
        submit_training(training=training, mentor=mentor)
        validate_training(training=training, by=staff, reason="Bien.")
    with django_assert_max_num_queries(6):
        Client().get(reverse("catalog:trainings"))
