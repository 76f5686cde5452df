"""Calendar files (RFC 5545). Hours are written in UTC, which every calendar shows in its owner's zone.

No address of a member is written: the product is the organizer, the recipient the only attendee.
"""

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


def calendar_file(booking: Booking, viewer: User, method: str = "PUBLISH") -> bytes:
    """The session as one event; `method` is PUBLISH, REQUEST or CANCEL (RFC 5546)."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.SITE_NAME}//sessions//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(booking, viewer, method))
    content: bytes = calendar.to_ical()
    return content


def calendar_attachment(booking: Booking, viewer: User, method: str) -> Attachment:
    return Attachment("session.ics", f"text/calendar; method={method}", calendar_file(booking, viewer, method))


def _event(booking: Booking, viewer: User, method: str) -> Event:
    canceled = method == "CANCEL" or booking.status == Status.CANCELED
    event = Event()
    event.add("uid", f"{booking.reference}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstamp", clock.now())
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("summary", _title(booking, viewer))
    event.add("description", _description(booking))
    event.add("url", settings.BASE_URL + booking.get_absolute_url())
    event.add("status", "CANCELLED" if canceled else "CONFIRMED")
    event.add("sequence", 1 if canceled else 0)
    if method != "PUBLISH":
        event.add("organizer", _person(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], settings.SITE_NAME))
        event.add("attendee", _person(viewer.email, viewer.get_full_name()))
    return event


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
    span = f"{booking.starts_at:%Y%m%dT%H%M%SZ}/{booking.ends_at:%Y%m%dT%H%M%SZ}"
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
            "rru": "addevent",
            "subject": _title(booking, viewer),
            "startdt": f"{booking.starts_at:%Y-%m-%dT%H:%M:%SZ}",
            "enddt": f"{booking.ends_at:%Y-%m-%dT%H:%M:%SZ}",
            "body": _description(booking),
        }
    )
