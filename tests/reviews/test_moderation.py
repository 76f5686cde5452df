"""A review shown to the team, and what the team decides (SK-101, SK-102)."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.errors import AlreadyDecided, NoReason, NotOfTheTeam, OwnAffair, ReadAgain
from accounts.models import AuditEntry, User
from core.errors import IllegalMove
from mentors.models import MentorProfile
from notifications.models import Email, Notice
from reviews.errors import (
    AlreadyReplied,
    AlreadyReported,
    NotALegalGround,
    NothingReported,
    PassageNotFound,
    ReplyRemoved,
    ReviewMasked,
    ReviewRemoved,
)
from reviews.models import Review, ReviewReport
from reviews.rules import Mask, find_passage, masked
from reviews.selectors import latest_reviews, reading_of, reported, reviews_of, tally_of
from reviews.services import (
    edit_reply,
    edit_review,
    keep_review,
    mask_passage,
    publish_review,
    remove_reply,
    remove_review,
    reply_to,
    report_review,
    restore_review,
)
from reviews.states import Ground, ReportStatus
from tests.accounts.team import decided_on
from tests.sessions_video.conftest import Room, hold_session, make_member

pytestmark = pytest.mark.django_db
WORDS = "Cours bâclé par un escroc.\nIl habite 3 rue des Lilas."
WHY = "Le mot accuse d’un délit."


@pytest.fixture
def review(session: Room) -> Review:
    return publish_review(booking=session.fresh().booking, by=session.learner, mark=4, comment=WORDS)


@pytest.fixture
def team() -> User:
    return staff("equipe@example.org")


def staff(email: str) -> User:
    return User.objects.create_superuser(email, "sesame-ouvre-toi", first_name="Sylvie", last_name=email[:6])


def report(review: Review) -> ReviewReport:
    return report_review(
        review=review, by=review.mentor, ground=Ground.DEFAMATION, passage="un escroc", words="C’est faux."
    )


def remove(review: Review, by: User) -> Review:
    return remove_review(review=review, by=by, ground=Ground.DEFAMATION, reason=WHY)


def mean(mentor: User) -> tuple[int, int]:
    profile = MentorProfile.objects.get(user=mentor)
    return profile.rating_sum, profile.rating_count


def told(user: User, kind: str) -> int:
    return Notice.objects.filter(recipient=user, kind=f"reviews.{kind}").count()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.requirement("SK-101")
def test_a_mentor_reports_a_review_which_stays_shown(session: Room, review: Review) -> None:
    client = signed_in(session.mentor)
    address = reverse("reviews:report", args=[review.reference])
    assert WORDS.partition("\n")[0] in client.get(address).content.decode()
    sent = {"ground": "defamation", "passage": "par  un escroc", "words": "C’est faux."}
    answer = client.post(address, sent)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "l’équipe l’examine. Il reste affiché" in page
    assert list(reported()) == [review]
    assert reviews_of(session.mentor) == [review]
    assert told(session.mentor, "report_received") == 1
    assert told(session.learner, "report_received") == 0
    assert "signalé" not in signed_in(session.learner).get(review.get_absolute_url()).content.decode()


def test_a_review_is_reported_once(session: Room, review: Review) -> None:
    assert report(review) == report(review)
    assert told(session.mentor, "report_received") == 1
    with pytest.raises(AlreadyReported):
        report_review(review=review, by=session.mentor, ground=Ground.INSULT, passage="bâclé", words="Encore.")
    address = reverse("reviews:report", args=[review.reference])
    sent = {"ground": "insult", "passage": "bâclé", "words": "Encore."}
    answer = signed_in(session.mentor).post(address, sent)
    assert answer.status_code == 409
    assert "un avis se signale une seule fois" in answer.content.decode()
    assert ReviewReport.objects.get().ground == Ground.DEFAMATION


@pytest.mark.parametrize(
    "change", [{"ground": "severe"}, {"passage": "jamais écrit"}, {"passage": ""}, {"words": ""}], ids=str
)
def test_what_was_typed_in_a_report_is_kept(session: Room, review: Review, change: dict[str, str]) -> None:
    sent = {"ground": "defamation", "passage": "un escroc", "words": "C’est faux."} | change
    answer = signed_in(session.mentor).post(reverse("reviews:report", args=[review.reference]), sent)
    assert answer.status_code == 200
    assert not ReviewReport.objects.exists()
    if change.get("words") is None:
        assert "C’est faux." in answer.content.decode()


@pytest.mark.requirement("SK-102")
def test_a_removed_review_is_shown_and_counted_nowhere(session: Room, review: Review, team: User) -> None:
    report(review)
    assert mean(session.mentor) == (4, 1)
    remove(review, team)
    assert mean(session.mentor) == (0, 0)
    assert (reviews_of(session.mentor), latest_reviews(), tally_of(session.mentor).removed) == ([], [], 1)
    assert tally_of(session.mentor).bars == [(mark, 0) for mark in (5, 4, 3, 2, 1)]
    assert (told(session.learner, "decided"), told(session.mentor, "decided")) == (1, 1)
    assert ReviewReport.objects.get().status == ReportStatus.REMOVED
    assert AuditEntry.objects.get(action="reviews.removed").reason == WHY
    profile = Client().get(session.mentor.page.get_absolute_url()).content.decode()
    assert "bâclé" not in profile
    assert "1 avis retiré par l’équipe" in profile
    own = signed_in(session.learner).get(review.get_absolute_url()).content.decode()
    assert WHY in own
    assert "contester cette décision une fois" in own
    mail = Notice.objects.get(recipient=session.learner, kind="reviews.decided")
    assert "retiré" in mail.text


@pytest.mark.requirement("SK-102")
def test_only_insult_or_defamation_removes_a_review(review: Review, team: User) -> None:
    for ground in (Ground.PERSONAL_DATA, "severe", ""):
        with pytest.raises(NotALegalGround):
            remove_review(review=review, by=team, ground=ground, reason=WHY)
    remove(review, team)
    event = review.events.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(event).objects.filter(pk=event.pk).update(ground="")


@pytest.mark.requirement("SK-102")
def test_a_removed_review_is_neither_changed_nor_written_again(session: Room, review: Review, team: User) -> None:
    remove(review, team)
    with pytest.raises(ReviewRemoved):
        edit_review(review=review, mark=5, comment="Autre")
    with pytest.raises(ReviewRemoved):
        publish_review(booking=session.fresh().booking, by=session.learner, mark=5, comment="Autre")
    with pytest.raises(ReviewRemoved):
        reply_to(review=review, text="Merci")
    with pytest.raises(ReviewRemoved):
        report(review)
    page = signed_in(session.learner).get(reverse("reviews:new", args=[review.booking.reference]))
    assert "ne se réécrit pas" in page.content.decode()
    assert mean(session.mentor) == (0, 0)


def test_a_review_that_is_kept_answers_the_mentor_alone(session: Room, review: Review, team: User) -> None:
    with pytest.raises(NothingReported):
        keep_review(review=review, by=team, reason=WHY)
    report(review)
    keep_review(review=review, by=team, reason=WHY)
    assert keep_review(review=review, by=team, reason=WHY) == review
    assert (told(session.learner, "decided"), told(session.mentor, "decided")) == (0, 1)
    assert not reported().exists()
    assert reviews_of(session.mentor) == [review]
    assert "maintient cet avis" in signed_in(session.mentor).get(review.get_absolute_url()).content.decode()
    assert WHY not in signed_in(session.learner).get(review.get_absolute_url()).content.decode()


def test_a_masked_passage_is_read_by_the_team_alone(session: Room, review: Review, team: User) -> None:
    report(review)
    mask_passage(review=review, by=team, ground=Ground.PERSONAL_DATA, passage="3 rue des Lilas", reason=WHY)
    profile = Client().get(session.mentor.page.get_absolute_url()).content.decode()
    assert "3 rue des Lilas" not in profile
    assert "[…] (passage masqué par l’équipe\u202f: données personnelles)" in profile
    assert mean(session.mentor) == (4, 1)
    fresh = Review.objects.get()
    assert fresh.comment == WORDS
    with pytest.raises(ReviewMasked):
        edit_review(review=review, mark=5, comment="Il habite 3 rue des Lilas.")
    mask_passage(review=review, by=team, ground=Ground.DEFAMATION, passage="un escroc", reason="Un délit précis.")
    assert Review.objects.get().text.count("[…]") == 2
    with pytest.raises(PassageNotFound):
        mask_passage(review=review, by=team, ground=Ground.INSULT, passage="jamais écrit", reason="Autre.")
    assert told(session.learner, "decided") == 2


def test_a_contested_review_is_shown_and_counted_again(session: Room, review: Review, team: User) -> None:
    with pytest.raises(IllegalMove):
        restore_review(review=review, by=team, reason=WHY)
    remove(review, team)
    restore_review(review=review, by=team, reason="L’auteur a des preuves.")
    assert mean(session.mentor) == (4, 1)
    assert reviews_of(session.mentor) == [review]
    assert told(session.learner, "decided") == 2


def test_of_two_of_the_team_the_second_is_told_who_was_first(review: Review, team: User) -> None:
    other = staff("autre@example.org")
    assert remove(remove(review, team), team).pk == review.pk
    assert review.events.count() == 1
    with pytest.raises(AlreadyDecided, match="Sylvie equipe a décidé avant vous"):
        remove(review, other)
    with pytest.raises(AlreadyDecided):
        mask_passage(review=review, by=other, ground=Ground.INSULT, passage="bâclé", reason=WHY)


def test_nobody_decides_on_what_he_did_not_read(session: Room, review: Review, team: User) -> None:
    seen = reading_of(review)
    edit_review(review=review, mark=1, comment="Autre texte.")
    with pytest.raises(ReadAgain):
        remove_review(review=review, by=team, ground=Ground.INSULT, reason=WHY, seen=seen)
    assert mean(session.mentor) == (1, 1)


def test_the_team_alone_decides_and_never_on_its_own_affairs(session: Room, review: Review, team: User) -> None:
    with pytest.raises(NotOfTheTeam):
        remove(review, make_member("Nadia"))
    with pytest.raises(NoReason):
        remove_review(review=review, by=team, ground=Ground.INSULT, reason="  ")
    for person in (session.mentor, session.learner):
        person.is_staff = True
        person.save()
        with pytest.raises(OwnAffair):
            remove(review, person)


def test_the_team_decides_from_its_queue(session: Room, review: Review, team: User) -> None:
    report(review)
    client = signed_in(team)
    queue = client.get(reverse("admin:reviews_review_changelist")).content.decode()
    assert session.learner.get_full_name() in queue
    file = client.get(reverse("admin:reviews_review_change", args=[review.pk])).content.decode()
    assert "un escroc" in file
    address = reverse("admin:reviews_review_decision", args=[review.pk, "retrait"])
    unfounded = client.post(address, {"reason": WHY, "ground": "personal_data"})
    assert unfounded.status_code == 200
    assert WHY in unfounded.content.decode()
    kept = client.post(address, {"reason": WHY, "ground": "insult", "insert": "0"}).content.decode()
    assert WHY in kept
    assert "checked" in kept
    assert decided_on(client, address, reason=WHY, ground="insult").status_code == 302
    assert Review.objects.get().is_removed


def test_each_decision_has_its_page(review: Review, team: User) -> None:
    client = signed_in(team)
    for verb in ("maintien", "masque", "retrait", "retablissement"):
        assert client.get(reverse("admin:reviews_review_decision", args=[review.pk, verb])).status_code == 200
    mask = reverse("admin:reviews_review_decision", args=[review.pk, "masque"])
    wrong = decided_on(client, mask, reason=WHY, ground="insult", passage="jamais écrit")
    assert "n’est pas dans l’avis" in wrong.content.decode()
    assert decided_on(client, mask, reason=WHY, ground="insult", passage="bâclé").status_code == 302


def without_reply(review: Review, by: User) -> Review:
    return remove_reply(review=review, by=by, ground=Ground.PERSONAL_DATA, reason=WHY)


def test_a_reply_that_the_team_removes_is_shown_to_nobody_and_not_written_again(
    session: Room, review: Review, team: User
) -> None:
    reply_to(review=review, text="Il habite lui-même rue des Lilas.")
    client = signed_in(team)
    file = reverse("admin:reviews_review_change", args=[review.pk])
    assert "Retirer la réponse du mentor" in client.get(file).content.decode()
    address = reverse("admin:reviews_review_decision", args=[review.pk, "reponse"])
    assert decided_on(client, address, reason=WHY).status_code == 200
    assert decided_on(client, address, reason=WHY, ground="personal_data").status_code == 302
    profile = Client().get(session.mentor.page.get_absolute_url()).content.decode()
    assert "rue des Lilas" not in profile.replace(WORDS, "")
    assert "un escroc" in profile
    assert mean(session.mentor) == (4, 1)
    assert "Retirer la réponse du mentor" not in client.get(file).content.decode()
    assert "Il habite lui-même" in client.get(file).content.decode()
    with pytest.raises(ReplyRemoved):
        edit_reply(review=review, text="Autre chose.")
    with pytest.raises(AlreadyReplied):
        reply_to(review=review, text="Autre chose.")
    told = Email.objects.filter(kind="reviews.decided")
    assert {mail.to for mail in told} == {session.mentor.email, session.learner.email}
    mine = told.get(to=session.mentor.email)
    assert mine.subject == "Votre réponse à un avis est retirée par l’équipe"
    assert "Vous pouvez contester" in mine.body_text
    assert "Vous pouvez contester" not in told.get(to=session.learner.email).body_text
    page = signed_in(session.mentor).get(reverse("reviews:detail", args=[review.reference])).content.decode()
    assert "Réponse du mentor retirée" in page


def test_only_a_reply_that_is_shown_is_removed_and_once(review: Review, team: User) -> None:
    with pytest.raises(IllegalMove):
        without_reply(review, team)
    reply_to(review=review, text="Il habite lui-même rue des Lilas.")
    for _twice in range(2):
        without_reply(review, team)
    assert review.events.count() == 1
    with pytest.raises(AlreadyDecided):
        without_reply(review, staff("autre@example.org"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(reply="", replied_at=None)


@pytest.mark.parametrize(
    ("passage", "place"),
    [("un escroc", (16, 25)), ("escroc. Il habite", (19, 36)), ("rien", None), (" ", None), ("a.c", None)],
)
def test_a_copied_passage_is_found_whatever_its_spaces(passage: str, place: tuple[int, int] | None) -> None:
    assert find_passage(WORDS, passage) == place


def test_masks_that_overlap_are_one() -> None:
    shown = masked("abcdefgh", [Mask(4, 6, "insult"), Mask(1, 3, "personal_data"), Mask(2, 5, "insult")])
    assert shown == "a[…] (passage masqué par l’équipe\u202f: données personnelles)gh"


def test_a_removed_review_leaves_the_others_in_the_mean(
    make_room: Callable[..., Room], session: Room, review: Review, team: User
) -> None:
    other = hold_session(make_room(mentor=session.mentor, hour=20))
    publish_review(booking=other.fresh().booking, by=other.learner, mark=5, comment="Très bien.")
    assert mean(session.mentor) == (9, 2)
    remove(review, team)
    assert mean(session.mentor) == (5, 1)
    assert tally_of(session.mentor).bars[0] == (5, 1)
