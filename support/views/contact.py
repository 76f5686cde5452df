"""« Nous écrire »: the motives, the help of one, and its form (OC-132 to OC-136)."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core import clock
from core.errors import DomainError
from core.files.errors import FilesRefused
from core.files.forms import file_limits
from core.limits import address_token
from support import destinations, selectors
from support.forms import ContactForm
from support.models import Ask, Motive, Ticket
from support.rules import target_after
from support.services import send_ticket
from support.services.sending import Visitor

LONGEST_SEARCH = 100


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = _member(request)
    branches = selectors.tree(user)
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    found = selectors.search(branches, words) if words else None
    context: dict[str, Any] = {"branches": branches, "words": words, "found": found}
    if found == []:
        context["last_resort"] = selectors.last_resort(branches)
    return render(request, "support/contact.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def motive(request: HttpRequest, slug: str) -> HttpResponse:
    user = _member(request)
    if user is None and selectors.needs_account(slug):
        return redirect_to_login(request.get_full_path())
    branch = selectors.get_branch(user, slug)
    if branch is None:
        # An old link: the team hides motives, and other pages name some.
        return redirect("support:contact")
    if branch.children:
        return render(
            request, "support/contact.html", {"branches": [branch], "above": branch.motive, "trail": _trail()}
        )
    destination = destinations.KNOWN.get(branch.motive.leads_to) if user else None
    if destination and user:
        context = {
            "motive": branch.motive,
            "trail": _trail(),
            "destination": destination,
            "rows": destination.rows(user),
        }
        return render(request, "support/destination.html", context)
    return _form(request, branch.motive, user)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What a visitor sees once his request left."""
    return render(request, "support/sent.html", {"trail": _trail()})


def _form(request: HttpRequest, motive: Motive, user: User | None) -> HttpResponse:
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ContactForm(*given, motive=motive, user=user, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        made = _send(request, form, user)
        if made:
            # Whoever typed an address has not proved that it is his: its secret is for its mailbox only.
            return redirect(f"{made.address}#envoyee" if user else "support:sent")
    context: dict[str, Any] = {
        "motive": motive,
        "trail": _trail(),
        "form": form,
        "limits": file_limits(),
        "due_at": target_after(clock.now(), motive.target_hours),
        "login": user is None,
    }
    return render(request, "support/form.html", context)


def _trail() -> list[tuple[str, str]]:
    return [(_("Nous écrire"), reverse("support:contact"))]


def _send(request: HttpRequest, form: ContactForm, user: User | None) -> Ticket | None:
    """What was typed stays in the form when it is refused."""
    data = form.cleaned_data
    try:
        return send_ticket(
            by=user or Visitor(data["name"], data["email"], get_language() or "fr", address_token(request)),
            motive=form.motive,
            body=data["body"],
            client_id=data["client_id"],
            subject=form.subject(),
            answers=form.answers(),
            files=data["attachments"],
        )
    except FilesRefused as error:
        form.add_error("attachments", str(error.user_message))
    except DomainError as error:
        form.add_error(None, str(error.user_message))
    return None


def _initial(request: HttpRequest) -> dict[str, str]:
    """What a link to the form may fill in: `?session=booking:…`, `?error=…`. Choices are checked as any other."""
    return {ask: request.GET[ask][:300] for ask in Ask.values if ask in request.GET}


def _member(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
