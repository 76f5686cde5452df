"""The team's queue in the administration."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from billing.models import BillingProfile
from mentors.models import MentorProfile
from mentors.services import request_changes
from mentors.states import MentorStatus
from tests.mentors.people import make_applicant, make_member, make_staff

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
        ("refus", MentorStatus.REFUSED),
    ],
)
def test_each_decision_asks_for_a_reason_then_is_traced(verb: str, status: str) -> None:
    profile, client = make_applicant(), staff_client()
    assert client.get(decision(profile, verb)).status_code == 200
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED
    assert client.post(decision(profile, verb), {"reason": ""}).status_code == 200
    assert client.post(decision(profile, verb), {"reason": "Motif clair."}).status_code == 302
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
        assert client.post(decision(profile, "validation"), {"reason": "Complet."}).status_code == 302
    assert AuditEntry.objects.count() == 1


def test_a_decision_that_came_too_late_is_said() -> None:
    profile, client = make_applicant(), staff_client()
    request_changes(profile=profile, by=make_staff(), reason="Compléter.")
    response = client.post(decision(profile, "refus"), {"reason": "Non."})
    assert "a changé entre-temps" in response.content.decode()


@pytest.mark.parametrize("verb", ["validation", "complements", "refus", "suspension", "retablissement"])
def test_members_and_visitors_do_not_decide(verb: str, client: Client) -> None:
    profile = make_applicant()
    assert client.post(decision(profile, verb), {"reason": "Non."}).status_code == 302
    client.force_login(make_member())
    assert client.post(decision(profile, verb), {"reason": "Non."}).status_code == 302
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED


def test_an_unknown_decision_or_request_is_not_found() -> None:
    profile, client = make_applicant(), staff_client()
    assert client.get(decision(profile, "refus").replace("refus", "autre")).status_code in {302, 404}
    assert client.get(reverse("admin:mentors_mentorprofile_decision", args=[10**9, "refus"])).status_code == 404
