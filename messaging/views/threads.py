"""The list of conversations, and one of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import member_of
from accounts.models import User
from accounts.selectors import get_page_by_slug
from core.errors import DomainError
from core.files.errors import FilesRefused
from core.files.forms import file_limits
from messaging import cards, rules, selectors, services
from messaging.forms import FirstMessageForm, MessageForm
from messaging.live import socket_path
from messaging.models import Message, Thread

PAGE_OF_MESSAGES = 50


@dataclass(frozen=True)
class Line:
    """A message as it stands in the page; `html` is a drawn card, `day` a heading to print before it."""

    message: Message
    is_mine: bool
    html: str
    day: date | None


@dataclass(frozen=True)
class Tab:
    label: str
    href: str
    current: bool


@login_required
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    return render(request, "messaging/inbox.html", _list_context(request, user))


@login_required
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    shown = selectors.get_thread_for(user, reference)
    form = MessageForm(request.POST, request.FILES) if request.method == "POST" else MessageForm()
    if request.method == "POST":
        sent = _send(request, partial(_write, shown), user, form) if form.is_valid() else None
        if _by_script(request):
            return _told(sent, form)
        if sent:
            return redirect(shown)
    before = _number(request.GET.get("avant"))
    found = (
        selectors.messages_before(shown, before, PAGE_OF_MESSAGES)
        if before
        else selectors.recent_messages(shown, limit=PAGE_OF_MESSAGES)
    )
    context = {
        "thread": shown,
        "other": shown.other(user),
        "lines": _lines(request, found, user),
        "form": form,
        "last_id": found[-1].pk if found else 0,
        "socket": socket_path(shown),
        "limits": file_limits(),
        "older_than": found[0].pk if len(found) == PAGE_OF_MESSAGES else None,
        "is_newest": not before,
        "blocks": selectors.blocks_in(shown, user),
        "asides": [render_to_string(name, dict(more), request) for name, more in cards.draw_asides(shown, user)],
    }
    listed = _list_context(request, user, shown)
    return render(request, "messaging/thread.html", context | listed | {"unread": _unread(listed["rows"], shown, user)})


def _unread(listed: Sequence[dict[str, Any]], shown: Thread, user: User) -> int:
    """The list beside the conversation knows, unless a filter keeps this one out of it."""
    here = next((item["row"] for item in listed if item["current"]), None)
    return here.unread if here else selectors.unread_in(shown, user)


@login_required
@require_GET
def news(request: HttpRequest, reference: str) -> HttpResponse:
    """What came after a message, for the open page. A card changes older ones: the page is then read again."""
    user = member_of(request)
    shown = selectors.get_thread_for(user, reference)
    after = _number(request.GET.get("apres"))
    found = selectors.recent_messages(shown, after_id=after, limit=PAGE_OF_MESSAGES)
    if any(message.is_card for message in found):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "thread": shown,
        "other": shown.other(user),
        "lines": _lines(request, found, user, previous=_day_of(shown, after)),
        "last_id": found[-1].pk if found else after,
        "unread": selectors.unread_in(shown, user) if found else 0,
    }
    return render(request, "messaging/_news.html", context)


@login_required
@require_POST
def read(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    shown = selectors.get_thread_for(user, reference)
    services.mark_read(thread=shown, user=user, up_to=_number(request.POST.get("jusqua")) or None)
    if not request.headers.get("HX-Request"):
        return redirect(shown)
    return render(request, "messaging/_unread.html", {"count": selectors.unread_count(user), "replaces": True})


@login_required
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """The first message to a member (SK-53). A conversation that exists is simply opened."""
    user = member_of(request)
    other = get_page_by_slug(slug).user
    if other == user:
        flash.error(request, _("Vous ne pouvez pas vous écrire à vous-même."))
        return redirect("pages:profile", slug)
    existing = selectors.thread_between(user, other)
    if existing and request.method == "GET" and existing.messages.exists():
        return redirect(existing)
    form = FirstMessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sent = _send(request, partial(_write_first, other), user, form)
        if sent:
            return redirect(sent.thread)
    return render(request, "messaging/contact.html", {"form": form, "other": other})


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _told(sent: Message | None, form: Form) -> JsonResponse:
    if sent:
        return JsonResponse({"id": sent.pk})
    errors = [str(error) for each in form.errors.values() for error in each]
    return JsonResponse({"errors": errors}, status=400)


def _write(to: Thread, user: User, data: dict[str, Any]) -> Message:
    return services.send_message(
        thread=to, author=user, body=data["body"], files=data["attachments"], client_id=data["client_id"]
    )


def _write_first(to: User, user: User, data: dict[str, Any]) -> Message:
    return services.write_first(author=user, to=to, body=data["body"], client_id=data["client_id"])


def _send(
    request: HttpRequest, write: Callable[[User, dict[str, Any]], Message], user: User, form: Form
) -> Message | None:
    """What was typed stays in the form when it is refused."""
    data = form.cleaned_data
    try:
        sent = write(user, data)
    except DomainError as error:
        about_files = isinstance(error, FilesRefused)
        form.add_error("attachments" if about_files else "body", str(error.user_message))
        return None
    # The page's script says it before the message leaves.
    if rules.looks_like_contact_details(data["body"]) and not _by_script(request):
        flash.info(
            request,
            _(
                "Votre message semble contenir une adresse ou un numéro. Gardez vos échanges ici\u202f: "
                "vos coordonnées restent privées et vos sessions protégées."
            ),
        )
    return sent


def _list_context(request: HttpRequest, user: User, current: Thread | None = None) -> dict[str, Any]:
    chosen = request.GET.get("filtre", "")
    filters = cards.filters()
    narrow = filters[chosen].narrow if chosen in filters else None
    rows = [
        {"row": row, "summary": cards.summarize(row.last, user), "current": row.thread == current}
        for row in selectors.inbox_rows(user, narrow)
    ]
    here = current.get_absolute_url() if current else reverse("messaging:inbox")
    tabs = [Tab(_("Tout"), here, chosen not in filters)] + [
        Tab(str(each.label), f"{here}?{urlencode({'filtre': each.slug})}", each.slug == chosen)
        for each in filters.values()
    ]
    return {"rows": rows, "tabs": tabs, "filtered": chosen in filters}


def _lines(request: HttpRequest, found: Sequence[Message], user: User, previous: date | None = None) -> list[Line]:
    cards.load(found)
    lines = []
    for message in found:
        day = timezone.localtime(message.created_at).date()
        html = _draw(request, message, user)
        if not message.is_card or html:
            lines.append(Line(message, message.author_id == user.pk, html, day if day != previous else None))
            previous = day
    return lines


def _draw(request: HttpRequest, message: Message, user: User) -> str:
    drawn = cards.draw(message, user) if message.is_card else None
    return render_to_string(drawn[0], dict(drawn[1]), request) if drawn else ""


def _day_of(shown: Thread, message_id: int) -> date | None:
    message = shown.messages.filter(pk=message_id).first()
    return timezone.localtime(message.created_at).date() if message else None


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 19 else 0  # noqa: PLR2004
