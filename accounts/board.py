"""The queues of the team as they are now, for `/equipe/` and for the first page of the administration."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.models import User
from accounts.waiting import age_in_words
from core import clock, queues, values
from core.queues import Queue, Watched


@dataclass(frozen=True)
class Waiting:
    """One queue as it is now."""

    queue: Queue
    count: int = 0
    # How many are past their target.
    late: int = 0
    since: datetime | None = None
    due: datetime | None = None
    oldest_url: str = ""

    @property
    def url(self) -> str:
        return reverse(f"{self.queue.page}_changelist")

    @property
    def age(self) -> str:
        """How long the oldest has waited."""
        return age_in_words(clock.now() - self.since) if self.since else ""

    @property
    def late_words(self) -> str:
        return ngettext("%(late)d en retard", "%(late)d en retard", self.late) % {"late": self.late}


def waiting_for(user: User) -> list[Waiting]:
    """The queues this person may read: those past their target first, then by their oldest row, empty ones last."""
    now = clock.now()
    found = [_look(queue, now) for queue in queues.registered().values() if user.has_perm(queue.permission)]
    return sorted(found, key=lambda each: (not each.count, not each.late, each.since or now))


def watched_by(user: User) -> list[tuple[Watched, int]]:
    return [(each, each.count()) for each in queues.all_watched().values() if user.has_perm(each.permission)]


def _look(queue: Queue, now: datetime) -> Waiting:
    rows = queue.rows()
    oldest = rows.first()
    if oldest is None:
        return Waiting(queue)
    since: datetime = getattr(oldest, queue.since)
    late, due = 0, None
    if queue.due:
        late, due = rows.filter(**{f"{queue.due}__lt": now}).count(), getattr(oldest, queue.due)
    elif queue.target:
        allowed = timedelta(hours=values.value(queue.target))
        late, due = rows.filter(**{f"{queue.since}__lt": now - allowed}).count(), since + allowed
    return Waiting(queue, rows.count(), late, since, due, reverse(f"{queue.page}_change", args=[oldest.pk]))
