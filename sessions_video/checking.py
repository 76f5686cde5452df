"""« Tester ma vidéo »: the checks of the room's lobby for anybody, any day, signed in or not."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core.limits import address_token, is_allowed
from sessions_video.check_wording import CHECK_TEXTS
from sessions_video.turn import TEST_LIFETIME_SECONDS, ice_servers
from sessions_video.wording import TEXTS

WINDOW_SECONDS = 600
MOST_PER_ADDRESS = 12
# Of all addresses together: what a hired crowd of them could take from the relay is bounded too.
MOST_OF_ALL = 600
ECHO = "/ws/salle/test/"


@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    config = {
        "ice": reverse("sessions_video:check_ice"),
        "csrf": get_token(request),
        "echo": ECHO,
        "texts": {name: str(text) for name, text in {**TEXTS, **CHECK_TEXTS}.items()},
    }
    return render(request, "sessions_video/check.html", {"config": config})


@never_cache
@require_POST
def check_ice(request: HttpRequest) -> JsonResponse:
    """Two minutes of the relay for a page that calls itself. POST, so that no other site's page can ask for them."""
    token = address_token(request)
    if not _is_allowed(token):
        answer: dict[str, Any] = {
            "error": _("Vous avez lancé beaucoup de tests. Réessayez dans %(minutes)s minutes.")
            % {"minutes": WINDOW_SECONDS // 60}
        }
        return JsonResponse(answer, status=429, headers={"Retry-After": str(WINDOW_SECONDS)})
    return JsonResponse({"iceServers": ice_servers(f"test.{token}", TEST_LIFETIME_SECONDS)})


def _is_allowed(token: str) -> bool:
    mine = is_allowed("relay_test", token, most=MOST_PER_ADDRESS, seconds=WINDOW_SECONDS)
    return mine and is_allowed("relay_test", "all", most=MOST_OF_ALL, seconds=WINDOW_SECONDS)
