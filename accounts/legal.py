"""The legal texts members accept: every version there was, and what changed from one to the next.

A changed text gets a new version in the same commit, with what changed; the former template stays readable
(`pages.legal`). Until the day from which it is in force a version is announced: members are told by e-mail
(`notifications.services.announcements`), and may accept it early. Who accepted a former one only is asked again at his
first visit from that day on (`accounts.asking_again`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock

TERMS = "cgu"
PRIVACY = "confidentialite"
SERVICE_TERMS = "cgps"

# What they are called, and the name of their address.
TITLES: dict[str, str | Promise] = {
    TERMS: _("Conditions générales d’utilisation"),
    PRIVACY: _("Politique de confidentialité"),
    SERVICE_TERMS: _("Conditions générales de prestation de service"),
}
ADDRESSES = {TERMS: "pages:terms", PRIVACY: "pages:privacy", SERVICE_TERMS: "pages:service_terms"}

# What the terms promise: members know a new version at least so long before it is in force.
NOTICE = timedelta(days=15)
# From the first minute of the day of the announcement until the last member has his e-mail.
SENDING = timedelta(days=2)


@dataclass(frozen=True)
class Version:
    name: str
    # The day in Paris with whose first minute it is in force.
    since: date
    # In sentences, for who accepted the one before; empty for the first.
    changes: tuple[str | Promise, ...] = ()
    # The day in Paris from which members are told, if the release that holds it is live by then. None: of before the
    # launch, in force at once.
    announced_on: date | None = None


_FIRST = Version("2026-11", date(2026, 11, 21))
_SECOND = ("2026-11-22", date(2026, 11, 22))
_THIRD = ("2026-11-22-2", date(2026, 11, 22))

# Nobody was a member yet who could be told.
BEFORE_THE_LAUNCH = frozenset({_FIRST.name, _SECOND[0], _THIRD[0]})

# The oldest first.
HISTORY: dict[str, tuple[Version, ...]] = {
    TERMS: (
        _FIRST,
        Version(*_SECOND, (_("Vous fermez votre compte vous-même, depuis vos préférences, sans nous écrire."),)),
    ),
    PRIVACY: (
        _FIRST,
        Version(
            *_SECOND,
            (
                _("Vous recevez vos données et fermez votre compte vous-même, depuis vos préférences."),
                _("Ce qu’un visiteur nous écrit sans avoir de compte est effacé au bout d’un certain temps."),
            ),
        ),
        Version(
            *_THIRD, (_("Si un service extérieur suit nos pannes, il est nommé parmi ceux qui reçoivent des données."),)
        ),
    ),
    SERVICE_TERMS: (_FIRST,),
}


def _today(now: datetime | None) -> date:
    return (now or clock.now()).astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def latest_in_force(versions: Sequence[Version], now: datetime | None = None) -> Version:
    day = _today(now)
    begun = (version for version in reversed(versions) if version.announced_on is None or version.since <= day)
    return next(begun, versions[0])


def next_announced(versions: Sequence[Version], now: datetime | None = None) -> Version | None:
    """None, too, while the day of the announcement has not come: a release may hold it before."""
    day, later = _today(now), versions[versions.index(latest_in_force(versions, now)) + 1 :]
    return next((version for version in later[:1] if version.announced_on and version.announced_on <= day), None)


def in_force(document: str, now: datetime | None = None) -> Version:
    return latest_in_force(HISTORY[document], now)


def announced(document: str, now: datetime | None = None) -> Version | None:
    """The one that is in force next."""
    return next_announced(HISTORY[document], now)


def address_of(document: str, version: Version) -> str:
    """Where this very version is read, today and later."""
    return reverse("pages:legal_version", args=[ADDRESSES[document].removeprefix("pages:"), version.name])


def fingerprint() -> str:
    """Of all that is in force: another one as soon as a new version of a text is."""
    return ",".join(f"{document}={in_force(document).name}" for document in sorted(HISTORY))
