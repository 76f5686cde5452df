"""Showing the team a message or a person, and what the team decides."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.errors import AlreadyDecided, ReadAgain
from accounts.models import User
from accounts.services import record
from core import clock
from messaging.errors import TooManyReports
from messaging.models import Message, Outcome, Report, Thread
from messaging.selectors import reading_of
from messaging.services.permission import DAY
from notifications.services import notify

MOST_PER_DAY = 20


@transaction.atomic
def report(
    *,
    thread: Thread,
    by: User,
    topic: str,
    client_id: UUID,
    words: str = "",
    message: Message | None = None,
    now: datetime | None = None,
) -> Report:
    """Put a message, or the person behind it, before the team. The same `client_id` again is the same report."""
    moment = now or clock.now()
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if already := Report.objects.filter(author=by, client_id=client_id).first():
        return already
    if Report.objects.filter(author=by, created_at__gt=moment - DAY).count() >= MOST_PER_DAY:
        raise TooManyReports
    return Report.objects.create(
        author=by,
        person=thread.other(by),
        thread=thread,
        message=message,
        topic=topic,
        words=words.strip(),
        client_id=client_id,
        created_at=moment,
    )


def uphold_report(*, report: Report, by: User, reason: str, seen: str = "", now: datetime | None = None) -> Report:
    """The team acts on it. What is done to the person is done on his own page of the administration."""
    return _decide(report, Outcome.UPHELD, by=by, reason=reason.strip(), seen=seen, now=now or clock.now())


def dismiss_report(*, report: Report, by: User, reason: str, seen: str = "", now: datetime | None = None) -> Report:
    return _decide(report, Outcome.DISMISSED, by=by, reason=reason.strip(), seen=seen, now=now or clock.now())


@transaction.atomic
def _decide(report: Report, outcome: Outcome, *, by: User, reason: str, seen: str, now: datetime) -> Report:
    """Once; whoever reported is told, never the person reported."""
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("author", "person", "thread", "decided_by")
        .get(pk=report.pk)
    )
    if report.decided_at and report.decided_by:
        if (report.outcome, report.decided_by, report.reason) == (outcome, by, reason):
            return report
        who = report.decided_by.get_full_name() or report.decided_by.email
        raise AlreadyDecided(who=who, decision=str(Outcome(report.outcome).label), at=report.decided_at)
    if seen and seen != reading_of(report):
        raise ReadAgain
    report.outcome, report.decided_by, report.decided_at, report.reason = outcome, by, now, reason
    report.save(update_fields=["outcome", "decided_by", "decided_at", "reason"])
    record(actor=by, action=f"messaging.report.{outcome}", reference=f"report:{report.pk}", reason=reason, now=now)
    notify(
        recipient=report.author,
        kind="messaging.report_decided",
        url=report.thread.get_absolute_url(),
        reference=f"thread:{report.thread.reference}",
        context={"report": report, "upheld": outcome == Outcome.UPHELD},
        now=now,
    )
    return report
