"""The extensions of a session as its proof lists them: who asked, what for, and who answered what, when."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sessions_video.models import Extension, VideoSession
from sessions_video.selectors import moment
from sessions_video.states import ExtensionStatus, Role

_OUTCOMES: dict[str, tuple[str | Promise, Role | None]] = {
    ExtensionStatus.ACCEPTED: (_("Acceptée par %(name)s"), Role.MENTOR),
    ExtensionStatus.REFUSED: (_("Refusée par %(name)s"), Role.MENTOR),
    ExtensionStatus.WITHDRAWN: (_("Retirée par %(name)s"), Role.LEARNER),
    ExtensionStatus.LAPSED: (_("Restée sans réponse"), None),
}


@dataclass(frozen=True)
class Agreement:
    """`price_cents` is what was blocked when it was accepted; what was used of it is in the intervals."""

    minutes: int
    price_cents: int
    asked_by: str
    asked_at: datetime
    decided_at: datetime
    outcome: str


def agreements_of(video_session: VideoSession) -> list[Agreement]:
    """Every extension the mentor was asked for, in order."""
    asked = video_session.extensions.filter(asked_at__isnull=False, decided_at__isnull=False)
    return [_agreement(video_session, extension) for extension in asked]


def _agreement(video_session: VideoSession, extension: Extension) -> Agreement:
    words, role = _OUTCOMES[extension.status]
    return Agreement(
        minutes=extension.minutes,
        price_cents=extension.price_cents,
        asked_by=video_session.person(Role.LEARNER).get_short_name(),
        asked_at=moment(extension.asked_at or 0),
        decided_at=moment(extension.decided_at or 0),
        outcome=str(words) % {"name": video_session.person(role).get_short_name() if role else ""},
    )
