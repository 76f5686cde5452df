"""Calendar files (RFC 5545). Hours are written in UTC, which every calendar shows in its owner's zone.

No address of a member is written: the product is the organizer, the recipient the only attendee.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from accounts.models import User
from bookings.models import Booking
from bookings.states import Status
from core import clock
from notifications.services import Attachment

_OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"
_GOOGLE = "https://calendar.google.com/calendar/render"
# How often a calendar should read the feed again, if it listens.
_REFRESH, _REFRESH_WORD = timedelta(hours=1), "PT1H"


def calendar_file(booking: Booking, viewer: User, method: str = "PUBLISH") -> bytes:
    """The session as one event; `method` is PUBLISH, REQUEST or CANCEL (RFC 5546)."""
    calendar = _calendar(method)
    event = _event(booking, viewer, canceled=method == "CANCEL" or booking.status == Status.CANCELED)
    if method != "PUBLISH":
        event.add("organizer", _person(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], settings.SITE_NAME))
        event.add("attendee", _attendee(viewer))
    calendar.add_component(event)
    return _written(calendar)


def feed_file(bookings: Iterable[Booking], viewer: User) -> bytes:
    """All the sessions of a member, for a calendar that reads them again and again."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", settings.SITE_NAME)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH_WORD)
    for booking in bookings:
        calendar.add_component(_event(booking, viewer, canceled=False, stamp=vars(booking)["changed_at"]))
    return _written(calendar)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//sessions//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _written(calendar: Calendar) -> bytes:
    content: bytes = calendar.to_ical()
    return content


def calendar_attachment(booking: Booking, viewer: User, method: str) -> Attachment:
    return Attachment("session.ics", f"text/calendar; method={method}", calendar_file(booking, viewer, method))


def _event(booking: Booking, viewer: User, *, canceled: bool, stamp: datetime | None = None) -> Event:
    event = Event()
    event.add("uid", f"{booking.reference}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", stamp or clock.now())
    event.add("dtstart", booking.meets_at)
    event.add("dtend", booking.meets_until)
    event.add("summary", _title(booking, viewer))
    event.add("description", _description(booking))
    event.add("url", settings.BASE_URL + booking.get_absolute_url())
    event.add("status", "CANCELLED" if canceled else "CONFIRMED")
    # Each version of an event is newer than the one before; the cancellation is the last.
    event.add("sequence", booking.agreed_changes + int(canceled))
    return event


def _attendee(viewer: User) -> vCalAddress:
    """He agreed already: his calendar has nothing to ask him, and nobody waits for its answer."""
    attendee = _person(viewer.email, viewer.get_full_name())
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(name)
    return person


def _title(booking: Booking, viewer: User) -> str:
    return _("%(subject)s, avec %(name)s") % {
        "subject": booking.subject,
        "name": booking.other(viewer).get_full_name(),
    }


def _description(booking: Booking) -> str:
    return _("Session vidéo sur %(site)s. La salle est ouverte toute la journée\u202f: %(url)s") % {
        "site": settings.SITE_NAME,
        "url": settings.BASE_URL + booking.get_absolute_url(),
    }


def google_url(booking: Booking, viewer: User) -> str:
    span = "/".join(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}" for at in (booking.meets_at, booking.meets_until))
    return f"{_GOOGLE}?" + urlencode(
        {
            "action": "TEMPLATE",
            "text": _title(booking, viewer),
            "dates": span,
            "details": _description(booking),
        }
    )


def outlook_url(booking: Booking, viewer: User) -> str:
    return f"{_OUTLOOK}?" + urlencode(
        {
            "path": "/calendar/action/compose",
            "rru": "addevent",
            "subject": _title(booking, viewer),
            "startdt": f"{booking.meets_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "enddt": f"{booking.meets_until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "body": _description(booking),
        }
    )
