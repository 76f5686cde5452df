"""SK-55, K-16: unread words are announced by e-mail, once after ten minutes, then at most once a day until read.

Whoever prefers it gets one e-mail in the evening for all conversations.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from core import clock, values
from messaging.cards import words_of
from messaging.models import Message, MessageKind, ThreadState
from notifications.models import DailyKind
from notifications.services import notify

UNREAD = "messaging.unread"

REPEAT = timedelta(days=1)
# Somebody who has not come for a week is not written to for ever about the same words.
GIVE_UP = timedelta(days=7)
EXCERPT = 280
EVENING = 18
HALF_A_DAY = timedelta(hours=12)
MOST_IN_DIGEST = 50


def threads_to_remind(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    """Identifiers of the reading states an e-mail is due for."""
    return list(_due(now or clock.now()).values_list("pk", flat=True)[:limit])


def _due(moment: datetime) -> QuerySet[ThreadState]:
    return (
        ThreadState.objects.filter(
            Q(mailed_at=None) | Q(mailed_at__lte=moment - REPEAT),
            unread_since__lte=moment - values.minutes("unread_mail_minutes"),
            thread__last_message_at__gte=moment - GIVE_UP,
        )
        .exclude(user__daily_kinds__kind=UNREAD)
        .order_by("unread_since")
    )


@transaction.atomic
def notify_unread(*, state_id: int, now: datetime | None = None) -> bool:
    """Write once about one thread. False if it was read, or another worker has it."""
    moment = now or clock.now()
    state = (
        _due(moment)
        .filter(pk=state_id)
        .select_related("thread__first", "thread__second", "user")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )
    if state is None:
        return False
    row = _row(state)
    if row is None:
        return False
    state.mailed_at = moment
    state.save(update_fields=["mailed_at"])
    notify(
        recipient=state.user,
        kind=UNREAD,
        reference=f"thread:{state.thread.reference}",
        url=row["url"],
        context=row,
        now=moment,
    )
    return True


def _row(state: ThreadState) -> dict[str, Any] | None:
    """What waits in one conversation; None when it holds no unread words."""
    unread = state.thread.messages.for_reader(state.user).filter(pk__gt=state.last_read_id, kind=MessageKind.TEXT)
    newest = unread.last()
    if newest is None:
        return None
    return {
        "author": state.thread.other(state.user),
        "count": unread.count(),
        "excerpt": _excerpt(newest, state.user),
        "url": state.thread.get_absolute_url(),
    }


def digests_to_send(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    """Members who want one e-mail a day, whose evening has come, and for whom words wait."""
    moment = now or clock.now()
    waiting = ThreadState.objects.filter(user=OuterRef("user"), unread_since__isnull=False)
    found = DailyKind.objects.filter(Exists(waiting), kind=UNREAD).select_related("user")
    found = found.filter(Q(sent_at=None) | Q(sent_at__lte=moment - HALF_A_DAY)).order_by("sent_at", "pk")
    return [each.pk for each in found if _is_evening(each, moment)][:limit]


def _is_evening(daily: DailyKind, moment: datetime) -> bool:
    """From 18:00 where the member lives, once a day."""
    local = moment.astimezone(daily.user.zone)
    last = daily.sent_at and daily.sent_at.astimezone(daily.user.zone).date()
    return local.hour >= EVENING and last != local.date()


@transaction.atomic
def send_digest(*, daily_id: int, now: datetime | None = None) -> bool:
    """One e-mail for all that waits. False if nothing does, or another worker has it."""
    moment = now or clock.now()
    rows = DailyKind.objects.select_related("user").select_for_update(skip_locked=True, of=("self",))
    daily = rows.filter(pk=daily_id, kind=UNREAD).first()
    if daily is None or not _is_evening(daily, moment):
        return False
    states = ThreadState.objects.filter(
        user=daily.user, unread_since__isnull=False, thread__last_message_at__gte=moment - GIVE_UP
    )
    states = states.select_related("thread__first", "thread__second", "user").order_by("-thread__last_message_at")
    waiting = [row for state in states[:MOST_IN_DIGEST] if (row := _row(state))]
    if not waiting:
        return False
    daily.sent_at = moment
    daily.save(update_fields=["sent_at"])
    notify(
        recipient=daily.user,
        kind="messaging.digest",
        url=reverse("messaging:inbox"),
        context={"rows": waiting, "count": sum(row["count"] for row in waiting)},
        now=moment,
    )
    return True


def _excerpt(message: Message, reader: User) -> str:
    with translation.override(reader.language):
        return words_of(message)[:EXCERPT]
