"""Writing into a conversation. The thread's row is locked, so identifiers follow the order of what is read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import User
from core import clock
from core.files.keeping import Upload, stored
from messaging import live
from messaging.errors import EmptyMessage, MessageTooLong, NotInThread
from messaging.models import Attachment, Message, MessageKind, Thread, ThreadState
from messaging.rules import MAX_LENGTH
from messaging.services.files import check_day, prepare_for_message
from messaging.services.permission import check_not_blocked, check_pace, open_thread
from messaging.services.threads import lock_thread


def send_message(
    *,
    thread: Thread,
    author: User,
    body: str,
    client_id: UUID | None = None,
    files: Sequence[Upload] = (),
    despite_block: bool = False,
    now: datetime | None = None,
) -> Message:
    """Add a member's words, files, or both. The same `client_id` again returns the message already stored.

    `despite_block`: for two people in the middle of what they agreed on before one blocked the other.
    """
    text = body.strip()
    _check(thread, author, text, files)
    moment = now or clock.now()
    if files and not despite_block:
        check_not_blocked(thread, author)
    # Pictures are drawn before anything is locked.
    prepared = prepare_for_message(files, author=author, now=moment)
    with stored(prepared, Attachment) as kept, transaction.atomic():
        locked = lock_thread(thread)
        if client_id and (already := Message.objects.filter(author=author, client_id=client_id).first()):
            return already
        if not despite_block:
            check_not_blocked(locked, author)
        check_pace(author, moment)
        check_day(len(prepared), author=author, now=moment)
        message = Message.objects.create(
            thread=locked,
            author=author,
            body=text,
            client_id=client_id,
            file_count=len(prepared),
            created_at=moment,
        )
        kept.attach(partial(Attachment, message=message))
        _after(message, moment)
        ThreadState.objects.filter(thread=locked, unread_since=None).exclude(user=author).update(unread_since=moment)
    return message


@transaction.atomic
def write_first(
    *, author: User, to: User, body: str, client_id: UUID | None = None, now: datetime | None = None
) -> Message:
    """The first words to somebody. What is refused leaves no conversation behind."""
    moment = now or clock.now()
    if client_id and (already := Message.objects.filter(author=author, client_id=client_id).first()):
        return already
    thread = open_thread(by=author, to=to, now=moment)
    return send_message(thread=thread, author=author, body=body, client_id=client_id, now=moment)


@transaction.atomic(savepoint=False)
def post_card(
    *,
    thread: Thread,
    kind: str,
    reference: str,
    data: Mapping[str, Any],
    author: User | None = None,
    now: datetime | None = None,
) -> Message:
    """Add a card drawn by the renderer registered under `kind`. No author means the product itself speaks."""
    moment = now or clock.now()
    locked = lock_thread(thread)
    message = Message.objects.create(
        thread=locked,
        author=author,
        kind=MessageKind.CARD,
        card=kind,
        reference=reference,
        data=dict(data),
        created_at=moment,
    )
    _after(message, moment)
    return message


@transaction.atomic
def mark_read(*, thread: Thread, user: User, up_to: int | None = None) -> None:
    """The user has seen the thread, up to a message or to its end. Later messages stay unread."""
    if user.pk not in thread.member_ids:
        raise NotInThread
    state = ThreadState.objects.select_for_update().get(thread=thread, user=user)
    newest = thread.messages.aggregate(newest=Max("pk"))["newest"] or 0
    state.last_read_id = max(state.last_read_id, min(up_to or newest, newest))
    left = thread.messages.for_reader(user).filter(pk__gt=state.last_read_id, kind=MessageKind.TEXT).first()
    state.unread_since = left.created_at if left else None
    if left is None:
        state.mailed_at = None
    state.save(update_fields=["last_read_id", "unread_since", "mailed_at"])


def _check(thread: Thread, author: User, text: str, files: Sequence[Upload]) -> None:
    if author.pk not in thread.member_ids:
        raise NotInThread
    if not text and not files:
        raise EmptyMessage
    if len(text) > MAX_LENGTH:
        raise MessageTooLong


def _after(message: Message, moment: datetime) -> None:
    """The list is ordered by the newest message; whoever writes has read what came before."""
    thread = message.thread
    thread.last_message_at = moment
    thread.save(update_fields=["last_message_at"])
    if message.author_id:
        ThreadState.objects.filter(Q(thread=thread) & Q(user=message.author_id)).update(
            last_read_id=message.pk, unread_since=None, mailed_at=None
        )
    live.message_sent(message)
