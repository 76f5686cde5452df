"""« Voir comme »: somebody of the team looks at the site as a member sees it. He reads, and nothing more.

The session stays his own; it remembers whom he looks at and until when. What is private between two members (their
conversations, the room), what opens other doors (addresses, second factors, secret calendars) and what asks a bank is
not shown. `accounts.middleware.ViewAsMiddleware` holds the line for every page, `accounts.sockets` for every socket.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.errors import NoReason, NotToBeSeen
from accounts.models import User
from accounts.services import record
from core import clock

KEY = "viewing_as"
LASTS = timedelta(minutes=30)
PERMISSION = "accounts.view_as_member"
END = "pages:team_view_end"
HIDDEN = (
    *("messaging:", "cases:", "sessions_video:room", "sessions_video:ice", "sessions_video:payment_return"),
    *("account_", "mfa_", "accounts:", "notifications:unsubscribe", "bookings:calendar_feed"),
    *("bookings:payment", "billing:onboarding", "billing:credit_payment", "admin:", "demo:", "pages:team"),
)


@dataclass(frozen=True)
class Viewing:
    member: User
    by: User
    until: datetime


def start(*, session: Any, member: User, by: User, reason: str, now: datetime | None = None) -> Viewing:
    """Raises NotToBeSeen for people of the team, NoReason without words."""
    moment = now or clock.now()
    if not (by.is_staff and by.has_perm(PERMISSION)):
        raise PermissionDenied
    if not reason.strip():
        raise NoReason
    if member.is_staff or member.pk == by.pk:
        raise NotToBeSeen
    record(actor=by, action="accounts.view_as", reference=f"user:{member.pk}", reason=reason.strip(), now=moment)
    until = moment + LASTS
    session[KEY] = {"member": member.pk, "by": by.pk, "until": until.isoformat()}
    return Viewing(member, by, until)


def current(session: Any, by: object) -> Viewing | None:
    """Whom the owner of this session looks at now; what ended, for whatever reason, is forgotten."""
    kept = session.get(KEY)
    if not kept:
        return None
    member = User.objects.select_related("page").filter(pk=kept["member"], is_staff=False).first()
    until = datetime.fromisoformat(kept["until"])
    if isinstance(by, User) and by.pk == kept["by"] and by.has_perm(PERMISSION) and member and clock.now() < until:
        return Viewing(member, by, until)
    end(session)
    return None


def end(session: Any) -> None:
    session.pop(KEY, None)


def is_hidden(name: str) -> bool:
    return name.startswith(HIDDEN)
