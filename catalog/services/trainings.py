"""A mentor writes his trainings and sends them to the team, which reads them and their later changes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.text import slugify

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import User
from accounts.services import record
from catalog.errors import (
    NotStaff,
    OfferLocked,
    OwnTraining,
    ReasonNeeded,
    SkillNotInCategory,
    SkillNotListed,
    TrainingNotReady,
)
from catalog.models import Category, Skill, Training, TrainingEvent, TrainingRevision
from catalog.selectors.trainings import reading_of, revision_of
from catalog.states import TRAINING_ALLOWED, ChangeStep, TrainingStatus
from core.clock import now as clock_now
from core.identifiers import new_reference
from core.states import check_move
from mentors.selectors import profile_of
from notifications.services import notify

SLUG_LENGTH = 80


@dataclass(frozen=True)
class TrainingWords:
    category: Category
    skill: Skill
    title: str
    description: str
    suggested_minutes: int


@transaction.atomic
def create_training(*, mentor: User, words: TrainingWords, now: datetime | None = None) -> Training:
    """A draft that only its author sees. The same words sent twice are one training."""
    _refuse_locked(mentor)
    _refuse_unlisted(mentor, words)
    User.objects.select_for_update(no_key=True).get(pk=mentor.pk)
    if already := _written_before(mentor, words):
        return already
    training = Training(mentor=mentor, slug=_slug_of(words.title), created_at=now or clock_now())
    _write(training, words)
    training.save()
    return training


def _written_before(mentor: User, words: TrainingWords) -> Training | None:
    unread = Training.objects.filter(mentor=mentor, status__in=[TrainingStatus.DRAFT, TrainingStatus.SUBMITTED])
    return unread.filter(**vars(words)).first()


@transaction.atomic
def edit_training(*, training: Training, mentor: User, words: TrainingWords, now: datetime | None = None) -> Training:
    """Change the text. A public training keeps its old text in view until the team has read the new one (K-22)."""
    _refuse_locked(mentor)
    locked = Training.objects.select_for_update().get(pk=training.pk, mentor=mentor)
    _refuse_unlisted(mentor, words)
    if locked.status == TrainingStatus.VALIDATED:
        _propose_revision(locked, words, now or clock_now())
    else:
        _write(locked, words)
        locked.save()
    return locked


def _propose_revision(training: Training, words: TrainingWords, at: datetime) -> None:
    known = revision_of(training)
    if words == _words_of(training):
        _drop(known, at)
        return
    if known and known.refused_at is None and words == _words_of(known):
        return
    revision = known or TrainingRevision(training=training)
    _write(revision, words)
    revision.submitted_at, revision.refused_at, revision.refusal = at, None, ""
    revision.save()
    _note(training, ChangeStep.SENT, actor=training.mentor, reason="", at=at)


def _drop(revision: TrainingRevision | None, at: datetime) -> None:
    if revision:
        revision.delete()
        training = revision.training
        _note(training, ChangeStep.WITHDRAWN, actor=training.mentor, reason="", at=at)


@transaction.atomic
def withdraw_change(*, training: Training, mentor: User, now: datetime | None = None) -> Training:
    """Take back a change that waits or was refused; the public text stays. Twice is once."""
    locked = Training.objects.select_for_update().get(pk=training.pk, mentor=mentor)
    _drop(revision_of(locked), now or clock_now())
    return locked


@transaction.atomic
def submit_training(*, training: Training, mentor: User, now: datetime | None = None) -> Training:
    """Send a training to the team. Sending twice changes nothing."""
    _refuse_locked(mentor)
    locked = Training.objects.select_for_update().get(pk=training.pk, mentor=mentor)
    if locked.status == TrainingStatus.SUBMITTED:
        return locked
    locked.submitted_at = now or clock_now()
    _move(locked, to=TrainingStatus.SUBMITTED, actor=mentor, reason="", at=locked.submitted_at)
    return locked


@transaction.atomic
def validate_training(
    *, training: Training, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> Training:
    """Make a training public, or the waiting change to a public one. Validating twice changes nothing."""
    at = now or clock_now()
    locked, change = _lock(training, by, reason)
    if locked.status == TrainingStatus.VALIDATED and change is None:
        _tell_who_was_first(locked, by)
        return locked
    _refuse_unread(locked, seen)
    _refuse_unready(change or locked)
    if change:
        _write(locked, _words_of(change))
        locked.save()
        change.delete()
        _note(locked, ChangeStep.ACCEPTED, actor=by, reason=reason.strip(), at=at)
    else:
        _move(locked, to=TrainingStatus.VALIDATED, actor=by, reason=reason.strip(), at=at)
    _announce(locked, "catalog.training_validated", by=by, reason=reason, at=at)
    return locked


@transaction.atomic
def refuse_training(
    *, training: Training, by: User, reason: str, seen: str = "", now: datetime | None = None
) -> Training:
    """Refuse a training, or the waiting change to a public one, which then keeps its old text."""
    at = now or clock_now()
    locked, change = _lock(training, by, reason)
    if locked.status == TrainingStatus.REFUSED:
        _tell_who_was_first(locked, by)
        return locked
    _refuse_unread(locked, seen)
    if change:
        change.refused_at, change.refusal = at, reason.strip()
        change.save(update_fields=["refused_at", "refusal"])
        _note(locked, ChangeStep.REFUSED, actor=by, reason=reason.strip(), at=at)
    else:
        _move(locked, to=TrainingStatus.REFUSED, actor=by, reason=reason.strip(), at=at)
    _announce(locked, "catalog.training_refused", by=by, reason=reason, at=at)
    return locked


def _lock(training: Training, by: User, reason: str) -> tuple[Training, TrainingRevision | None]:
    """The training, and the change that waits for the team."""
    if not by.is_staff:
        raise NotStaff
    if not reason.strip():
        raise ReasonNeeded
    # Without joins: after a wait for the lock, a joined row would be the one from before the wait.
    locked = Training.objects.select_for_update().get(pk=training.pk)
    if locked.mentor_id == by.pk:
        raise OwnTraining
    change = revision_of(locked)
    return locked, change if change and change.refused_at is None else None


def _refuse_unread(training: Training, seen: str) -> None:
    if seen and seen != reading_of(training):
        raise ReadAgain


def _tell_who_was_first(training: Training, by: User) -> None:
    """Twice by the same person is once; of two people, the second one is told."""
    last = training.events.select_related("actor").first()
    if last and last.actor_id != by.pk:
        raise AlreadyDecided(who=last.actor.get_full_name(), decision=last.outcome, at=last.at)


def _note(training: Training, change: str, *, actor: User, reason: str, at: datetime) -> None:
    """A step of the change alone."""
    TrainingEvent.objects.create(
        training=training,
        from_status=training.status,
        to_status=training.status,
        change=change,
        actor=actor,
        reason=reason,
        at=at,
    )


def _refuse_unready(text: Training | TrainingRevision) -> None:
    if not (text.skill.is_validated and text.category.is_validated):
        raise TrainingNotReady


def _announce(training: Training, kind: str, *, by: User, reason: str, at: datetime) -> None:
    record(actor=by, action=kind, reference=f"training:{training.pk}", reason=reason.strip(), now=at)
    notify(
        recipient=training.mentor,
        kind=kind,
        url=reverse("catalog:offer"),
        reference=f"training:{training.pk}",
        context={"training": training, "reason": reason.strip()},
        now=at,
    )


def _move(training: Training, *, to: str, actor: User, reason: str, at: datetime) -> None:
    """The only writer of `status`."""
    came_from = training.status
    check_move(TRAINING_ALLOWED, came_from, to)
    training.status = to
    training.save(update_fields=["status", "submitted_at"])
    TrainingEvent.objects.create(
        training=training, from_status=came_from, to_status=to, actor=actor, reason=reason, at=at
    )


def _words_of(text: Training | TrainingRevision) -> TrainingWords:
    return TrainingWords(text.category, text.skill, text.title, text.description, text.suggested_minutes)


def _write(text: Training | TrainingRevision, words: TrainingWords) -> None:
    text.category = words.category
    text.skill = words.skill
    text.title = words.title
    text.description = words.description
    text.suggested_minutes = words.suggested_minutes


def _refuse_locked(mentor: User) -> None:
    if not profile_of(mentor).is_validated:
        raise OfferLocked


def _refuse_unlisted(mentor: User, words: TrainingWords) -> None:
    """The lists are controlled: validated names, and those the mentor himself proposed (SK-33 to SK-36)."""
    if words.skill.category_id != words.category.pk:
        raise SkillNotInCategory
    for name in (words.skill, words.category):
        if not name.is_validated and name.proposed_by_id != mentor.pk:
            raise SkillNotListed


def _slug_of(title: str) -> str:
    return f"{slugify(title)[:SLUG_LENGTH].strip('-') or 'formation'}-{new_reference()[:6]}"
