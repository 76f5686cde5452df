"""A member's rights about his cases: a copy, a closing that waits, an erasure that keeps the proof."""

from pathlib import Path

import pytest

from cases import services
from cases.models import Statement, StatementFile
from cases.personal_data import erase, files, sections
from cases.states import Outcome
from core import clock
from core.files.keeping import Upload
from core.personal_data import obstacles_of
from tests.cases.making import WORDS, Day, days, paid_from_credit, staff
from tests.core.files import samples
from tests.sessions_video.conftest import at_local_hour


@pytest.fixture
def missed(db: None) -> Day:
    at_local_hour(9)
    return paid_from_credit().over()


def close(day: Day) -> None:
    day.explain(day.mentor)
    day.decide(Outcome.REFUND if not day.case.is_complaint else Outcome.REJECTED, staff())
    days(7)
    day.sweep()


def test_the_archive_holds_what_he_said_and_what_was_decided(missed: Day) -> None:
    services.give_statement(
        case=missed.case, by=missed.learner, words=WORDS, files=[Upload("capture.png", samples.image())]
    )
    close(missed)
    told = {str(section.title): str(list(section.rows)) for section in sections(missed.learner.pk)}
    assert WORDS in told["Explications données"]
    assert "47,00" in told["Décisions"]
    assert [file.name.endswith("capture.png") for file in files(missed.learner.pk)] == [True]
    assert WORDS not in str([list(section.rows) for section in sections(missed.mentor.pk)])


def test_an_erasure_takes_the_files_and_leaves_the_proof(missed: Day) -> None:
    services.give_statement(
        case=missed.case, by=missed.learner, words=WORDS, files=[Upload("capture.png", samples.image())]
    )
    kept = Path(StatementFile.objects.get().file.path)
    assert kept.exists()
    for _twice in range(2):
        erase(missed.learner.pk)
    assert not kept.exists()
    assert not StatementFile.objects.exists()
    assert Statement.objects.get().words == WORDS


def test_an_open_complaint_stops_a_closing(db: None) -> None:
    at_local_hour(9)
    day = paid_from_credit().hold()
    day.complain()
    for person in (day.learner, day.mentor):
        said = [str(each.text) for each in obstacles_of(person.pk, clock.now())]
        assert any("n’est pas encore close" in text for text in said)
    close(day)
    assert not any("close" in str(each.text) for each in obstacles_of(day.learner.pk, clock.now()))


def test_a_session_not_held_stops_a_closing_and_leads_to_its_case(db: None) -> None:
    at_local_hour(9)
    missed = paid_from_credit().over()
    for person in (missed.learner, missed.mentor):
        (found,) = obstacles_of(person.pk, clock.now())
        assert "ne s’est pas tenue" in str(found.text)
        assert found.url == missed.case.get_absolute_url()
