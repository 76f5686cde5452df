"""A change to a training that is shown: both texts side by side, decided on while the old one stays."""

import pytest
from django.urls import reverse

from catalog.models import Training
from catalog.services import (
    TrainingWords,
    edit_training,
    validate_training,
)
from tests.accounts.team import decided_on
from tests.catalog.test_names import beekeeping
from tests.catalog.test_offer_pages import data, signed_in
from tests.catalog.test_trainings import in_state
from tests.mentors.people import make_member, make_mentor, make_staff

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("K-22")
def test_the_mentor_sees_both_texts_and_may_take_his_change_back() -> None:
    training = in_state("validated")
    client = signed_in(training.mentor)
    address = reverse("catalog:training_edit", args=[training.slug])
    client.post(address, data(title="Un titre plus clair"))
    page = client.get(address).content.decode()
    for words in ("Public", "Votre modification", training.title, "Un titre plus clair"):
        assert words in page
    withdrawal = reverse("catalog:training_change_withdrawal", args=[training.slug])
    for _ in range(2):
        assert client.post(withdrawal).status_code == 302
    assert not hasattr(Training.objects.get(), "revision")
    assert [step.change for step in training.events.all() if step.change] == ["withdrawn", "sent"]
    assert signed_in(make_member()).post(withdrawal).status_code == 404


@pytest.mark.requirement("K-22")
def test_a_refused_change_stays_with_its_author_who_sends_it_again() -> None:
    training, staff = in_state("validated"), make_staff()
    client, team = signed_in(training.mentor), signed_in(staff)
    address = reverse("catalog:training_edit", args=[training.slug])
    client.post(address, data(title="Gratuit chez moi"))
    decision = reverse("admin:catalog_training_decision", args=[training.pk, "refus"])
    assert decided_on(team, decision, reason="Publicité.").status_code == 302
    page = client.get(address).content.decode()
    assert "Publicité." in page
    assert "Gratuit chez moi" in page
    assert "Modification refusée" in client.get(reverse("catalog:offer")).content.decode()
    assert Training.objects.get().status == "validated"
    client.post(address, data(title="Un titre plus clair"))
    queue = team.get(reverse("admin:catalog_training_changelist"))
    assert list(queue.context["cl"].queryset) == [training]
    validate_training(training=training, by=staff, reason="Mieux.")
    page = team.get(reverse("admin:catalog_training_change", args=[training.pk])).content.decode()
    for words in ("Modification envoyée", "Modification refusée", "Modification validée", "Publicité.", "Mieux."):
        assert words in page


@pytest.mark.requirement("K-22")
def test_the_difference_is_marked_in_words_too() -> None:
    training = in_state("validated")
    text = TrainingWords(training.category, training.skill, training.title, "Repérer les trous, puis les combler.", 60)
    edit_training(training=training, mentor=training.mentor, words=text)
    page = signed_in(make_staff()).get(reverse("admin:catalog_training_change", args=[training.pk])).content.decode()
    assert "supprimé\u202f:" in page
    assert "ajouté\u202f:" in page
    assert "inchangé" in page


def test_of_two_people_the_second_one_is_told_who_decided() -> None:
    training = in_state("submitted")
    first, second = make_staff(), make_staff()
    validate_training(training=training, by=first, reason="Clair.")
    validate_training(training=training, by=first, reason="Clair.")
    address = reverse("admin:catalog_training_decision", args=[training.pk, "validation"])
    page = decided_on(signed_in(second), address, reason="Clair aussi.").content.decode()
    assert "Sylvie Equipe a décidé avant vous" in page
    assert "Clair aussi.</textarea>" in page


def test_a_text_changed_while_it_was_read_is_not_validated_unread() -> None:
    training = in_state("submitted")
    client = signed_in(make_staff())
    address = reverse("admin:catalog_training_decision", args=[training.pk, "validation"])
    seen = client.get(address).context["form"]["seen"].value()
    signed_in(training.mentor).post(reverse("catalog:training_edit", args=[training.slug]), data(title="Autre chose"))
    page = client.post(address, {"reason": "Clair.", "seen": seen}).content.decode()
    assert "a changé pendant que vous le lisiez" in page
    assert Training.objects.get().status == "submitted"


@pytest.mark.requirement("SK-36")
def test_the_screen_says_that_the_name_comes_first() -> None:
    mentor = make_mentor()
    proposal = beekeeping(mentor)
    assert proposal.skill
    signed_in(mentor).post(
        reverse("catalog:training_new"),
        data(category=proposal.skill.category_id, skill=proposal.skill.pk, send="1"),
    )
    training = Training.objects.get()
    page = signed_in(make_staff()).get(reverse("admin:catalog_training_change", args=[training.pk])).content.decode()
    assert "n’est pas encore validé\u202f: Apiculture" in page
    assert reverse("admin:catalog_nameproposal_change", args=[proposal.pk]) in page
