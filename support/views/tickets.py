"""« Mes demandes »: the list, one request with its thread; the same for a visitor who holds the secret address."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import member_of
from core import clock
from core.errors import DomainError
from core.files import serving
from core.files.errors import FilesRefused
from core.files.forms import file_limits
from support import selectors
from support.forms import ReplyForm
from support.models import Side, Ticket, TicketFile, TicketMessage
from support.services import close, reply

PER_PAGE = 20


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.tickets_of(member_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "support/tickets.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest, reference: str) -> HttpResponse:
    return _shown(request, selectors.get_ticket_for(member_of(request), reference))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visitor_ticket(request: HttpRequest, key: str) -> HttpResponse:
    return _shown(request, selectors.get_visitor_ticket(key), key)


@login_required
@require_POST
def closing(request: HttpRequest, reference: str) -> HttpResponse:
    return _closed(request, selectors.get_ticket_for(member_of(request), reference))


@require_POST
def visitor_closing(request: HttpRequest, key: str) -> HttpResponse:
    return _closed(request, selectors.get_visitor_ticket(key))


@login_required
@require_safe
def file(request: HttpRequest, reference: str) -> HttpResponse:
    return serving.hand_out(request, selectors.get_file_for(member_of(request), reference))


@login_required
@require_safe
def thumbnail(request: HttpRequest, reference: str) -> HttpResponse:
    return serving.hand_out_thumbnail(request, selectors.get_file_for(member_of(request), reference))


@require_safe
def visitor_file(request: HttpRequest, key: str, reference: str) -> HttpResponse:
    return serving.hand_out(request, selectors.get_visitor_file(key, reference))


@require_safe
def visitor_thumbnail(request: HttpRequest, key: str, reference: str) -> HttpResponse:
    return serving.hand_out_thumbnail(request, selectors.get_visitor_file(key, reference))


def _shown(request: HttpRequest, shown: Ticket, key: str = "") -> HttpResponse:
    form = ReplyForm(request.POST, request.FILES) if request.method == "POST" else ReplyForm()
    if request.method == "POST" and form.is_valid() and _reply(form, shown):
        flash.success(request, _("Votre réponse est envoyée à l’équipe."))
        return redirect(shown.address)
    now = clock.now()
    context: dict[str, Any] = {
        "ticket": shown,
        "trail": _trail(key),
        "lines": [_line(message) for message in selectors.messages_of(shown)],
        "form": form,
        "limits": file_limits(),
        "reopens_until": selectors.reopen_until(shown) if selectors.may_reopen(shown, now) else None,
        "late": shown.is_late(now),
        "closing": _closing_address(shown, key),
        "merged_into": shown.merged_into,
    }
    return render(request, "support/ticket.html", context)


def _trail(key: str) -> list[tuple[str, str]]:
    contact = (_("Nous écrire"), reverse("support:contact"))
    return [contact] if key else [contact, (_("Mes demandes"), reverse("support:tickets"))]


def _closing_address(shown: Ticket, key: str) -> str:
    if key:
        return reverse("support:visitor_closing", args=[key])
    return reverse("support:closing", args=[shown.reference])


@dataclass(frozen=True)
class Line:
    """A message as the person reads it. Who of the team wrote is shown by the first name."""

    message: TicketMessage
    is_team: bool
    name: str
    files: list[TicketFile]


def _line(message: TicketMessage) -> Line:
    is_team = message.side == Side.TEAM
    name = _("Vous")
    if is_team and message.author:
        name = _("%(name)s, de l’équipe Skilmi") % {"name": message.author.get_short_name()}
    return Line(message, is_team, name, list(message.files.all()))


def _reply(form: ReplyForm, shown: Ticket) -> bool:
    data = form.cleaned_data
    try:
        reply(ticket=shown, body=data["body"], client_id=data["client_id"], files=data["attachments"])
    except FilesRefused as error:
        form.add_error("attachments", str(error.user_message))
    except DomainError as error:
        form.add_error(None, str(error.user_message))
    return form.is_valid()


def _closed(request: HttpRequest, shown: Ticket) -> HttpResponse:
    try:
        close(ticket=shown)
    except DomainError as error:
        flash.error(request, str(error.user_message))
    else:
        flash.success(request, _("Votre demande est fermée. Merci."))
    return redirect(shown.address)
