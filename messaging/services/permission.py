"""Who may write to whom, and how much: one door for messages and for requests of the apps above."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.models import User
from core import clock
from messaging.errors import BlockedByOther, BlockedByYou, NobodyThere, TooManyFirstMessages, TooManyMessages
from messaging.models import Message, MessageKind, Thread
from messaging.selectors import blocks_in
from messaging.services.threads import get_or_create_thread, lock_thread

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@transaction.atomic
def open_thread(*, by: User, to: User, now: datetime | None = None) -> Thread:
    """The conversation of two members, locked, for the first words or the first request of one of them.

    Raises a MessagingError when one blocked the other, or when `by` approached many strangers since yesterday.
    """
    moment = now or clock.now()
    thread = get_or_create_thread(one=by, other=to, now=moment)
    is_first = not thread.messages.exists()
    if is_first:
        # One after the other, whoever is approached; the person before the thread, as everywhere.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
    thread = lock_thread(thread)
    check_not_blocked(thread, by)
    if is_first and not thread.messages.exists():
        check_first_messages(by, moment)
    return thread


def check_not_blocked(thread: Thread, by: User) -> None:
    """Between two people, whoever blocked; and nobody writes to somebody who is gone."""
    if not User.objects.filter(pk__in=thread.member_ids, is_active=True).exclude(pk=by.pk).exists():
        raise NobodyThere
    found = blocks_in(thread, by)
    if found.by_viewer:
        raise BlockedByYou
    if found.by_other:
        raise BlockedByOther


def check_pace(by: User, now: datetime) -> None:
    """How many messages of one person in an hour."""
    written = Message.objects.filter(author=by, kind=MessageKind.TEXT, created_at__gt=now - HOUR)
    if written[: settings.MESSAGES_PER_HOUR].count() >= settings.MESSAGES_PER_HOUR:
        raise TooManyMessages


def check_first_messages(by: User, now: datetime) -> None:
    """How many people one wrote to first since yesterday."""
    first = Message.objects.filter(thread=OuterRef("pk")).order_by("pk").values("author")[:1]
    recent = Thread.objects.of(by).filter(created_at__gt=now - DAY).annotate(opened_by=Subquery(first))
    if recent.filter(opened_by=by.pk).count() >= settings.FIRST_MESSAGES_PER_DAY:
        raise TooManyFirstMessages
