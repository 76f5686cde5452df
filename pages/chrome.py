"""Header, bottom bar and footer: counts, today’s rooms, theme, language. Lazy: what is not printed costs nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import get_language

from accounts.models import Theme, User
from accounts.viewing import Viewing
from bookings.models import Booking
from bookings.selectors import around_today, sessions_between, today_sessions
from core import clock
from core.prepared import Prepared, number_of
from messaging.selectors import unread_messages
from notifications.selectors import unread_notices


@Prepared
def _news_of(member: int, after: datetime, before: datetime) -> QuerySet[User, tuple[int, int, bool]]:
    user = User(pk=member)
    return User.objects.filter(pk=member).values_list(
        number_of(unread_messages(user)),
        number_of(unread_notices(user)),
        # Few have one today: only they are asked for more.
        Exists(sessions_between(user, after, before)),
    )


THEME_COOKIE = "theme"


class Chrome:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def member(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

    @property
    def is_member(self) -> bool:
        return self.member is not None

    @property
    def viewing(self) -> Viewing | None:
        """Whom somebody of the team looks at the site as."""
        return getattr(self._request, "viewing", None)

    @cached_property
    def _news(self) -> tuple[int, int, bool]:
        """Unread messages, unread notices, whether a session is near: one question for the whole frame."""
        if self.member is None:
            return 0, 0, False
        [news] = _news_of.rows(self.member.pk, *around_today(clock.now()))
        return news

    @property
    def unread_messages(self) -> int:
        return self._news[0]

    @property
    def unread_notices(self) -> int:
        return self._news[1]

    @cached_property
    def today_sessions(self) -> Sequence[Booking]:
        return today_sessions(self.member) if self.member and self._news[2] else []

    @cached_property
    def theme(self) -> str:
        """The account decides; a visitor's choice is in his cookie. Known before the first paint."""
        chosen = self.member.theme if self.member else self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in Theme.values else Theme.SYSTEM.value

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE
