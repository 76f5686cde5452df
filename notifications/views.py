from http import HTTPStatus
from typing import Any

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import member_of
from accounts.models import User
from notifications import kinds, selectors, services, unsubscribing

PER_PAGE = 30


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    page = Paginator(selectors.notices_of(user), PER_PAGE).get_page(request.GET.get("page"))
    muted, daily = selectors.muted_kinds(user), selectors.daily_kinds(user)
    choices: list[dict[str, Any]] = [
        {"kind": kind, "muted": kind.name in muted, "daily": kind.name in daily} for kind in kinds.choices()
    ]
    context = {"page": page, "unread": selectors.unread_count(user), "choices": choices}
    return render(request, "notifications/list.html", context)


@login_required
@require_POST
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Open the page a notice speaks of, and remember that it was seen."""
    notice = services.mark_read(user=member_of(request), notice_id=notice_id)
    if notice is None:
        raise Http404
    return redirect(notice.url)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    services.mark_all_read(user=member_of(request))
    return redirect("notifications:list")


@login_required
@require_POST
def mute(request: HttpRequest) -> HttpResponse:
    """Choose which of the mutable e-mails to receive: the ticked ones."""
    user = member_of(request)
    wanted, daily = set(request.POST.getlist("kind")), set(request.POST.getlist("daily"))
    for kind in kinds.choices():
        services.set_muted(user=user, kind=kind.name, muted=kind.name not in wanted)
        services.set_daily(user=user, kind=kind.name, daily=kind.name in daily)
    flash.success(request, _("Vos choix sont enregistrés."))
    return redirect("notifications:list")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an e-mail, without logging in: looking changes nothing, one POST stops or starts again (RFC 8058).

    The token stands for the member; mail programs that post it know no cookie.
    """
    found = unsubscribing.read(token)
    user = User.objects.filter(pk=found[0], is_active=True).first() if found else None
    if found is None or user is None:
        raise Http404
    kind = found[1]
    if request.method == "POST":
        services.set_muted(user=user, kind=kind.name, muted="resume" not in request.POST)
        if "List-Unsubscribe" in request.POST:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        return redirect("notifications:unsubscribe", token)
    context = {"kind": kind, "muted": kind.name in selectors.muted_kinds(user)}
    response = render(request, "notifications/unsubscribe.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response
