from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import clock
from messaging.errors import YourselfRefused
from messaging.models import Thread, ThreadState


@transaction.atomic
def get_or_create_thread(*, one: User, other: User, now: datetime | None = None) -> Thread:
    """The conversation of two members, opened if need be."""
    if one.pk == other.pk:
        raise YourselfRefused
    first, second = sorted((one, other), key=lambda user: user.pk)
    moment = now or clock.now()
    thread, created = Thread.objects.get_or_create(
        first=first, second=second, defaults={"created_at": moment, "last_message_at": moment}
    )
    if created:
        ThreadState.objects.bulk_create(ThreadState(thread=thread, user=user) for user in (first, second))
    return thread


def lock_thread(thread: Thread) -> Thread:
    """The same thread, fresh and locked: whoever writes into it, or blocks, passes one by one."""
    return Thread.objects.select_for_update(no_key=True).get(pk=thread.pk)
