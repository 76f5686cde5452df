"""Motives as somebody may see them, and his own requests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Case, When
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.selectors import works_for_team
from bookings.models import Booking
from catalog.selectors.words import CONFIGURATION, query_of, terms_of, words_of
from core import values
from core.identifiers import fingerprint
from core.references import Described
from support import audiences, keys
from support.models import Motive, MotiveQuerySet, Ticket, TicketFile, TicketMessage, TicketQuerySet
from support.states import QUEUED, TicketStatus

PREFIX = "ticket"


@dataclass
class Branch:
    """A motive with those under it."""

    motive: Motive
    children: list["Branch"] = field(default_factory=list)


def tree(user: User | None) -> list[Branch]:
    """What somebody may choose, in the order of the team. A branch without any leaf is not shown."""
    mine = audiences.of(user)
    shown = [motive for motive in Motive.objects.shown() if motive.audience in mine]
    return _under(None, shown, _parents())


def _parents() -> set[int | None]:
    return set(Motive.objects.exclude(parent=None).values_list("parent", flat=True))


def _under(parent: int | None, motives: Iterable[Motive], parents: set[int | None]) -> list[Branch]:
    found = [Branch(motive, _under(motive.pk, motives, parents)) for motive in motives if motive.parent_id == parent]
    return [branch for branch in found if branch.children or branch.motive.pk not in parents]


def leaves(branches: Iterable[Branch]) -> list[Motive]:
    """Every motive that has a form, in order."""
    found: list[Motive] = []
    for branch in branches:
        found += leaves(branch.children) if branch.children else [branch.motive]
    return found


def search(branches: Sequence[Branch], text: str) -> list[Motive]:
    """Motives that speak of every word; when none does, of one of them."""
    shown = leaves(branches)
    terms = terms_of(text)
    if not terms:
        return []
    return _about(shown, query_of(terms)) or _about(shown, reduce(or_, map(query_of, map(terms_of, words_of(text)))))


def _about(motives: Sequence[Motive], query: SearchQuery) -> list[Motive]:
    said = SearchVector("label", "help", "keywords", config=CONFIGURATION)
    found = Motive.objects.annotate(said=said).filter(said=query, pk__in=[motive.pk for motive in motives])
    known = set(found.values_list("pk", flat=True))
    return [motive for motive in motives if motive.pk in known]


def last_resort(branches: Sequence[Branch]) -> Motive | None:
    """« Autre », for who finds nothing."""
    return next((motive for motive in leaves(branches) if motive.is_last_resort), None)


def find_branch(branches: Iterable[Branch], slug: str) -> Branch | None:
    for branch in branches:
        found = branch if branch.motive.slug == slug else find_branch(branch.children, slug)
        if found:
            return found
    return None


def get_branch(user: User | None, slug: str) -> Branch | None:
    """A motive somebody may choose; None for one he may not, or no longer; 404 for what never was one."""
    found = find_branch(tree(user), slug)
    if found is None and not Motive.objects.filter(slug=slug).exists():
        raise Http404
    return found


def needs_account(slug: str) -> bool:
    """A motive that visitors do not see and some members do."""
    motive = Motive.objects.shown().filter(slug=slug).first()
    return motive is not None and motive.audience not in audiences.of(None)


# --- requests


def tickets_of(user: User) -> TicketQuerySet:
    """One's own, what waits for oneself first, then the newest."""
    own = Ticket.objects.of(user).select_related("motive")
    return own.order_by(Case(When(status=TicketStatus.WAITING, then=0), default=1), "-created_at", "-pk")


def unanswered_by(user: User) -> TicketQuerySet:
    """Where the team asked this member something, the most urgent first."""
    return Ticket.objects.of(user).filter(status=TicketStatus.WAITING).select_related("motive").order_by("closes_at")


def get_ticket_for(user: User, reference: str) -> Ticket:
    """The request, for its author; 404 for anybody else."""
    ticket: Ticket = get_object_or_404(_whole(), author=user, reference=reference)
    return ticket


def get_visitor_ticket(key: str) -> Ticket:
    """The request of a visitor, for whoever holds its secret address; 404 otherwise."""
    reference = keys.read(key)
    ticket: Ticket = get_object_or_404(_whole(), author=None, reference=reference)
    return ticket


def _whole() -> TicketQuerySet:
    return Ticket.objects.select_related("motive", "author", "assigned_to", "merged_into")


def waiting_tickets() -> TicketQuerySet:
    """What the team owes a word to: urgent first, then oldest against its target (OC-133)."""
    return Ticket.objects.filter(status__in=QUEUED).order_by("priority", "due_at", "pk")


def messages_of(ticket: Ticket) -> list[TicketMessage]:
    """The thread, oldest first, each message with its author and files."""
    found = list(ticket.messages.select_related("author__page").prefetch_related("files"))
    for message in found:
        message.ticket = ticket
        for file in message.files.all():
            file.message = message
    return found


def get_file_for(user: User, reference: str) -> TicketFile:
    """A file, for the author of the request and for the team; 404 for anybody else."""
    files = TicketFile.objects.select_related("message__ticket")
    if not (works_for_team(user) and user.has_perm("support.view_ticket")):
        files = files.filter(message__ticket__author=user)
    found: TicketFile = get_object_or_404(files, reference=reference)
    return found


def get_visitor_file(key: str, reference: str) -> TicketFile:
    files = TicketFile.objects.filter(message__ticket=get_visitor_ticket(key))
    found: TicketFile = get_object_or_404(files, reference=reference)
    return found


def may_reopen(ticket: Ticket, now: datetime) -> bool:
    return ticket.status == TicketStatus.RESOLVED and now <= reopen_until(ticket)


def reopen_until(ticket: Ticket) -> datetime:
    return ticket.since + values.days("support_reopen_days")


def reading_of(ticket: Ticket) -> str:
    """A mark of what the team reads before it answers."""
    newest = ticket.messages.order_by("-pk").values_list("pk", flat=True).first()
    return fingerprint(ticket.status, ticket.motive_id, ticket.priority, newest)


def others_of(ticket: Ticket, limit: int = 10) -> list[Ticket]:
    """The other requests of the same person, newest first: what it might be merged with."""
    others = Ticket.objects.select_related("motive").exclude(pk=ticket.pk).order_by("-created_at")
    mine = (
        others.filter(author=ticket.author)
        if ticket.author_id
        else others.filter(author=None, visitor_email__iexact=ticket.visitor_email)
    )
    return list(mine[:limit])


def last_bookings(user: User, limit: int = 5) -> list[Booking]:
    return list(Booking.objects.of(user).with_people().select_related("case").order_by("-starts_at")[:limit])


def describe(reference: str) -> Described | None:
    ticket = Ticket.objects.filter(reference=reference).select_related("motive").first()
    return Described(str(ticket), reverse("support:ticket", args=[reference])) if ticket else None


def answerable() -> MotiveQuerySet:
    """Motives a request may have: not the headings."""
    headings = Motive.objects.exclude(parent=None).values("parent")
    return Motive.objects.exclude(pk__in=headings).select_related("parent").order_by("parent__order", "order", "pk")
