"""Reads about members."""

from functools import cache
from zoneinfo import available_timezones

from django.core.validators import slug_re
from django.http import Http404

from accounts.legal import VERSIONS
from accounts.models import LegalAcceptance, MemberPage, User

# Old aliases and zones that are no place: confusing in a list, still valid when stored.
_NOT_PLACES = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@cache
def place_names() -> tuple[str, ...]:
    """Time zones named after a place, as `Europe/Paris`."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(_NOT_PLACES)))


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
    return LegalAcceptance.objects.filter(user=user, document=document, version=VERSIONS[document]).exists()
