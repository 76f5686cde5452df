"""Reads about members."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.validators import slug_re
from django.http import Http404
from django.urls import reverse

from accounts import legal
from accounts.models import LegalAcceptance, MemberPage, User


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
    # What changed since the version he accepted, the newest last.
    changes: list[str]


def texts_to_accept(user: User) -> list[NewText]:
    """Nothing for who never accepted any: the sign-up and the request to become a mentor ask that."""
    accepted: dict[str, set[str]] = {}
    for document, version in LegalAcceptance.objects.filter(user=user).values_list("document", "version"):
        accepted.setdefault(document, set()).add(version)
    return [
        _new_text(document, versions)
        for document, versions in accepted.items()
        if document in legal.HISTORY and legal.in_force(document).name not in versions
    ]


def _new_text(document: str, accepted: set[str]) -> NewText:
    history = legal.HISTORY[document]
    last = max((index for index, version in enumerate(history) if version.name in accepted), default=-1)
    return NewText(
        document=document,
        title=str(legal.TITLES[document]),
        address=reverse(legal.ADDRESSES[document]),
        version=history[-1],
        changes=[str(change) for version in history[last + 1 :] for change in version.changes],
    )
