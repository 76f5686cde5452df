"""Whether the product is well, for who watches it in the team."""

from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.http import member_of
from accounts.selectors import works_for_team
from core import clock
from pages.vitals import figures
from pages.vitals.checks import Check, State, groups

WATCHES = "core.view_health"


@login_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    user = member_of(request)
    if not (works_for_team(user) and user.has_perm(WATCHES)):
        raise Http404
    now = clock.now()
    found = groups(now)
    wrong = [check for group in found for check in group.checks if check.state is not State.FINE]
    context = {
        "trail": [(_("Équipe"), reverse("pages:team"))],
        "wrong": [(check, check.page.url_for(user) if check.page else "") for check in _worst_first(wrong)],
        "fine": [replace(group, checks=[each for each in group.checks if each.state is State.FINE]) for group in found],
        "rooms": (figures.rooms_open(), figures.rooms_metering(), figures.metered_seconds(now)),
        "read_at": now,
    }
    return render(request, "pages/team/health.html", context)


def _worst_first(checks: list[Check]) -> list[Check]:
    order = list(State)
    return sorted(checks, key=lambda check: order.index(check.state))
