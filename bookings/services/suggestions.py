"""A mentor fills in a request for a learner, who alone can send it: requests come from learners (K-14)."""

from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction

from accounts.models import User
from bookings import rules
from bookings.errors import MentorNotBookable, NotInTouch, YourselfRefused
from bookings.models import Suggestion
from bookings.selectors import SUGGESTION_PREFIX, is_in_touch
from bookings.services.negotiation import subject_of
from catalog.models import Skill, Training
from core import clock, values
from mentors.models import MentorProfile
from messaging.services import open_thread, post_card
from notifications.services import notify


def suggest_session(
    *,
    mentor: User,
    learner: User,
    day: date,
    at: time,
    duration_minutes: int,
    objectives: str,
    note: str = "",
    skill: Skill | None = None,
    training: Training | None = None,
    client_token: UUID | None = None,
    now: datetime | None = None,
) -> Suggestion:
    """Propose a session to a member who wrote. The same `client_token` again returns what was already sent."""
    moment = now or clock.now()
    if client_token and (already := Suggestion.objects.filter(mentor=mentor, client_token=client_token).first()):
        return already
    suggestion = Suggestion(
        mentor=mentor,
        learner=learner,
        skill=skill,
        training=training,
        subject=subject_of(mentor, skill, training),
        time_zone=learner.time_zone,
        duration_minutes=duration_minutes,
        objectives=objectives.strip(),
        note=note.strip(),
        hourly_rate_cents=_rate_of(mentor, learner),
        client_token=client_token,
        created_at=moment,
    )
    slot = rules.planned_slot(day, at, duration_minutes, suggestion.zone, moment)
    suggestion.starts_at = slot.starts_at
    suggestion.expires_at = rules.lapse_of_version(moment, slot.starts_at, values.days("request_lapse_days"))
    _send(suggestion, moment)
    return suggestion


def _rate_of(mentor: User, learner: User) -> int:
    if mentor.pk == learner.pk:
        raise YourselfRefused
    rate_cents = (
        MentorProfile.objects.bookable().filter(user=mentor).values_list("hourly_rate_cents", flat=True).first()
    )
    if rate_cents is None:
        raise MentorNotBookable
    if not is_in_touch(mentor, learner):
        raise NotInTouch
    return rate_cents


@transaction.atomic
def _send(suggestion: Suggestion, now: datetime) -> None:
    mentor, learner = suggestion.mentor, suggestion.learner
    reference = f"{SUGGESTION_PREFIX}:{suggestion.reference}"
    # None pass where one of the two blocked the other.
    thread = open_thread(by=mentor, to=learner, now=now)
    suggestion.save()
    post_card(thread=thread, kind="suggestion", reference=reference, data={}, author=mentor, now=now)
    notify(
        recipient=learner,
        kind="bookings.suggested",
        url=suggestion.get_absolute_url(),
        reference=reference,
        context={"suggestion": suggestion, "other": mentor},
        now=now,
    )
