"""One change of one room, as its transaction sees it."""

from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import User
from sessions_video.models import EventKind, Extension, Lease, RoomEvent, VideoSession
from sessions_video.rules import Meter
from sessions_video.states import Role


@dataclass
class Turn:
    """One locked session, its meter and the instant `t` that counts in this transaction.

    `extension` is the newest one of the session, decided or not.
    """

    row: VideoSession
    meter: Meter
    t: int
    leases: dict[UUID, Lease]
    extension: Extension | None = None
    news: list[RoomEvent] = field(default_factory=list)
    joining: dict[UUID, tuple[User, UUID]] = field(default_factory=dict)

    def note(self, kind: EventKind, role: Role | None = None, *, at: int | None = None, detail: str = "") -> None:
        self.news.append(
            RoomEvent(
                video_session=self.row,
                at=self.meter.last_ms if at is None else at,
                kind=kind,
                role=role or "",
                detail=detail,
            )
        )
