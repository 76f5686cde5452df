"""Names of the list: proposed, accepted, refused, merged, renamed; nothing that named them is lost."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import AuditEntry, User
from bookings.models import Booking
from catalog.errors import (
    NameGone,
    NameMerged,
    NameNotPossible,
    NameTaken,
    NameWaiting,
    NotStaff,
    OwnProposal,
    ReasonNeeded,
    SameName,
    TargetNotListed,
)
from catalog.models import Category, CategoryAlias, MemberSkill, NameProposal, Skill, SkillAlias, Training
from catalog.selectors.names import merge_candidates, references_to, uses_of
from catalog.services import (
    TrainingWords,
    accept_proposal,
    add_skill,
    create_training,
    merge_categories,
    merge_skills,
    propose_category,
    propose_skill,
    refuse_proposal,
    write_category,
    write_skill,
)
from catalog.states import PROPOSAL_ALLOWED, ProposalStatus
from notifications.models import Email
from tests import people
from tests.bookings.making import ask
from tests.catalog.test_offer_pages import signed_in
from tests.catalog.test_trainings import in_state, proposal_of
from tests.mentors.people import make_member, make_mentor, make_staff

pytestmark = pytest.mark.django_db

DECISIONS: dict[str, Callable[[Any], object]] = {
    "accepted": lambda proposal: accept_proposal(proposal=proposal, by=make_staff(), reason="Utile."),
    "refused": lambda proposal: refuse_proposal(proposal=proposal, by=make_staff(), reason="Trop précis."),
    "merged": lambda proposal: merge_skills(
        source=proposal.skill, into=skill("python"), by=make_staff(), reason="La même chose."
    ),
}


def skill(slug: str) -> Skill:
    return Skill.objects.select_related("category").get(slug=slug)


def beekeeping(mentor: User | None = None) -> NameProposal:
    made = propose_skill(by=mentor or make_mentor(), name="Apiculture", category=Category.objects.get(slug="langues"))
    return proposal_of(made)


@pytest.mark.requirement("SK-34", "SK-35")
@pytest.mark.parametrize("second", DECISIONS)
@pytest.mark.parametrize("first", ["waiting", *DECISIONS])
def test_each_decision_on_a_name_is_allowed_or_refused_as_the_map_says(first: str, second: str) -> None:
    proposal = beekeeping()
    if first != "waiting":
        DECISIONS[first](proposal)
    if second in PROPOSAL_ALLOWED.get(first, frozenset()):
        DECISIONS[second](proposal)
        proposal.refresh_from_db()
        assert proposal.status == second
        assert Email.objects.filter(kind=f"catalog.name_{second}").count() == 1
        assert AuditEntry.objects.filter(action=f"catalog.name_{second}").count() == 1
    elif second != "merged":
        with pytest.raises(AlreadyDecided, match="Sylvie Equipe a décidé avant vous"):
            DECISIONS[second](proposal)
        proposal.refresh_from_db()
        assert proposal.status == first


def test_the_same_decision_by_the_same_person_twice_is_once() -> None:
    proposal, staff = beekeeping(), make_staff()
    for _ in range(2):
        refuse_proposal(proposal=proposal, by=staff, reason="Trop précis.")
    assert Email.objects.filter(kind="catalog.name_refused").count() == 1


@pytest.mark.requirement("SK-34")
def test_a_category_is_proposed_alone() -> None:
    mentor = make_mentor()
    category = propose_category(by=mentor, name="  Nature   et jardin ")
    assert (category.name, category.is_validated) == ("Nature et jardin", False)
    assert propose_category(by=mentor, name="Nature et jardin") == category
    inside = propose_skill(by=mentor, name="Apiculture", category=category)
    accept_proposal(proposal=proposal_of(inside), by=make_staff(), reason="Utile.")
    assert proposal_of(category).status == ProposalStatus.ACCEPTED
    assert Skill.objects.validated().filter(pk=inside.pk).exists()


def test_refusing_a_category_refuses_what_was_proposed_inside() -> None:
    mentor = make_mentor()
    category = propose_category(by=mentor, name="Nature")
    inside = propose_skill(by=mentor, name="Apiculture", category=category)
    refuse_proposal(proposal=proposal_of(category), by=make_staff(), reason="Trop large.")
    assert proposal_of(inside).status == ProposalStatus.REFUSED
    assert Email.objects.filter(kind="catalog.name_refused").count() == 2


@pytest.mark.requirement("SK-36")
def test_a_refused_name_is_no_longer_offered_and_its_trainings_stay_hidden() -> None:
    mentor = make_mentor()
    proposal = beekeeping(mentor)
    assert proposal.skill
    text = TrainingWords(proposal.skill.category, proposal.skill, "Ruches", "Choisir, poser.", 60)
    training = create_training(mentor=mentor, words=text)
    refuse_proposal(proposal=proposal, by=make_staff(), reason="Trop précis.")
    client = signed_in(mentor)
    assert "Apiculture</option>" not in client.get(reverse("catalog:training_new")).content.decode()
    page = client.get(reverse("catalog:training_edit", args=[training.slug])).content.decode()
    assert "Ruches" in page
    assert "Trop précis." in client.get(reverse("catalog:offer")).content.decode()
    # Anybody may propose it again.
    again = propose_skill(by=make_mentor("Tom", "Rivière"), name="Apiculture", category=proposal.skill.category)
    assert again.pk == proposal.skill.pk
    assert proposal_of(again).status == ProposalStatus.WAITING


def test_names_that_cannot_be_proposed_say_why() -> None:
    mentor, home = make_mentor(), Category.objects.get(slug="langues")
    beekeeping()
    merge_skills(source=skill("sql"), into=skill("python"), by=make_staff(), reason="Essai.")
    refusals = {"!!!": NameNotPossible, "PYTHON": NameTaken, "apiculture": NameWaiting, "SQL": NameMerged}
    for name, error in refusals.items():
        with pytest.raises(error):
            propose_skill(by=mentor, name=name, category=home)
    response = signed_in(mentor).post(reverse("catalog:proposal"), {"name": "SQL", "category": home.pk})
    assert "Ce nom est dans la liste sous un autre\u202f: «\u202fPython\u202f»." in response.content.decode()
    assert 'value="SQL"' in response.content.decode()
    response = signed_in(mentor).post(reverse("catalog:category_proposal"), {"category_name": "langues"})
    assert "Ce nom existe déjà dans la liste." in response.content.decode()
    assert 'value="langues"' in response.content.decode()


def test_a_decision_on_a_name_needs_the_team_a_reason_and_another_person() -> None:
    proposal = beekeeping()
    with pytest.raises(NotStaff):
        refuse_proposal(proposal=proposal, by=make_member(), reason="Non.")
    with pytest.raises(ReasonNeeded):
        accept_proposal(proposal=proposal, by=make_staff(), reason="  ")
    with pytest.raises(ReadAgain):
        accept_proposal(proposal=proposal, by=make_staff(), reason="Utile.", seen="autre chose")
    proposal.proposer.is_staff = True
    proposal.proposer.save(update_fields=["is_staff"])
    with pytest.raises(OwnProposal):
        accept_proposal(proposal=proposal, by=proposal.proposer, reason="C’est le mien.")


@pytest.mark.requirement("SK-35")
def test_a_merge_moves_everything_that_named_the_skill() -> None:
    mentor, learner, both = people.mentor("Claire", "Roux"), people.member("Karim", "Benali"), make_member()
    source = people.skill_of(mentor)
    source.is_validated = True
    source.save()
    into = skill("python")
    for one in (source, into):
        add_skill(user=both, skill=one)
    text = TrainingWords(source.category, source, "Lire un bilan", "Poste par poste.", 60)
    training = create_training(mentor=mentor, words=text)
    booking = ask(learner, mentor)
    assert booking.skill == source
    assert {use.count for use in uses_of(source)} == {1, 2}
    merge_skills(source=source, into=into, by=make_staff(), reason="La même chose.")
    training.refresh_from_db()
    assert (training.skill, training.category) == (into, into.category)
    assert Booking.objects.get(pk=booking.pk).skill == into
    assert set(MemberSkill.objects.filter(skill=into).values_list("user", flat=True)) == {mentor.pk, both.pk}
    assert not Skill.objects.filter(slug=source.slug).exists()
    assert AuditEntry.objects.filter(action="catalog.merged").count() == 1


def test_no_table_that_names_a_skill_is_forgotten_by_a_merge() -> None:
    """Whoever adds a column that names a skill finds it moved too; whoever hides one from Django fails here."""
    named = {field.model._meta.label for field in references_to(skill("python"))}
    assert {"catalog.MemberSkill", "catalog.Training", "catalog.TrainingRevision", "bookings.Booking"} <= named


@pytest.mark.requirement("SK-28")
def test_the_old_address_leads_to_the_skill_that_stayed(client: Client) -> None:
    member = make_member()
    add_skill(user=member, skill=skill("sql"))
    merge_skills(source=skill("sql"), into=skill("python"), by=make_staff(), reason="La même chose.")
    merge_skills(source=skill("python"), into=skill("tableur"), by=make_staff(), reason="La même chose.")
    for old in ("sql", "python"):
        response = client.get(reverse("catalog:community_skill", args=[old]))
        assert (response.status_code, response["Location"]) == (301, skill("tableur").get_absolute_url())
    assert member.get_full_name() in client.get(skill("tableur").get_absolute_url()).content.decode()
    assert client.get(reverse("catalog:community_skill", args=["jamais-vu"])).status_code == 404


def test_a_waiting_proposal_follows_the_merge_and_its_author_is_told() -> None:
    proposal = beekeeping()
    assert proposal.skill
    merge_skills(source=proposal.skill, into=skill("jardinage"), by=make_staff(), reason="Déjà dans Jardinage.")
    proposal.refresh_from_db()
    assert (proposal.status, proposal.skill, proposal.name) == ("merged", skill("jardinage"), "Apiculture")
    assert "Déjà dans Jardinage." in Email.objects.get(kind="catalog.name_merged").body_text
    page = signed_in(proposal.proposer).get(reverse("catalog:offer")).content.decode()
    assert "Réunie avec un autre nom" in page
    assert "Jardinage" in page


def test_merging_categories_moves_skills_and_trainings(client: Client) -> None:
    training = in_state("validated")
    source, into = training.category, Category.objects.get(slug="langues")
    merge_categories(source=source, into=into, by=make_staff(), reason="Une seule suffit.")
    training.refresh_from_db()
    assert training.category == training.skill.category == into
    assert CategoryAlias.objects.get(slug=source.slug).category == into
    page = client.get(reverse("catalog:community"), {"categorie": source.slug})
    assert page.status_code == 200
    assert page.context["filters"].category == into


def test_merges_that_make_no_sense_are_refused_and_change_nothing() -> None:
    python, sql, staff = skill("python"), skill("sql"), make_staff()
    proposal = beekeeping()
    assert proposal.skill
    with pytest.raises(SameName):
        merge_skills(source=python, into=python, by=staff, reason="Essai.")
    with pytest.raises(TargetNotListed):
        merge_skills(source=python, into=proposal.skill, by=staff, reason="Essai.")
    with pytest.raises(ReasonNeeded):
        merge_skills(source=python, into=sql, by=staff, reason=" ")
    with pytest.raises(NotStaff):
        merge_skills(source=python, into=sql, by=make_member(), reason="Essai.")
    merge_skills(source=python, into=sql, by=staff, reason="Essai.")
    with pytest.raises(NameGone):
        merge_skills(source=python, into=sql, by=make_staff(), reason="Essai.")
    assert SkillAlias.objects.count() == 1


def test_a_new_name_keeps_the_old_address_and_coming_back_frees_it(client: Client) -> None:
    python, staff = skill("python"), make_staff()
    write_skill(skill=python, name="Langage Python", category=python.category, by=staff, reason="Faute de frappe.")
    response = client.get(reverse("catalog:community_skill", args=["python"]))
    assert response["Location"] == reverse("catalog:community_skill", args=["langage-python"])
    write_skill(skill=python, name="Python", category=python.category, by=staff, reason="Faute de frappe.")
    assert client.get(reverse("catalog:community_skill", args=["python"])).status_code == 200
    with pytest.raises(NameTaken):
        write_category(category=Category(), name="LANGUES", by=staff, reason="Faute de frappe.")
    with pytest.raises(NotStaff):
        write_category(category=Category(), name="Nature", by=make_member(), reason="Faute de frappe.")


def test_trainings_follow_a_skill_to_its_new_category() -> None:
    training = in_state("validated")
    langues = Category.objects.get(slug="langues")
    write_skill(
        skill=training.skill, name=training.skill.name, category=langues, by=make_staff(), reason="Faute de frappe."
    )
    training.refresh_from_db()
    assert training.category == langues


# --- the screens of the team


def test_the_queue_of_names_and_the_file_of_one() -> None:
    proposal = beekeeping()
    client = signed_in(make_staff())
    page = client.get(reverse("admin:catalog_nameproposal_changelist")).content.decode()
    assert "Apiculture" in page
    assert "0 min" in page
    page = client.get(reverse("admin:catalog_nameproposal_change", args=[proposal.pk])).content.decode()
    for words in ("Accepter le nom", "Refuser le nom", "Réunir avec un autre nom", "Inès Haddad", "Langues"):
        assert words in page


def test_names_are_merged_from_the_screen_and_bad_input_stays() -> None:
    source, into = skill("sql"), skill("python")
    client = signed_in(make_staff())
    address = reverse("admin:catalog_skill_merge", args=[source.pk])
    page = client.get(address).content.decode()
    assert "n’existera plus" in page
    page = client.post(address, {"into": "", "reason": "La même chose."}).content.decode()
    assert "Choisissez le nom qui reste." in page
    assert "La même chose.</textarea>" in page
    assert "Donnez la raison" in client.post(address, {"into": into.pk, "reason": ""}).content.decode()
    assert client.post(address, {"into": into.pk, "reason": "La même chose."}).status_code == 302
    assert client.get(address).status_code == 404
    assert signed_in(make_member()).get(reverse("admin:catalog_skill_merge", args=[into.pk])).status_code == 302


def test_names_are_added_and_renamed_from_the_screen() -> None:
    client = signed_in(make_staff())
    given = {"category": Category.objects.get(slug="langues").pk, "reason": "Demandé par trois mentors."}
    add = reverse("admin:catalog_skill_add")
    assert "champ est obligatoire" in client.post(add, given | {"name": "Portugais", "reason": ""}).content.decode()
    assert client.post(add, given | {"name": "Portugais"}).status_code == 302
    made = skill("portugais")
    assert "existe déjà" in client.post(add, given | {"name": "PORTUGAIS"}).content.decode()
    assert "avec des lettres" in client.post(add, given | {"name": "!!"}).content.decode()
    change = reverse("admin:catalog_skill_change", args=[made.pk])
    assert client.post(change, given | {"name": "Portugais oral"}).status_code == 302
    assert SkillAlias.objects.get(slug="portugais").skill == made
    assert "Portugais" in client.get(reverse("admin:catalog_skillalias_changelist")).content.decode()
    assert client.post(reverse("admin:catalog_category_add"), given | {"name": "Nature"}).status_code == 302
    assert Category.objects.get(slug="nature").is_validated
    assert AuditEntry.objects.filter(action="catalog.name_written", reason__contains="trois mentors").count() == 3


def test_names_that_look_alike_are_shown_first() -> None:
    made = propose_skill(by=make_mentor(), name="Analyse des données", category=Category.objects.get(slug="langues"))
    assert merge_candidates(made)[0] == skill("analyse-de-donnees")


# --- changes of a public training


def _deciding_addresses() -> list[str]:
    training, proposal = in_state("submitted"), beekeeping(make_mentor("Tom", "Rivière"))
    return [
        *(
            reverse("admin:catalog_training_decision", args=[training.pk, v])
            for v in ("validation", "refus", "retrait")
        ),
        *(reverse("admin:catalog_nameproposal_decision", args=[proposal.pk, v]) for v in ("validation", "refus")),
        reverse("admin:catalog_skill_merge", args=[skill("sql").pk]),
        reverse("admin:catalog_category_merge", args=[Category.objects.get(slug="langues").pk]),
    ]


@pytest.mark.parametrize("who", ["visitor", "member", "mentor", "helper"])
def test_only_the_team_that_may_decides_on_names_and_trainings(who: str) -> None:
    addresses = _deciding_addresses()
    before = (NameProposal.objects.get().status, Training.objects.get().status, Skill.objects.count())
    client = Client()
    if who != "visitor":
        user = {"member": make_member, "mentor": make_mentor, "helper": make_staff}[who]()
        user.is_superuser = False
        user.save(update_fields=["is_superuser"])
        client.force_login(user)
    into = skill("python").pk
    for address in addresses:
        # A helper is of the team, without the rights.
        expected = {403, 404} if who == "helper" else {302}
        assert client.post(address, {"reason": "Non.", "into": into}).status_code in expected
    assert (NameProposal.objects.get().status, Training.objects.get().status, Skill.objects.count()) == before
