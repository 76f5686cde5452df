"""Reads about members."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.validators import slug_re
from django.http import Http404
from django.utils.translation import gettext as _

from accounts import legal
from accounts.models import LegalAcceptance, MemberPage, User
from core.templatetags.house import day


def get_page_by_slug(slug: str) -> MemberPage:
    """A member's public page. 404 when there is none or the account is closed."""
    if not slug_re.match(slug):
        raise Http404
    page = MemberPage.objects.select_related("user").filter(slug=slug, user__is_active=True).first()
    if page is None:
        raise Http404
    return page


def page_of(user: User) -> MemberPage:
    """The member's page; an empty unsaved one for accounts made outside the sign-up."""
    return MemberPage.objects.filter(user=user).first() or MemberPage(user=user)


def has_accepted(user: User, document: str) -> bool:
    """Whether the member accepted the version of `document` now in force."""
    return LegalAcceptance.objects.filter(user=user, document=document, version=legal.in_force(document).name).exists()


def has_second_factor(user: User) -> bool:
    """Codes on paper do not count: they only replace what was lost."""
    found = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(found.exists())


def works_for_team(user: User) -> bool:
    """Whoever sees and decides what is others' proves twice who he is."""
    return user.is_staff and (not settings.TEAM_NEEDS_SECOND_FACTOR or has_second_factor(user))


def by_address(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first() if "\x00" not in email else None


@dataclass(frozen=True)
class NewText:
    """A text with a version that the member has not accepted, while he accepted a former one."""

    document: str
    title: str
    address: str
    version: legal.Version
    is_in_force: bool
    # What changed since the version he accepted, the newest last.
    changes: list[str]

    @property
    def invitation(self) -> str:
        """The link to it, of one that is announced."""
        return _("%(title)s\u202f: lire la version en vigueur à partir du %(day)s") % {
            "title": self.title,
            "day": day(self.version.since),
        }


def texts_to_accept(user: User, now: datetime | None = None) -> list[NewText]:
    """Nothing for who never accepted any: the sign-up and the request to become a mentor ask that."""
    return _not_accepted(user, legal.in_force, now)


def announced_versions(documents: Iterable[str]) -> list[NewText]:
    """For who is about to accept these texts for the first time: he accepts what comes next with them."""
    return [_new_text(name, version, set()) for name in documents if (version := legal.announced(name))]


def texts_announced(user: User, now: datetime | None = None) -> list[NewText]:
    """Those that change soon, for who has not accepted that already."""
    return _not_accepted(user, legal.announced, now)


def _not_accepted(
    user: User, asked: Callable[[str, datetime | None], legal.Version | None], now: datetime | None
) -> list[NewText]:
    accepted: dict[str, set[str]] = {}
    for document, name in LegalAcceptance.objects.filter(user=user).order_by("pk").values_list("document", "version"):
        accepted.setdefault(document, set()).add(name)
    return [
        _new_text(document, version, names, now)
        for document, names in accepted.items()
        if document in legal.HISTORY and (version := asked(document, now)) and version.name not in names
    ]


def _new_text(document: str, asked: legal.Version, accepted: set[str], now: datetime | None = None) -> NewText:
    history, in_force = legal.HISTORY[document], legal.in_force(document, now)
    # What is in force already is asked on its own.
    known = accepted if asked == in_force else accepted | {in_force.name}
    last = max((index for index, version in enumerate(history) if version.name in known), default=-1)
    return NewText(
        document=document,
        title=str(legal.TITLES[document]),
        address=legal.address_of(document, asked),
        version=asked,
        is_in_force=asked == in_force,
        changes=[str(change) for each in history[last + 1 : history.index(asked) + 1] for change in each.changes],
    )
