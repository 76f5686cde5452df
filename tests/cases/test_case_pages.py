"""The pages of a case: what they say, to whom, and what they refuse."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bookings.selectors import to_answer
from bookings.services import thread_of
from bookings.states import Status as BookingStatus
from cases.models import StatementFile
from cases.selectors import unanswered_by
from cases.states import Outcome
from core.templatetags import house
from messaging.services import send_message
from tests.bookings.making import text_of
from tests.cases.making import (
    REASON,
    WHY,
    WORDS,
    Day,
    address,
    client_of,
    complained,
    complaint_address,
    days,
    paid_from_credit,
    staff,
)
from tests.core.files import samples
from tests.sessions_video.conftest import at_local_hour, make_member

Making = Callable[..., Day]


@pytest.fixture
def missed(db: None) -> Day:
    at_local_hour(9)
    return paid_from_credit().over()


def page(day: Day, by: Any, to: str) -> str:
    return text_of(client_of(by).get(to))


def plain(words: str) -> str:
    return words.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.requirement("SK-105")
def test_both_are_asked_and_read_until_when(missed: Day) -> None:
    until = plain(house.moment(missed.case.answer_until, missed.case.zone))
    for person in (missed.learner, missed.mentor):
        said = page(missed, person, address(missed.case))
        assert f"avant le {until}" in said
        assert "47,00 € restent bloqués" in said
        assert reverse("cases:of_booking", args=[missed.booking.reference]) in page(
            missed, person, missed.booking.get_absolute_url()
        )
        assert reverse("cases:of_booking", args=[missed.booking.reference]) in page(
            missed, person, f"{reverse('bookings:my_sessions')}?onglet=passees"
        )
        assert address(missed.case) in page(missed, person, thread_of(missed.booking).get_absolute_url())


def test_my_sessions_say_that_my_words_are_waited_for(missed: Day) -> None:
    waiting = f"{reverse('bookings:my_sessions')}?onglet=a-repondre"
    for person in (missed.learner, missed.mentor):
        assert "Donner vos explications" in page(missed, person, waiting)
    missed.explain(missed.mentor)
    assert "Donner vos explications" not in page(missed, missed.mentor, waiting)
    assert "Donner vos explications" in page(missed, missed.learner, waiting)


def test_the_learner_takes_his_complaint_back_after_reading_what_it_does(day: Making) -> None:
    today = complained(day())
    back = address(today.case, "withdrawal")
    assert back in page(today, today.learner, address(today.case))
    assert back not in page(today, today.mentor, address(today.case))
    assert client_of(today.mentor).get(back).status_code == 404
    assert client_of(today.mentor).post(back).status_code == 404
    assert "une session n’a qu’une réclamation" in page(today, today.learner, back)
    client_of(today.learner).post(back)
    said = page(today, today.mentor, address(today.case))
    assert "Réclamation retirée le" in said
    assert f"par {today.learner.get_short_name()}" in said
    assert back not in page(today, today.learner, address(today.case))
    assert "a retiré sa réclamation" in page(today, today.mentor, thread_of(today.booking).get_absolute_url())


def test_an_appeal_asks_the_other_anew(day: Making) -> None:
    today = complained(day())
    today.decide(Outcome.REJECTED, staff())
    today.appeal(today.learner)
    assert list(to_answer(today.mentor)) == [today.booking]
    assert not to_answer(today.learner)
    assert list(unanswered_by(today.mentor)) == [today.case]
    assert not to_answer(make_member("Nadia"))


def test_a_stranger_finds_no_case(missed: Day) -> None:
    nadia = client_of(make_member("Nadia"))
    for name in ("detail", "appeal"):
        assert nadia.get(address(missed.case, name)).status_code == 404
        assert nadia.post(address(missed.case, name), {"words": WHY}).status_code == 404
    assert nadia.get(reverse("cases:of_booking", args=[missed.booking.reference])).status_code == 404
    assert nadia.get(complaint_address(args=[missed.booking.reference])).status_code == 404


def test_what_was_typed_stays_when_it_is_refused(missed: Day) -> None:
    answer = client_of(missed.learner).post(address(missed.case), {"words": "Trop court."})
    assert answer.status_code == 200
    assert "Trop court." in text_of(answer)
    assert "au moins 20 caractères" in text_of(answer)
    assert not missed.case.statements.exists()


def test_files_are_seen_by_both_and_by_nobody_else(missed: Day) -> None:
    picture = SimpleUploadedFile("capture.png", samples.image())
    client_of(missed.learner).post(address(missed.case), {"words": WORDS, "attachments": [picture]})
    kept = StatementFile.objects.get()
    for person, status in ((missed.mentor, 200), (missed.learner, 200), (staff(), 200), (make_member("Nadia"), 404)):
        assert client_of(person).get(kept.get_absolute_url()).status_code == status
        assert client_of(person).get(kept.get_thumbnail_url()).status_code == status
    assert "capture.png" in page(missed, missed.mentor, address(missed.case))


def test_a_file_that_is_not_taken_leaves_what_was_typed(missed: Day) -> None:
    program = SimpleUploadedFile("outil.exe", b"MZ" + b"\0" * 64)
    answer = client_of(missed.learner).post(address(missed.case), {"words": WORDS, "attachments": [program]})
    assert "outil.exe" in text_of(answer)
    assert WORDS in text_of(answer)
    assert not missed.case.statements.exists()


def test_a_session_without_a_bill_has_no_complaint_form(missed: Day) -> None:
    day = paid_from_credit()
    answer = client_of(day.learner).get(complaint_address(args=[day.booking.reference]))
    assert answer.status_code == 409
    assert "rien n’a été facturé" in text_of(answer)


def test_the_session_offers_the_complaint_until_there_is_one(day: Making) -> None:
    today = day().hold()
    form = complaint_address(args=[today.booking.reference])
    assert form in page(today, today.learner, today.booking.get_absolute_url())
    assert form not in page(today, today.mentor, today.booking.get_absolute_url())
    assert "suspendu dès l’envoi" in page(today, today.learner, form)
    asked = client_of(today.learner).post(form, {"topic": "", "words": WORDS, "montant": "470"})
    assert "Choisissez ce qui n’allait pas." in text_of(asked)
    assert "Indiquez un montant entre 0,01 € et 47,00 €." in text_of(asked)
    assert WORDS in text_of(asked)
    today.complain()
    assert form not in page(today, today.learner, today.booking.get_absolute_url())
    assert client_of(today.learner).get(form).status_code == 302


def test_the_payout_page_of_the_mentor_leads_to_the_case(day: Making) -> None:
    today = complained(day())
    said = page(today, today.mentor, reverse("billing:payout", args=[today.payout.reference]))
    assert address(today.case) in said


def test_after_the_payout_the_form_and_the_case_say_so(day: Making) -> None:
    today = day().hold()
    days(3)
    today.pay_mentor()
    assert "Le mentor a déjà été payé" in page(today, today.learner, complaint_address(args=[today.booking.reference]))
    today.complain()
    assert "Le mentor a déjà été payé" in page(today, today.learner, address(today.case))
    assert "Votre virement était déjà parti" in page(today, today.mentor, address(today.case))


@pytest.mark.requirement("K-12")
def test_both_read_the_decision_its_reason_its_euros_and_the_last_day_of_appeal(day: Making) -> None:
    today = complained(day())
    today.decide(Outcome.PARTIAL, staff(), 1000)
    until = plain(house.moment(today.case.appeal_until, today.case.zone))
    for person in (today.learner, today.mentor):
        said = page(today, person, address(today.case))
        assert "La session coûte 37,00 €" in said
        assert REASON in said
        assert until in said
        assert address(today.case, "appeal") in said
    days(8)
    said = page(today, today.learner, address(today.case))
    assert address(today.case, "appeal") not in said
    late = client_of(today.learner).get(address(today.case, "appeal"), follow=True)
    assert "Un recours se fait une seule fois" in text_of(late)


def test_the_team_reads_everything_on_one_page_and_keeps_what_it_typed(missed: Day) -> None:
    thread = thread_of(missed.booking)
    at = missed.booking.starts_at - timedelta(minutes=5)
    send_message(thread=thread, author=missed.learner, body="Je serai en retard de dix minutes.", now=at)
    missed.explain(missed.learner, WORDS)
    missed.explain(missed.mentor)
    team = client_of(staff())
    assert "Litiges" in text_of(team.get(reverse("admin:index")))
    file = text_of(team.get(reverse("admin:cases_case_change", args=[missed.case.pk])))
    for shown in (WORDS, "Je serai en retard de dix minutes.", "Personne.", "47,00 €", "tout est rendu"):
        assert shown in file
    split = reverse("admin:cases_case_decision", args=[missed.case.pk, "split"])
    said = text_of(team.post(split, {"reason": "Un malentendu.", "amount_cents": "20,00", "insert": "0"}))
    assert 'value="20,00"' in said
    assert "Un malentendu." in said
    assert "47,00 € au plus. Le mentor en reçoit sa part" in text_of(team.get(split))
    blind = text_of(team.post(split, {"reason": "Un malentendu.", "amount_cents": "20,00"}))
    assert "changé pendant que vous le lisiez" in blind
    again = text_of(team.post(split, {"reason": "Un malentendu.", "amount_cents": "20,00", "seen": "stale"}))
    assert 'value="20,00"' in again
    assert "changé pendant que vous le lisiez" in again
    assert not missed.case.decisions.exists()


def test_whoever_decided_first_is_offered_nothing_on_the_appeal(missed: Day) -> None:
    missed.explain(missed.learner, WORDS)
    missed.explain(missed.mentor)
    missed.decide(Outcome.REFUND, staff())
    missed.appeal(missed.mentor)
    missed.explain(missed.learner, "Je n’ai rien à ajouter à ce que j’ai dit.")
    change = reverse("admin:cases_case_change", args=[missed.case.pk])
    assert "Quelqu’un d’autre décide" in text_of(client_of(staff()).get(change))
    assert "decision/planned" in text_of(client_of(staff("Samuel")).get(change))


@pytest.mark.requirement("SK-105")
def test_the_contact_form_leads_to_the_session_that_was_not_held(missed: Day) -> None:
    form = reverse("support:motive", args=["session-non-tenue"])
    assert address(missed.case) in page(missed, missed.mentor, form)
    assert "Donner mes explications" in page(missed, missed.mentor, form)
    missed.explain(missed.mentor)
    assert "Donner mes explications" not in page(missed, missed.mentor, form)


def test_the_contact_form_leads_to_the_sessions_that_were_paid(day: Making) -> None:
    today = day().hold()
    form = reverse("support:motive", args=["reclamation"])
    assert complaint_address(args=[today.booking.reference]) in page(today, today.learner, form)
    assert complaint_address(args=[today.booking.reference]) not in page(today, today.mentor, form)
    today.complain()
    assert reverse("cases:of_booking", args=[today.booking.reference]) in page(today, today.learner, form)


def test_the_desk_asks_for_explanations_until_they_are_given(missed: Day) -> None:
    desk = client_of(missed.learner)
    assert "Donner vos explications" in text_of(desk.get(reverse("pages:account")))
    missed.explain(missed.learner)
    assert "Donner vos explications" not in text_of(desk.get(reverse("pages:account")))
    assert "Donner vos explications" in text_of(client_of(missed.mentor).get(reverse("pages:account")))


def test_the_history_of_a_session_shows_no_code_of_the_room(day: Making) -> None:
    today = day().hold()
    ended = today.booking.events.get(to_status=BookingStatus.CLOSED)
    assert ended.reason
    page = text_of(client_of(today.learner).get(today.booking.get_absolute_url()))
    assert "Session terminée" in page
    assert ended.reason not in page.split()
