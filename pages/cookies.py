"""Every cookie the product sets, what for and for how long: the page « Cookies » prints this list, a test compares it.

All are needed for what the visitor asked for, so nobody is asked for his consent (loi Informatique et Libertés,
art. 82).
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from pages.chrome import THEME_COOKIE

SECONDS_PER_DAY = 86_400
ONE_YEAR = 365 * SECONDS_PER_DAY


@dataclass(frozen=True)
class Cookie:
    name: str
    purpose: str | Promise
    when: str | Promise
    # Seconds; None: until the browser is closed, or sooner.
    max_age: int | None

    @property
    def days(self) -> int | None:
        return None if self.max_age is None else self.max_age // SECONDS_PER_DAY


COOKIES = (
    Cookie(
        settings.SESSION_COOKIE_NAME, _("Rester connecté"), _("quand vous vous connectez"), settings.SESSION_COOKIE_AGE
    ),
    Cookie(
        settings.CSRF_COOKIE_NAME,
        _("Protéger les formulaires"),
        _("quand une page montre un formulaire"),
        settings.CSRF_COOKIE_AGE,
    ),
    Cookie("messages", _("Confirmer ce que vous venez de faire, à la page suivante"), _("après un formulaire"), None),
    Cookie(THEME_COOKIE, _("Se souvenir du thème choisi"), _("quand vous choisissez un thème"), ONE_YEAR),
    Cookie(
        settings.LANGUAGE_COOKIE_NAME,
        _("Se souvenir de la langue choisie"),
        _("quand vous choisissez une langue"),
        ONE_YEAR,
    ),
)
