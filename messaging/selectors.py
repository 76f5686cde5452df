"""Conversations as their two members see them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When, prefetch_related_objects
from django.db.models.functions import JSONObject
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.selectors import works_for_team
from core.identifiers import fingerprint
from core.prepared import Prepared
from core.references import Described
from messaging.models import Attachment, Block, Message, MessageKind, MessageQuerySet, Report, Thread, ThreadQuerySet

# Digits of the largest identifier.
LONGEST_ID = 19
# Messages the team reads on each side of the one shown to it.
AROUND = 5


# What a list shows of the other person.
_NAMES = ("first_name", "last_name", "erased_at", "page__slug", "page__photo")
_SHOWN = [f"{side}__{name}" for side in ("first", "second") for name in _NAMES]


@dataclass(frozen=True)
class ThreadRow:
    thread: Thread
    other: User
    last: Message
    unread: int


@Prepared
def _threads(member: int, reference: str) -> QuerySet[Thread]:
    return Thread.objects.of(User(pk=member)).select_related("first__page", "second__page").filter(reference=reference)


def get_thread_for(user: User, reference: str) -> Thread:
    """The thread, for one of its two members; 404 for anybody else."""
    thread = _threads.first(user.pk, reference)
    if thread is None:
        raise Http404
    return thread


def thread_between(one: User, other: User) -> Thread | None:
    first, second = sorted((one.pk, other.pk))
    return Thread.objects.filter(first=first, second=second).first()


def unread_count(user: User) -> int:
    return unread_messages(user).count()


def unread_messages(user: User) -> MessageQuerySet:
    """Messages and cards of others that the user has not seen, over all his threads."""
    return Message.objects.for_reader(user).filter(thread__states__user=user, pk__gt=F("thread__states__last_read_id"))


def unread_in(thread: Thread, user: User) -> int:
    return unread_messages(user).filter(thread=thread).count()


@Prepared
def _newest(thread: int) -> QuerySet[Message]:
    return Message.objects.filter(thread=thread).order_by("-pk")


def recent_messages(thread: Thread, after_id: int | None = None, limit: int = 50) -> list[Message]:
    """The newest messages, oldest first; with `after_id` only what came later."""
    if after_id is None:
        found = _newest.rows(thread.pk, limit=limit)
    else:
        found = list(thread.messages.filter(pk__gt=after_id).order_by("-pk")[:limit])
    return _with_files(_with_authors(thread, reversed(found)))


def messages_before(thread: Thread, before_id: int, limit: int = 50) -> list[Message]:
    messages = thread.messages.filter(pk__lt=before_id).order_by("-pk")
    return _with_files(_with_authors(thread, reversed(messages[:limit])))


def _with_authors(thread: Thread, messages: Iterable[Message]) -> list[Message]:
    """The two members of the thread, who are there already."""
    people = {thread.first_id: thread.first, thread.second_id: thread.second}
    listed = list(messages)
    for message in listed:
        if message.author_id is not None:
            message.author = people[message.author_id]
    return listed


def get_message(message_id: int) -> Message | None:
    """One message with its author and its files, for a socket that was told of it."""
    found = Message.objects.select_related("author").filter(pk=message_id).first()
    return _with_files([found])[0] if found else None


def _with_files(messages: list[Message]) -> list[Message]:
    """One query more, if any of them carries a file."""
    carrying = [message for message in messages if message.file_count]
    if carrying:
        prefetch_related_objects(carrying, "attachments")
    return messages


def get_attachment_for(user: User, reference: str) -> Attachment:
    """A file, for the two members of its conversation and for the team that may see files; 404 for anybody else."""
    files = Attachment.objects.select_related("message__thread")
    if not may_see_all(user):
        files = files.filter(message__thread__in=Thread.objects.of(user))
    found: Attachment = get_object_or_404(files, reference=reference)
    return found


def may_see_all(user: User) -> bool:
    return works_for_team(user) and user.has_perm("messaging.view_attachment")


Narrow = Callable[[ThreadQuerySet, User], ThreadQuerySet]
MOST_ROWS = 100


def inbox_rows(user: User, narrow: Narrow | None = None) -> list[ThreadRow]:
    """Threads with something said in them, unread first, then the newest; `narrow` is a filter of the list."""
    return [_row(thread, user) for thread in _inbox(narrow).rows(user.pk)]


def _row(thread: Thread, user: User) -> ThreadRow:
    figures = vars(thread)
    [last] = _with_authors(thread, [Message(**figures["last"], created_at=thread.last_message_at)])
    return ThreadRow(thread, thread.other(user), last, figures["unread"] or 0)


@cache
def _inbox(narrow: Narrow | None) -> Prepared[Thread]:
    def threads(member: int) -> QuerySet[Thread]:
        return _inbox_threads(User(pk=member), narrow)

    return Prepared(threads)


# What one line says of a message.
_SAID = ("id", "author_id", "kind", "card", "body", "reference", "data", "file_count")


def _inbox_threads(user: User, narrow: Narrow | None) -> QuerySet[Thread]:
    last = Message.objects.filter(thread=OuterRef("pk")).order_by("-pk")
    unread = (
        unread_messages(user)
        .filter(thread=OuterRef("pk"))
        .order_by()
        .values("thread")
        .annotate(n=Count("pk"))
        .values("n")
    )
    threads = Thread.objects.of(user)
    return (
        (narrow(threads, user) if narrow else threads)
        .select_related("first__page", "second__page")
        .only("reference", "first_id", "second_id", "last_message_at", *_SHOWN)
        .annotate(last=Subquery(last.values(said=JSONObject(**{name: name for name in _SAID}))[:1]))
        .annotate(unread=Subquery(unread))
        .filter(last__isnull=False)
        .order_by(Case(When(unread__gt=0, then=Value(0)), default=Value(1)), "-last_message_at")[:MOST_ROWS]
    )


def describe(reference: str) -> Described | None:
    thread = Thread.objects.filter(reference=reference).first()
    return Described(str(thread.reference), thread.get_absolute_url()) if thread else None


def get_member(viewer: User, slug: str) -> User:
    """A member one may write to, by the address of his page."""
    user: User = get_object_or_404(User.objects.select_related("page"), page__slug=slug, is_active=True)
    return user


@dataclass(frozen=True)
class Blocks:
    """Who of the two wants nothing more from the other."""

    by_viewer: bool
    by_other: bool

    @property
    def any(self) -> bool:
        return self.by_viewer or self.by_other


@Prepared
def _blockers(one: int, other: int) -> QuerySet[Block, int]:
    pair = (one, other)
    return Block.objects.filter(blocker__in=pair, blocked__in=pair).values_list("blocker", flat=True)


def blocks_in(thread: Thread, viewer: User) -> Blocks:
    blockers = set(_blockers.rows(*thread.member_ids))
    return Blocks(viewer.pk in blockers, bool(blockers - {viewer.pk}))


@dataclass(frozen=True)
class BlockedRow:
    person: User
    thread: Thread
    since: datetime


def blocked_by(user: User) -> list[BlockedRow]:
    found = list(Block.objects.filter(blocker=user).select_related("blocked__page"))
    shared = Thread.objects.of(user).filter(_with([row.blocked for row in found]))
    threads = {each.other(user).pk: each for each in shared.select_related("first", "second")}
    return [BlockedRow(row.blocked, threads[row.blocked_id], row.created_at) for row in found]


def _with(people: Sequence[User]) -> Q:
    return Q(first__in=people) | Q(second__in=people)


def reportable(thread: Thread, user: User, message_id: str) -> Message | None:
    """Words of the other in this conversation."""
    if not (message_id.isascii() and message_id.isdigit() and len(message_id) < LONGEST_ID):
        return None
    words = thread.messages.filter(kind=MessageKind.TEXT).exclude(author=user)
    return words.filter(pk=int(message_id)).select_related("author__page").prefetch_related("attachments").first()


def around(report: Report) -> list[Message]:
    """For the team: the message shown to it and the words just before and after; the last ones when none was shown."""
    words = Message.objects.filter(thread=report.thread_id, kind=MessageKind.TEXT).select_related("author")
    words = words.filter(created_at__lte=report.created_at)
    if report.message_id is None:
        return _with_files(list(reversed(words.order_by("-pk")[: 2 * AROUND])))
    before = reversed(words.filter(pk__lte=report.message_id).order_by("-pk")[: AROUND + 1])
    return _with_files([*before, *words.filter(pk__gt=report.message_id)[:AROUND]])


def reading_of(report: Report) -> str:
    """Of what the team reads before it answers."""
    return fingerprint(report.decided_at, *(line.pk for line in around(report)))


def waiting_reports() -> QuerySet[Report]:
    """What the team has to answer, oldest first."""
    return Report.objects.filter(decided_at=None).order_by("created_at", "pk")


def lines_between(one: User, other: User, since: datetime, until: datetime) -> list[Message]:
    """For the team: what two members wrote to each other in a span of time, when it decides about that day."""
    thread = thread_between(one, other)
    words = Message.objects.filter(thread=thread, kind=MessageKind.TEXT, created_at__gte=since, created_at__lt=until)
    return _with_files(list(words.select_related("author"))) if thread else []
