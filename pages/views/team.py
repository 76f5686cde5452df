"""The home of the team: what waits, for who may read it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import viewing
from accounts.board import waiting_for, watched_by
from accounts.http import member_of
from accounts.roles import roles_of


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
        "roles": [str(role.label) for role in roles_of(user)],
        "has_every_right": user.is_superuser,
    }
    return render(request, "pages/team/home.html", context)


@login_required
@require_POST
def view_end(request: HttpRequest) -> HttpResponse:
    """Stop looking at the site as somebody else; twice is once."""
    viewing.end(request.session)
    return redirect("pages:team" if member_of(request).is_staff else "pages:account")
