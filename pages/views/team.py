"""The home of the team: what waits, for who may read it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.board import waiting_for, watched_by
from accounts.http import member_of


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """For the team only: to anybody else this page does not exist."""
    user = member_of(request)
    if not user.is_staff:
        raise Http404
    context = {
        "queues": waiting_for(user),
        "watched": watched_by(user),
    }
    return render(request, "pages/team/home.html", context)
