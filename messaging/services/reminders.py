"""SK-55, K-16: unread words are announced by e-mail, once after ten minutes, then at most once a day until read."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation

from accounts.models import User
from core import clock, values
from messaging.cards import words_of
from messaging.models import Message, MessageKind, ThreadState
from notifications.services import notify

REPEAT = timedelta(days=1)
# Somebody who has not come for a week is not written to for ever about the same words.
GIVE_UP = timedelta(days=7)
EXCERPT = 280


def threads_to_remind(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    """Identifiers of the reading states an e-mail is due for."""
    return list(_due(now or clock.now()).values_list("pk", flat=True)[:limit])


def _due(moment: datetime) -> QuerySet[ThreadState]:
    return ThreadState.objects.filter(
        Q(mailed_at=None) | Q(mailed_at__lte=moment - REPEAT),
        unread_since__lte=moment - values.minutes("unread_mail_minutes"),
        thread__last_message_at__gte=moment - GIVE_UP,
    ).order_by("unread_since")


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
    unread = state.thread.messages.for_reader(state.user).filter(pk__gt=state.last_read_id, kind=MessageKind.TEXT)
    newest = unread.last()
    if newest is None:
        return False
    state.mailed_at = moment
    state.save(update_fields=["mailed_at"])
    notify(
        recipient=state.user,
        kind="messaging.unread",
        reference=f"thread:{state.thread.reference}",
        url=state.thread.get_absolute_url(),
        context={
            "author": state.thread.other(state.user),
            "count": unread.count(),
            "excerpt": _excerpt(newest, state.user),
        },
        now=moment,
    )
    return True


def _excerpt(message: Message, reader: User) -> str:
    with translation.override(reader.language):
        return words_of(message)[:EXCERPT]
