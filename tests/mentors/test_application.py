"""The request to become a mentor, from the draft to the decision and after."""

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import AuditEntry, LegalAcceptance, MemberPage
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from billing.states import AccountState, VatRegime
from catalog.models import MemberSkill
from core.errors import IllegalMove
from mentors.errors import (
    ApplicationIncomplete,
    NotStaff,
    OwnRequest,
    ReasonNeeded,
    RefusalAlreadyProposed,
    SecondLookNeeded,
)
from mentors.models import MentorApplicationEvent, MentorProfile
from mentors.selectors import is_bookable, last_remark, missing_items, profile_of, reading_of, waiting_applications
from mentors.services import propose_refusal, refuse, request_changes, restore, submit_application, suspend, validate
from mentors.states import MENTOR_ALLOWED, MentorStatus
from notifications.models import Email, Notice
from tests.mentors.people import (
    make_applicant,
    make_member,
    make_mentor,
    make_ready,
    make_staff,
    refuse_request,
)

pytestmark = pytest.mark.django_db

VERBS = {
    "submitted": lambda profile: submit_application(user=profile.user),
    "validated": lambda profile: validate(profile=profile, by=make_staff(), reason="Complet."),
    "changes_requested": lambda profile: request_changes(profile=profile, by=make_staff(), reason="Un diplôme manque."),
    "refused": lambda profile: refuse_request(profile, "Trop peu d’expérience."),
    "suspended": lambda profile: suspend(profile=profile, by=make_staff(), reason="Plainte."),
}


def in_state(status: str) -> MentorProfile:
    """A complete request led to a state by the moves people make."""
    path = {
        "draft": [],
        "submitted": ["submitted"],
        "changes_requested": ["submitted", "changes_requested"],
        "refused": ["submitted", "refused"],
        "validated": ["submitted", "validated"],
        "suspended": ["submitted", "validated", "suspended"],
    }[status]
    profile = profile_of(make_ready())
    for verb in path:
        profile = VERBS[verb](profile)
    assert profile.status == status
    return profile


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", MentorStatus.values)
def test_each_move_is_allowed_or_refused_as_the_map_says(status: str, verb: str) -> None:
    profile = in_state(status)
    if verb == status == "submitted":
        before = MentorApplicationEvent.objects.count()
        assert VERBS[verb](profile).status == status
        assert MentorApplicationEvent.objects.count() == before
    elif verb == status:
        with pytest.raises(AlreadyDecided, match="Sylvie Equipe a décidé avant vous"):
            VERBS[verb](profile)
    elif verb in MENTOR_ALLOWED[status]:
        assert VERBS[verb](profile).status == verb
        event = MentorApplicationEvent.objects.first()
        assert event is not None
        assert (event.from_status, event.to_status) == (status, verb)
    else:
        with pytest.raises(IllegalMove):
            VERBS[verb](profile)
        profile.refresh_from_db()
        assert profile.status == status


@pytest.mark.requirement("SK-16", "SK-22", "SK-23", "SK-24", "SK-25", "SK-26")
def test_a_newcomer_is_told_everything_that_is_missing() -> None:
    keys = [item.key for item in missing_items(make_member())]
    assert keys == [
        "presentation",
        "position",
        "education",
        "linkedin_url",
        "skills",
        "rate",
        "business_name",
        "address",
        "siren",
        "vat_regime",
        "mandate",
        "stripe",
        "terms",
    ]


@pytest.mark.requirement("SK-17")
def test_a_complete_request_can_be_sent_once() -> None:
    user = make_ready()
    assert missing_items(user) == []
    first = submit_application(user=user)
    second = submit_application(user=user)
    assert second.status == MentorStatus.SUBMITTED
    assert second.submitted_at == first.submitted_at
    assert list(waiting_applications()) == [second]
    assert Notice.objects.filter(recipient=user, kind="mentors.submitted").count() == 1


def _without_siren(profile: MentorProfile) -> None:
    BillingProfile.objects.filter(user=profile.user).update(siren="")


def _without_address(profile: MentorProfile) -> None:
    BillingProfile.objects.filter(user=profile.user).update(postcode="")


def _without_regime(profile: MentorProfile) -> None:
    BillingProfile.objects.filter(user=profile.user).update(vat_regime="")


def _without_rate(profile: MentorProfile) -> None:
    MentorProfile.objects.filter(pk=profile.pk).update(hourly_rate_cents=None)


def _without_stripe(profile: MentorProfile) -> None:
    ConnectedAccount.objects.filter(user=profile.user).update(state=AccountState.PENDING)


def _without_mandate(profile: MentorProfile) -> None:
    BillingMandate.objects.filter(user=profile.user).delete()


def _without_terms(profile: MentorProfile) -> None:
    LegalAcceptance.objects.filter(user=profile.user).delete()


def _without_skills(profile: MentorProfile) -> None:
    MemberSkill.objects.filter(user=profile.user).delete()


def _without_education(profile: MentorProfile) -> None:
    MemberPage.objects.filter(user=profile.user).update(education="")


LACKS = {
    "siren": _without_siren,
    "address": _without_address,
    "vat_regime": _without_regime,
    "rate": _without_rate,
    "stripe": _without_stripe,
    "mandate": _without_mandate,
    "terms": _without_terms,
    "skills": _without_skills,
    "education": _without_education,
}


@pytest.mark.requirement("SK-20", "SK-22", "SK-23", "SK-24", "SK-25", "SK-26", "K-9")
@pytest.mark.parametrize("key", LACKS)
def test_a_request_that_lacks_something_is_neither_sent_nor_validated(key: str) -> None:
    profile = profile_of(make_ready())
    LACKS[key](profile)
    with pytest.raises(ApplicationIncomplete) as refused:
        submit_application(user=profile.user)
    assert [item.key for item in refused.value.items] == [key]
    assert "Il manque 1 élément" in str(refused.value.user_message)

    waiting = make_applicant()
    LACKS[key](waiting)
    with pytest.raises(ApplicationIncomplete):
        validate(profile=waiting, by=make_staff(), reason="Complet.")
    waiting.refresh_from_db()
    assert waiting.status == MentorStatus.SUBMITTED


@pytest.mark.requirement("SK-24")
def test_a_vat_number_is_asked_for_only_from_those_who_have_one() -> None:
    user = make_ready()
    assert "vat_number" not in [item.key for item in missing_items(user)]
    BillingProfile.objects.filter(user=user).update(vat_regime=VatRegime.REGISTERED, vat_number="FR44732829320")
    assert missing_items(user) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        BillingProfile.objects.filter(user=user).update(vat_number="")


@pytest.mark.requirement("SK-21")
def test_a_decision_needs_the_team_and_a_reason_and_leaves_a_trace() -> None:
    profile, staff = make_applicant(), make_staff()
    with pytest.raises(NotStaff):
        validate(profile=profile, by=make_member(), reason="Je me valide.")
    with pytest.raises(ReasonNeeded):
        validate(profile=profile, by=staff, reason="   ")
    validate(profile=profile, by=staff, reason="Diplômes vérifiés.")
    entry = AuditEntry.objects.get(action="mentors.validated")
    assert (entry.actor, entry.reason, entry.reference) == (staff, "Diplômes vérifiés.", f"mentor:{profile.pk}")
    assert "Diplômes vérifiés." in Email.objects.get(kind="mentors.validated").body_text


def test_validating_twice_writes_and_announces_once() -> None:
    profile, staff = make_applicant(), make_staff()
    for _ in range(2):
        validate(profile=profile, by=staff, reason="Complet.")
    assert AuditEntry.objects.filter(action="mentors.validated").count() == 1
    assert Email.objects.filter(kind="mentors.validated").count() == 1


def test_a_refused_person_reads_why_and_may_ask_again() -> None:
    profile = in_state("refused")
    remark = last_remark(profile)
    assert remark is not None
    assert remark.reason == "Trop peu d’expérience."
    assert submit_application(user=profile.user).status == MentorStatus.SUBMITTED


@pytest.mark.requirement("K-8")
def test_only_a_validated_mentor_with_everything_is_bookable() -> None:
    user = make_ready()
    assert not is_bookable(user)
    profile = submit_application(user=user)
    assert not is_bookable(user)
    assert validate(profile=profile, by=make_staff(), reason="Complet.").is_bookable
    assert is_bookable(user)


@pytest.mark.requirement("K-8")
@pytest.mark.parametrize("key", ["siren", "stripe", "mandate"])
def test_losing_what_payment_needs_closes_bookings_at_once(key: str) -> None:
    user = make_mentor()
    assert is_bookable(user)
    LACKS[key](profile_of(user))
    assert not is_bookable(user)


def test_a_payable_account_opens_bookings_again() -> None:
    user = make_mentor()
    ConnectedAccount.objects.filter(user=user).update(state=AccountState.RESTRICTED)
    assert not is_bookable(user)
    ConnectedAccount.objects.filter(user=user).update(state=AccountState.ACTIVE)
    assert is_bookable(user)


def test_a_suspended_or_closed_mentor_is_not_bookable() -> None:
    user = make_mentor()
    profile = suspend(profile=profile_of(user), by=make_staff(), reason="Plainte.")
    assert not profile.is_bookable
    assert restore(profile=profile, by=make_staff(), reason="Réglé.").is_bookable
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert not is_bookable(user)


def test_nobody_can_write_the_flag_by_hand() -> None:
    user = make_member()
    MentorProfile.objects.create(user=user, is_bookable=True)
    assert not is_bookable(user)
    MentorProfile.objects.filter(user=user).update(is_bookable=True)
    assert not is_bookable(user)


@pytest.mark.requirement("SK-23")
def test_the_database_refuses_a_mentor_without_a_rate() -> None:
    user = make_mentor()
    with pytest.raises(IntegrityError), transaction.atomic():
        MentorProfile.objects.filter(user=user).update(hourly_rate_cents=None)


def test_a_refusal_needs_two_people() -> None:
    profile, first, second = make_applicant(), make_staff(), make_staff()
    with pytest.raises(SecondLookNeeded):
        refuse(profile=profile, by=first, reason="Trop court.")
    for _ in range(2):
        assert propose_refusal(profile=profile, by=first, reason="Trop court.").status == MentorStatus.SUBMITTED
    assert AuditEntry.objects.filter(action="mentors.refusal_proposed").count() == 1
    with pytest.raises(SecondLookNeeded):
        refuse(profile=profile, by=first, reason="Trop court.")
    with pytest.raises(RefusalAlreadyProposed):
        propose_refusal(profile=profile, by=second, reason="Trop court aussi.")
    assert not Notice.objects.filter(recipient=profile.user, kind="mentors.refused").exists()
    assert refuse(profile=profile, by=second, reason="Trop court.").status == MentorStatus.REFUSED
    profile.refresh_from_db()
    assert (profile.refusal_proposed_by, profile.refusal_reason) == (None, "")


def test_another_decision_sets_a_proposed_refusal_aside() -> None:
    profile, staff = make_applicant(), make_staff()
    propose_refusal(profile=profile, by=staff, reason="Trop court.")
    request_changes(profile=profile, by=make_staff(), reason="Complétez.")
    sent_again = submit_application(user=profile.user)
    with pytest.raises(SecondLookNeeded):
        refuse(profile=sent_again, by=make_staff(), reason="Trop court.")


def test_the_team_decides_on_what_it_read() -> None:
    profile, staff = make_applicant(), make_staff()
    seen = reading_of(profile)
    MemberPage.objects.filter(user=profile.user).update(education="Doctorat")
    with pytest.raises(ReadAgain):
        validate(profile=profile, by=staff, reason="Complet.", seen=seen)
    assert validate(profile=profile, by=staff, reason="Complet.", seen=reading_of(profile)).is_validated


def test_nobody_decides_on_his_own_request() -> None:
    profile = make_applicant()
    profile.user.is_staff = True
    profile.user.save(update_fields=["is_staff"])
    with pytest.raises(OwnRequest):
        validate(profile=profile, by=profile.user, reason="Je suis de l’équipe.")
