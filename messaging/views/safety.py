"""Wanting nothing more from somebody, and showing the team what is not right."""

from typing import Any

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import member_of
from core.errors import DomainError
from core.limits import hold
from messaging import selectors, services
from messaging.forms import ReportForm
from messaging.models import Message, Thread


@login_required
@require_GET
def blocked(request: HttpRequest) -> HttpResponse:
    """Whom the member blocked, to come back on it."""
    return render(request, "messaging/blocked.html", {"rows": selectors.blocked_by(member_of(request))})


@login_required
@require_http_methods(["GET", "POST"])
def block(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    thread = selectors.get_thread_for(user, reference)
    other = thread.other(user)
    if request.method == "POST":
        services.block(by=user, person=other)
        flash.success(
            request,
            _("%(name)s ne peut plus vous écrire ni vous envoyer de demande.") % {"name": other.get_full_name()},
        )
        return redirect(thread)
    return render(request, "messaging/block.html", {"thread": thread, "other": other})


@login_required
@require_POST
def unblock(request: HttpRequest, reference: str) -> HttpResponse:
    user = member_of(request)
    thread = selectors.get_thread_for(user, reference)
    other = thread.other(user)
    services.unblock(by=user, person=other)
    flash.success(request, _("Vous et %(name)s pouvez de nouveau vous écrire.") % {"name": other.get_full_name()})
    return redirect(thread)


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """`message` in the address is the one shown to the team; without it, the person."""
    user = member_of(request)
    thread = selectors.get_thread_for(user, reference)
    message = _reported(request, thread)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            hold("reports", user.pk)
            services.report(thread=thread, by=user, message=message, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error.user_message))
        else:
            flash.success(request, _("L’équipe lit votre signalement et vous répond. La personne n’en sait rien."))
            return redirect(thread)
    context: dict[str, Any] = {"thread": thread, "other": thread.other(user), "message": message, "form": form}
    return render(request, "messaging/report.html", context)


def _reported(request: HttpRequest, thread: Thread) -> Message | None:
    given = request.GET.get("message", "")
    if not given:
        return None
    message = selectors.reportable(thread, member_of(request), given)
    if message is None:
        raise Http404
    return message
