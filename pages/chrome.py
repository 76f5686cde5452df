"""Header, bottom bar and footer: counts, today’s rooms, theme, language. Lazy: what is not printed costs nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Theme, User
from bookings.models import Booking
from bookings.selectors import today_sessions
from messaging.selectors import unread_count as unread_messages
from notifications.selectors import unread_count as unread_notices

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

    @cached_property
    def unread_messages(self) -> int:
        return unread_messages(self.member) if self.member else 0

    @cached_property
    def unread_notices(self) -> int:
        return unread_notices(self.member) if self.member else 0

    @cached_property
    def today_sessions(self) -> Sequence[Booking]:
        return list(today_sessions(self.member)) if self.member else []

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
    def account_entries(self) -> list[Entry]:
        entries = [
            Entry(_("Mon compte"), reverse("pages:account"), "layout-dashboard"),
            Entry(_("Mes sessions vidéo"), reverse("bookings:my_sessions"), "video"),
            Entry(_("Modifier mon profil"), reverse("pages:profile_edit"), "pencil"),
            Entry(_("Mon offre de formation"), reverse("catalog:offer"), "graduation-cap"),
            Entry(_("Revenus"), reverse("billing:earnings"), "banknote"),
            Entry(_("Factures"), reverse("billing:invoices"), "receipt-euro"),
            Entry(_("Crédit"), reverse("billing:credit"), "wallet"),
            Entry(_("Mes préférences"), reverse("pages:preferences"), "settings"),
        ]
        if self.member and self.member.is_staff:
            entries.append(Entry(_("Administration"), reverse("admin:index"), "shield-check"))
        return entries

    @property
    def footer_entries(self) -> list[Entry]:
        # On phones the header has no menu: the way out is here.
        leave = [Entry(_("Se déconnecter"), reverse("account_logout"))] if self.member else []
        return [
            Entry(_("Aide"), reverse("pages:help")),
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
