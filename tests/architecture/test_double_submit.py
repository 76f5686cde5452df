"""Every form sent twice: the second time changes nothing that the first did not, and nobody meets an error page."""

from collections.abc import Callable
from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.forms import offer_key
from bookings.models import Booking, JointProposal
from bookings.services import propose_hour
from cases.models import Case
from cases.services import Complaint, decide, give_statement, open_complaint
from cases.states import Outcome
from catalog.models import Skill
from catalog.services import TrainingWords, create_training
from messaging.models import Thread
from messaging.services import block, write_first
from reviews.models import Review
from reviews.services import publish_review, reply_to
from support.keys import key_of
from support.models import Motive, Ticket
from support.services import send_ticket
from support.services.sending import Visitor
from tests import people
from tests.bookings.making import ask, close, confirmed, current_hash, soon

# What any request may write: it says nothing of the form.
NOT_COUNTED = {"sessions.Session", "admin.LogEntry"}
SERVER_ERROR = 500

# A visitor is nobody.
Sending = tuple[User | None, str, dict[str, Any]]


def rows() -> dict[str, int]:
    counted = [model for model in apps.get_models() if model._meta.label not in NOT_COUNTED]
    return {model._meta.label: model._default_manager.count() for model in counted}


@pytest.fixture
def skill(claire: User) -> Skill:
    skill = people.skill_of(claire)
    skill.is_validated = True
    skill.save()
    return skill


def asks(karim: User, claire: User, skill: Skill) -> Sending:
    proposal = {"offer": offer_key(skill.slug, ""), "duration": "60", "objectives": "Lire un bilan", "at": "14:00"}
    return (
        karim,
        f"{reverse('bookings:new')}?mentor={claire.page.slug}",
        proposal | {"day": soon()["day"], "client_token": uuid4()},
    )


def answers(karim: User, claire: User, skill: Skill) -> Sending:
    booking = ask(karim, claire, **soon())
    return claire, reverse("bookings:acceptance", args=[booking.reference]), {"version": current_hash(booking)}


def counters(karim: User, claire: User, skill: Skill) -> Sending:
    booking = ask(karim, claire, **soon())
    proposal = {"duration": "60", "objectives": "Lire un bilan", "day": soon()["day"], "at": "16:00"}
    address = reverse("bookings:counter_offer", args=[booking.reference])
    return claire, address, proposal | {"version": current_hash(booking)}


def refuses(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("bookings:refusal", args=[ask(karim, claire, **soon()).reference]), {"reason": "Complet."}


def withdraws(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("bookings:withdrawal", args=[ask(karim, claire, **soon()).reference]), {}


def cancels(karim: User, claire: User, skill: Skill) -> Sending:
    booking = confirmed(karim, claire, **soon())
    return karim, reverse("bookings:cancellation", args=[booking.reference]), {"reason": ""}


def writes(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("messaging:contact", args=[claire.page.slug]), {"body": "Bonjour", "client_id": uuid4()}


def adds_a_skill(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("catalog:skill_addition"), {"skill": skill.pk}


def removes_a_skill(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("catalog:skill_removal", args=[skill.slug]), {}


def proposes_a_skill(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("catalog:proposal"), {"name": "Reliure", "category": skill.category_id}


def _training(skill: Skill) -> dict[str, Any]:
    words = {"title": "Lire un bilan", "description": "Poste par poste.", "suggested_minutes": 60}
    return words | {"category": skill.category_id, "skill": skill.pk}


def writes_a_training(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("catalog:training_new"), _training(skill)


def writes_and_sends_a_training(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("catalog:training_new"), _training(skill) | {"send": ""}


def sends_a_training(karim: User, claire: User, skill: Skill) -> Sending:
    training = create_training(mentor=claire, words=TrainingWords(skill.category, skill, "Bilan", "Lire", 60))
    return claire, reverse("catalog:training_submission", args=[training.slug]), {}


def sets_a_rate(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("mentors:rate"), {"tarif": "52,00"}


def adds_hours(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("mentors:availability"), {"weekdays": ["0", "2"], "starts": "09:00", "ends": "12:00"}


def gives_company(karim: User, claire: User, skill: Skill) -> Sending:
    company = {"business_name": "Karim EI", "address": "1 rue", "postcode": "31000", "city": "Toulouse"}
    return karim, reverse("mentors:company"), company | {"siren": "732829320", "vat_regime": "franchise"}


def gives_mandate(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("mentors:mandate"), {"version": "2026-11", "accepts": "on"}


def writes_his_page(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("pages:profile_edit"), {"headline": "Curieux", "presentation": "Bonjour."}


def _settled(karim: User, claire: User) -> Booking:
    return close(confirmed(karim, claire, **soon()))


def complains(karim: User, claire: User, skill: Skill) -> Sending:
    said = {"topic": "content", "words": "Nous n’avons pas parlé du bilan.", "montant": "10,00"}
    return karim, reverse("cases:complaint", args=[_settled(karim, claire).reference]), said


def _complained(karim: User, claire: User) -> Case:
    complaint = Complaint("content", "Nous n’avons pas parlé du bilan.")
    return open_complaint(booking=_settled(karim, claire), complaint=complaint)


def explains(karim: User, claire: User, skill: Skill) -> Sending:
    case = _complained(karim, claire)
    return claire, case.get_absolute_url(), {"words": "Nous l’avons lu ensemble, poste par poste."}


def takes_a_complaint_back(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("cases:withdrawal", args=[_complained(karim, claire).reference]), {}


def appeals(karim: User, claire: User, skill: Skill) -> Sending:
    case = _complained(karim, claire)
    give_statement(case=case, by=claire, words="Nous l’avons lu ensemble, poste par poste.")
    team = User.objects.create_superuser("equipe@example.org", "sesame-ouvre-toi")
    decide(case=case, outcome=Outcome.REJECTED, by=team, reason="Rien ne l’établit.")
    return karim, reverse("cases:appeal", args=[case.reference]), {"words": "Le relevé ne dit rien du contenu."}


def _reviewed(karim: User, claire: User) -> Review:
    return publish_review(booking=_settled(karim, claire), by=karim, mark=2, comment="Un escroc, passez votre chemin.")


def writes_a_review(karim: User, claire: User, skill: Skill) -> Sending:
    said = {"mark": "4", "comment": "Clair et patient."}
    return karim, reverse("reviews:new", args=[_settled(karim, claire).reference]), said


def corrects_his_review(karim: User, claire: User, skill: Skill) -> Sending:
    address = reverse("reviews:edit", args=[_reviewed(karim, claire).booking.reference])
    return karim, address, {"mark": "3", "comment": "Clair, mais en retard."}


def replies_to_a_review(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("reviews:reply", args=[_reviewed(karim, claire).reference]), {"text": "Je le regrette."}


def corrects_her_reply(karim: User, claire: User, skill: Skill) -> Sending:
    review = reply_to(review=_reviewed(karim, claire), text="Je le regrette.")
    return claire, reverse("reviews:edit_reply", args=[review.reference]), {"text": "Je le regrette beaucoup."}


def shows_a_review_to_the_team(karim: User, claire: User, skill: Skill) -> Sending:
    said = {"ground": "insult", "passage": "Un escroc", "words": "C’est une insulte."}
    return claire, reverse("reviews:report", args=[_reviewed(karim, claire).reference]), said


def _thread(karim: User, claire: User) -> Thread:
    return write_first(author=karim, to=claire, body="Bonjour", client_id=uuid4()).thread


def blocks(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("messaging:block", args=[_thread(karim, claire).reference]), {}


def lifts_a_block(karim: User, claire: User, skill: Skill) -> Sending:
    thread = _thread(karim, claire)
    block(by=claire, person=karim)
    return claire, reverse("messaging:unblock", args=[thread.reference]), {}


def shows_a_message_to_the_team(karim: User, claire: User, skill: Skill) -> Sending:
    said = {"topic": "insult", "words": "Il insiste.", "client_id": uuid4()}
    return claire, reverse("messaging:report", args=[_thread(karim, claire).reference]), said


def chooses_his_emails(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("notifications:mute"), {"kind": "messaging.unread", "daily": "messaging.unread"}


def reads_everything(karim: User, claire: User, skill: Skill) -> Sending:
    ask(karim, claire, **soon())
    return claire, reverse("notifications:read_all"), {}


def proposes_an_hour(karim: User, claire: User, skill: Skill) -> Sending:
    booking = confirmed(karim, claire, **soon())
    return karim, reverse("bookings:other_hour", args=[booking.reference]), {"at": "16:00", "note": "Plus tard\u202f?"}


def _joint(name: str, booking: Booking, proposal: JointProposal) -> str:
    return reverse(f"bookings:{name}", args=[booking.reference, proposal.reference])


def accepts_an_hour(karim: User, claire: User, skill: Skill) -> Sending:
    booking = confirmed(karim, claire, **soon())
    return claire, _joint("joint_acceptance", booking, propose_hour(booking=booking, by=karim, at=time(16))), {}


def refuses_an_hour(karim: User, claire: User, skill: Skill) -> Sending:
    booking = confirmed(karim, claire, **soon())
    return claire, _joint("joint_refusal", booking, propose_hour(booking=booking, by=karim, at=time(16))), {}


def withdraws_an_hour(karim: User, claire: User, skill: Skill) -> Sending:
    booking = confirmed(karim, claire, **soon())
    return karim, _joint("joint_withdrawal", booking, propose_hour(booking=booking, by=karim, at=time(16))), {}


def writes_to_the_team(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("support:motive", args=["erreur"]), {"body": "La page est blanche.", "client_id": uuid4()}


def _request(karim: User) -> Ticket:
    motive = Motive.objects.get(slug="erreur")
    return send_ticket(by=karim, motive=motive, body="La page est blanche.", client_id=uuid4())


def answers_the_team(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, _request(karim).address, {"body": "Elle est revenue.", "client_id": uuid4()}


def closes_his_request(karim: User, claire: User, skill: Skill) -> Sending:
    return karim, reverse("support:closing", args=[_request(karim).reference]), {}


def _visitor(**said: str) -> dict[str, Any]:
    known = {"name": "Paul Durand", "email": "paul@example.net", "site_web": ""}
    return {"body": "La page est blanche.", "client_id": uuid4()} | known | said


def writes_as_a_visitor(karim: User, claire: User, skill: Skill) -> Sending:
    return None, reverse("support:motive", args=["erreur"]), _visitor()


def _visitors_request() -> Ticket:
    motive, paul = Motive.objects.get(slug="erreur"), Visitor("Paul Durand", "paul@example.net", "fr", "place")
    return send_ticket(by=paul, motive=motive, body="La page est blanche.", client_id=uuid4())


def answers_as_a_visitor(karim: User, claire: User, skill: Skill) -> Sending:
    return None, _visitors_request().address, _visitor(body="Elle est revenue.")


def closes_as_a_visitor(karim: User, claire: User, skill: Skill) -> Sending:
    return None, reverse("support:visitor_closing", args=[key_of(_visitors_request().reference)]), {}


def closes_the_account(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("accounts:closing"), {"password": "sesame-ouvre-toi", "reason": "Plus le temps."}


def asks_for_his_data(karim: User, claire: User, skill: Skill) -> Sending:
    return claire, reverse("accounts:data"), {"password": "sesame-ouvre-toi"}


FORMS = [
    asks,
    answers,
    counters,
    refuses,
    withdraws,
    cancels,
    writes,
    adds_a_skill,
    removes_a_skill,
    proposes_a_skill,
    writes_a_training,
    writes_and_sends_a_training,
    sends_a_training,
    sets_a_rate,
    adds_hours,
    gives_company,
    gives_mandate,
    writes_his_page,
    complains,
    explains,
    takes_a_complaint_back,
    appeals,
    writes_a_review,
    corrects_his_review,
    replies_to_a_review,
    corrects_her_reply,
    shows_a_review_to_the_team,
    blocks,
    lifts_a_block,
    shows_a_message_to_the_team,
    chooses_his_emails,
    reads_everything,
    proposes_an_hour,
    accepts_an_hour,
    refuses_an_hour,
    withdraws_an_hour,
    writes_to_the_team,
    answers_the_team,
    closes_his_request,
    writes_as_a_visitor,
    answers_as_a_visitor,
    closes_as_a_visitor,
    closes_the_account,
    asks_for_his_data,
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_a_form_sent_twice_acts_once(
    form: Callable[[User, User, Skill], Sending], client: Client, karim: User, claire: User, skill: Skill
) -> None:
    person, address, data = form(karim, claire, skill)
    if person:
        client.force_login(person)
    first = client.post(address, data)
    assert first.status_code == 302, first.content.decode()[-2000:]
    after = rows()
    second = client.post(address, data)
    assert second.status_code < SERVER_ERROR
    assert rows() == after
