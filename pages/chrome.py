"""Header, bottom bar and footer: counts, today’s rooms, theme, language. Lazy: what is not printed costs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

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


@dataclass(frozen=True)
class Entry:
    """A link of a menu."""

    label: str | Promise
    href: str
    icon: str = ""


@dataclass(frozen=True)
class Choice:
    """A value of a switch."""

    value: str
    label: str | Promise


class Chrome:
    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def member(self) -> User | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, User) else None

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
    def themes(self) -> list[Choice]:
        return [
            Choice(Theme.SYSTEM.value, _("Auto")),
            Choice(Theme.LIGHT.value, _("Clair")),
            Choice(Theme.DARK.value, _("Sombre")),
        ]

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[Choice]:
        return [Choice("fr", "Français"), Choice("en", "English")]

    @property
    def account_entries(self) -> Sequence[Entry]:
        return _account_entries(of_team=bool(self.member and self.member.is_staff))

    @property
    def footer_entries(self) -> Sequence[Entry]:
        return _footer_entries(signed_in=self.member is not None)


# Labels are lazy: the same entries serve every language.


@cache
def _account_entries(*, of_team: bool) -> list[Entry]:
    entries = [
        Entry(_("Mon compte"), reverse("pages:account"), "layout-dashboard"),
        Entry(_("Mes sessions vidéo"), reverse("bookings:my_sessions"), "video"),
        Entry(_("Modifier mon profil"), reverse("pages:profile_edit"), "pencil"),
        Entry(_("Mon offre de formation"), reverse("catalog:offer"), "graduation-cap"),
        Entry(_("Revenus"), reverse("billing:earnings"), "banknote"),
        Entry(_("Factures"), reverse("billing:invoices"), "receipt-euro"),
        Entry(_("Crédit"), reverse("billing:credit"), "wallet"),
        Entry(_("Mes demandes à l’équipe"), reverse("support:tickets"), "inbox"),
        Entry(_("Mes préférences"), reverse("pages:preferences"), "settings"),
    ]
    if of_team:
        entries.append(Entry(_("Équipe"), reverse("pages:team"), "shield-check"))
        entries.append(Entry(_("Administration"), reverse("admin:index"), "settings"))
    return entries


@cache
def _footer_entries(*, signed_in: bool) -> list[Entry]:
    # On phones the header has no menu: the way out is here.
    leave = [Entry(_("Se déconnecter"), reverse("account_logout"))] if signed_in else []
    return [
        Entry(_("Aide"), reverse("pages:help")),
        Entry(_("Nous écrire"), reverse("support:contact")),
        Entry(_("Tester ma vidéo"), reverse("sessions_video:check")),
        Entry(_("Devenir mentor"), reverse("pages:become_mentor")),
        Entry(_("Règles des avis"), reverse("pages:review_policy")),
        Entry(_("Classement"), reverse("pages:ranking_policy")),
        Entry(_("Conditions d’utilisation"), reverse("pages:terms")),
        Entry(_("Conditions de prestation"), reverse("pages:service_terms")),
        Entry(_("Confidentialité"), reverse("pages:privacy")),
        Entry(_("Cookies"), reverse("pages:cookies")),
        Entry(_("Mentions légales"), reverse("pages:legal_notice")),
        Entry(_("Accessibilité"), reverse("pages:accessibility")),
        *leave,
    ]
