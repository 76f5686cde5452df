"""Wanting nothing more from somebody, and coming back on it.

The thread's row is locked as for writing: once a block is there, no message that began before comes after it.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import clock
from messaging.errors import YourselfRefused
from messaging.models import Block, Thread
from messaging.services.messages import mark_read
from messaging.services.threads import get_or_create_thread, lock_thread


@transaction.atomic
def block(*, by: User, person: User, now: datetime | None = None) -> Block:
    """From here neither writes to the other. What is agreed between them stays. Blocking twice changes nothing."""
    if by.pk == person.pk:
        raise YourselfRefused
    moment = now or clock.now()
    thread = lock_thread(get_or_create_thread(one=by, other=person, now=moment))
    made, _created = Block.objects.get_or_create(blocker=by, blocked=person, defaults={"created_at": moment})
    # No e-mail will announce what waited.
    mark_read(thread=thread, user=by)
    return made


@transaction.atomic
def unblock(*, by: User, person: User) -> None:
    """Lift one's own block; the other's, if there is one, stays."""
    thread = Thread.objects.of(by).of(person).first()
    if thread is not None:
        lock_thread(thread)
    Block.objects.filter(blocker=by, blocked=person).delete()
