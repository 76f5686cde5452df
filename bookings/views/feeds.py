"""« Mon agenda »: the private address at which calendars read a member's sessions, and what they read there."""

from hashlib import sha256
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.http import member_of
from accounts.models import User
from bookings import feeds
from bookings.models import Booking, CalendarFeed
from bookings.services.calendars import feed_file
from bookings.services.feeds import renew_feed, revoke_feed

_GOOGLE = "https://calendar.google.com/calendar/r"
_OUTLOOK = "https://outlook.live.com/calendar/0/addfromweb"


@login_required
@require_GET
def calendar_feed(request: HttpRequest) -> HttpResponse:
    feed = feeds.feed_of(member_of(request))
    response = render(request, "bookings/calendar_feed.html", {"feed": feed, **(_addresses(feed) if feed else {})})
    # The address opens his sessions to whoever reads it: the next person at this computer does not.
    response["Cache-Control"] = "private, no-store"
    return response


def _addresses(feed: CalendarFeed) -> dict[str, str]:
    address = settings.BASE_URL + reverse("bookings:feed", args=[feed.reference, feeds.key_of(feed.reference)])
    subscription = address.replace(f"{urlsplit(address).scheme}://", "webcal://", 1)
    return {
        "address": address,
        "webcal_url": subscription,
        "google_url": f"{_GOOGLE}?{urlencode({'cid': subscription})}",
        "outlook_url": f"{_OUTLOOK}?{urlencode({'url': address, 'name': settings.SITE_NAME})}",
    }


@login_required
@require_POST
def renewal(request: HttpRequest) -> HttpResponse:
    """A first address, or another one."""
    shown = request.POST.get("replaces", "")
    renew_feed(user=member_of(request), replaces=shown)
    if shown:
        flash.success(request, _("Votre agenda a une nouvelle adresse. L’ancienne ne donne plus rien."))
    return redirect("bookings:calendar_feed")


@login_required
@require_POST
def removal(request: HttpRequest) -> HttpResponse:
    revoke_feed(user=member_of(request))
    flash.success(request, _("L’adresse de votre agenda ne donne plus rien."))
    return redirect("bookings:calendar_feed")


@require_safe
def feed(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """What a calendar program reads, without logging in: the address is the key."""
    user = feeds.get_feed(reference, key).user
    sessions = feeds.sessions_of_feed(user)
    etag = _etag(sessions, user)
    with translation.override(user.language):
        response = get_conditional_response(request, etag=etag) or HttpResponse(
            feed_file(sessions, user), content_type="text/calendar; charset=utf-8"
        )
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = 'inline; filename="skilmi.ics"'
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _etag(sessions: list[Booking], user: User) -> str:
    """Of everything that is told, without writing it."""
    told = [
        (each.reference, each.meets_at, vars(each)["changed_at"], each.other(user).get_full_name()) for each in sessions
    ]
    return f'"{sha256(repr((user.language, told)).encode()).hexdigest()[:32]}"'
