from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.http import member_of
from notifications import kinds, selectors, services

PER_PAGE = 30


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    page = Paginator(selectors.notices_of(user), PER_PAGE).get_page(request.GET.get("page"))
    muted = selectors.muted_kinds(user)
    choices: list[dict[str, Any]] = [
        {"kind": kind, "muted": kind.name in muted} for kind in kinds.registered().values() if kind.mutable
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
    wanted = set(request.POST.getlist("kind"))
    for kind in kinds.registered().values():
        if kind.mutable:
            services.set_muted(user=user, kind=kind.name, muted=kind.name not in wanted)
    return redirect("notifications:list")
