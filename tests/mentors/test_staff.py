"""The team's queue in the administration."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, MemberPage
from billing.models import BillingProfile
from core import clock, queues
from core.models import Setting
from mentors.models import MentorProfile
from mentors.selectors import reading_of
from mentors.services import propose_refusal, request_changes, validate
from mentors.states import MentorStatus
from tests.accounts.team import decided_on
from tests.mentors.people import make_applicant, make_member, make_staff
from tests.mentors.test_application import LACKS

pytestmark = pytest.mark.django_db

QUEUE = "admin:mentors_mentorprofile_changelist"


def staff_client() -> Client:
    client = Client()
    client.force_login(make_staff())
    return client


def decision(profile: MentorProfile, verb: str) -> str:
    return reverse("admin:mentors_mentorprofile_decision", args=[profile.pk, verb])


def test_the_queue_opens_on_what_waits_oldest_first() -> None:
    first, second = make_applicant(), make_applicant()
    other = make_applicant()
    request_changes(profile=other, by=make_staff(), reason="Compléter.")
    response = staff_client().get(reverse(QUEUE))
    assert response.status_code == 200
    assert list(response.context["cl"].queryset) == [first, second]


@pytest.mark.requirement("SK-21")
def test_the_team_reads_page_company_and_checklist_on_one_screen() -> None:
    profile = make_applicant()
    page = staff_client().get(reverse("admin:mentors_mentorprofile_change", args=[profile.pk])).content.decode()
    for words in ("Onze ans de santé publique.", "732829320", "linkedin.com/in/ines", "✓ Numéro SIREN", "Valider"):
        assert words in page
    assert "Registre non consulté" in page
    assert 'name="_save"' not in page


@pytest.mark.requirement("SK-21")
@pytest.mark.parametrize(
    ("verb", "status"),
    [
        ("validation", MentorStatus.VALIDATED),
        ("complements", MentorStatus.CHANGES_REQUESTED),
    ],
)
def test_each_decision_asks_for_a_reason_then_is_traced(verb: str, status: str) -> None:
    profile, client = make_applicant(), staff_client()
    assert client.get(decision(profile, verb)).status_code == 200
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED
    assert client.post(decision(profile, verb), {"reason": ""}).status_code == 200
    assert decided_on(client, decision(profile, verb), reason="Motif clair.").status_code == 302
    profile.refresh_from_db()
    assert profile.status == status
    assert AuditEntry.objects.get().reason == "Motif clair."


@pytest.mark.requirement("SK-22", "SK-26")
def test_the_team_cannot_validate_without_a_siren() -> None:
    profile = make_applicant()
    BillingProfile.objects.filter(user=profile.user).update(siren="")
    response = staff_client().post(decision(profile, "validation"), {"reason": "Je connais cette personne."})
    assert "numéro SIREN" in response.content.decode()
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED


def test_a_decision_taken_twice_does_no_harm() -> None:
    profile, client = make_applicant(), staff_client()
    for _ in range(2):
        assert decided_on(client, decision(profile, "validation"), reason="Complet.").status_code == 302
    assert AuditEntry.objects.count() == 1


def test_a_decision_that_came_too_late_is_said() -> None:
    profile, client = make_applicant(), staff_client()
    request_changes(profile=profile, by=make_staff(), reason="Compléter.")
    response = decided_on(client, decision(profile, "validation"), reason="Non.")
    page = response.content.decode()
    assert "Sylvie Equipe a décidé avant vous" in page
    assert "À compléter" in page
    assert ">Non.</textarea>" in page.replace("\n", "")


@pytest.mark.parametrize("verb", ["validation", "complements", "refus", "confirmation", "suspension", "retablissement"])
def test_members_and_visitors_do_not_decide(verb: str, client: Client) -> None:
    profile = make_applicant()
    assert client.post(decision(profile, verb), {"reason": "Non.", "seen": "lu"}).status_code == 302
    client.force_login(make_member())
    assert client.post(decision(profile, verb), {"reason": "Non.", "seen": "lu"}).status_code == 302
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED


def test_an_unknown_decision_or_request_is_not_found() -> None:
    profile, client = make_applicant(), staff_client()
    assert client.get(decision(profile, "refus").replace("refus", "autre")).status_code in {302, 404}
    assert client.get(reverse("admin:mentors_mentorprofile_decision", args=[10**9, "refus"])).status_code == 404


def file_of(profile: MentorProfile, client: Client | None = None) -> str:
    response = (client or staff_client()).get(reverse("admin:mentors_mentorprofile_change", args=[profile.pk]))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.requirement("SK-22", "SK-23", "SK-24", "SK-25", "K-9")
@pytest.mark.parametrize("key", ["siren", "address", "vat_regime", "rate", "stripe"])
def test_the_screen_offers_no_validation_of_what_lacks_something(key: str) -> None:
    profile = make_applicant()
    LACKS[key](profile)
    page = file_of(profile)
    assert decision(profile, "validation") not in page
    assert "impossible." in page
    assert "Il manque 1 élément" in page
    assert decision(profile, "complements") in page
    assert "Il manque 1 élément" in staff_client().get(decision(profile, "validation")).content.decode()


def test_the_queue_says_how_long_each_waits_and_which_are_late() -> None:
    now = clock.now()
    make_applicant(now=now - timedelta(days=4, hours=2))
    make_applicant(now=now - timedelta(hours=5))
    page = staff_client().get(reverse(QUEUE)).content.decode()
    assert "4 j 2 h" in page
    assert "5 h" in page
    assert page.count("En retard") == 1


def test_the_target_is_a_setting() -> None:
    make_applicant(now=clock.now() - timedelta(hours=5))
    early = clock.now() - timedelta(days=1)
    Setting.objects.create(key="mentor_vetting_hours", value=2, effective_from=early, by=make_staff(), reason="Essai")
    assert "En retard" in staff_client().get(reverse(QUEUE)).content.decode()


def test_the_queue_costs_the_same_whatever_its_length(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(4):
        make_applicant()
    client = staff_client()
    with django_assert_max_num_queries(9):
        client.get(reverse(QUEUE))


def test_ready_made_words_are_inserted_after_those_typed() -> None:
    profile, client = make_applicant(), staff_client()
    response = client.post(decision(profile, "complements"), {"reason": "Bonjour Inès.", "insert": "0"})
    assert "Bonjour Inès.\n\nVotre page ne dit pas" in response.content.decode()
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED
    for forged in ("99", "abc", "-1", "²", "9" * 5000):
        response = client.post(decision(profile, "complements"), {"reason": "Bonjour.", "insert": forged})
        assert "Bonjour.</textarea>" in response.content.decode()


def test_a_refusal_is_proposed_then_confirmed_by_somebody_else() -> None:
    profile, first, second = make_applicant(), staff_client(), staff_client()
    assert decision(profile, "confirmation") not in file_of(profile, first)
    assert decided_on(first, decision(profile, "refus"), reason="Trop court.").status_code == 302
    assert "Refus proposé" in file_of(profile, first)
    assert decision(profile, "confirmation") not in file_of(profile, first)
    assert decision(profile, "confirmation") in file_of(profile, second)
    assert "Trop court." in second.get(decision(profile, "confirmation")).content.decode()
    assert "se décide à deux" in decided_on(first, decision(profile, "confirmation"), reason="Non.").content.decode()
    assert decided_on(second, decision(profile, "confirmation"), reason="Trop court.").status_code == 302
    profile.refresh_from_db()
    assert profile.status == MentorStatus.REFUSED
    assert "Trop court." in file_of(profile)


def test_what_changed_while_it_was_read_is_read_again_and_the_reason_stays() -> None:
    profile, client = make_applicant(), staff_client()
    address = decision(profile, "validation") + f"?lu={reading_of(profile)}"
    assert address in file_of(profile, client)
    seen = reading_of(profile)
    MemberPage.objects.filter(user=profile.user).update(education="Doctorat")
    response = client.post(address, {"reason": "Diplômes vérifiés.", "seen": seen})
    page = response.content.decode()
    assert "a changé pendant que vous le lisiez" in page
    assert "Diplômes vérifiés.</textarea>" in page
    again = response.context["form"]["seen"].value()
    assert client.post(address, {"reason": "Diplômes vérifiés.", "seen": again}).status_code == 302
    profile.refresh_from_db()
    assert profile.is_validated


def test_a_member_of_the_team_without_the_right_reads_but_does_not_decide() -> None:
    profile, helper = make_applicant(), make_staff()
    helper.is_superuser = False
    helper.save(update_fields=["is_superuser"])
    helper.user_permissions.add(Permission.objects.get(codename="view_mentorprofile"))
    client = Client()
    client.force_login(helper)
    assert decision(profile, "validation") not in file_of(profile, client)
    assert client.post(decision(profile, "validation"), {"reason": "Complet."}).status_code == 403
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED


def test_the_first_page_of_the_team_says_what_waits_and_how_long_the_oldest_has() -> None:
    make_applicant(now=clock.now() - timedelta(days=4))
    oldest = make_applicant(now=clock.now() - timedelta(days=5))
    page = staff_client().get(reverse("admin:index")).content.decode()
    assert "5 j 0 h" in page
    assert "2 en retard" in page
    assert reverse("admin:mentors_mentorprofile_change", args=[oldest.pk]) in page
    assert page.count("Rien à traiter.") == len(queues.registered()) - 1


def test_a_proposed_refusal_stays_a_line_of_the_history_whatever_came_after() -> None:
    profile = make_applicant()
    propose_refusal(profile=profile, by=make_staff(), reason="Diplôme illisible.")
    validate(profile=profile, by=make_staff(), reason="Le diplôme est arrivé.")
    page = staff_client().get(reverse("admin:mentors_mentorprofile_change", args=[profile.pk])).content.decode()
    assert "refus proposé" in page
    assert "Diplôme illisible." in page
