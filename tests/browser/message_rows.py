"""What the demo's conversations do not hold: somebody blocked, a message shown to the team."""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Model

from accounts.models import User
from core import clock
from messaging.models import Block, Report, Thread, Topic
from notifications import kinds
from notifications.unsubscribing import address_for

Finder = Callable[[], tuple[object, ...]]


def block() -> tuple[object, ...]:
    blocker, blocked = User.objects.order_by("pk")[:2]
    row, _created = Block.objects.get_or_create(blocker=blocker, blocked=blocked, defaults={"created_at": clock.now()})
    return (row.pk,)


def report() -> tuple[object, ...]:
    thread = Thread.objects.filter(messages__kind="text").earliest("pk")
    message = thread.messages.filter(kind="text").earliest("pk")
    assert message.author is not None
    row, _created = Report.objects.get_or_create(
        client_id=UUID(int=2),
        defaults={
            "author": thread.other(message.author),
            "person": message.author,
            "thread": thread,
            "message": message,
            "topic": Topic.OTHER,
            "created_at": clock.now(),
        },
    )
    return (row.pk,)


def unsubscribing() -> tuple[object, ...]:
    """What stands in the link of an e-mail."""
    address = address_for(User.objects.earliest("pk").pk, kinds.get("messaging.unread"))
    return (address.rstrip("/").rpartition("/")[2],)


ROWS: dict[type[Model], Finder] = {Block: block, Report: report}
