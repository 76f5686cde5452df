"""A member as lists show him: one card, one query for any number of them."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import User
from catalog.models import Listing
from catalog.rules import days_in
from core.money import half_up
from mentors.models import MentorProfile
from mentors.selectors import days_in_words

SKILLS_SHOWN = 4


@dataclass(frozen=True)
class Card:
    """One member in a list."""

    user: User
    name: str
    href: str
    headline: str
    skills: list[str]
    rate_cents: int | None
    is_bookable: bool
    tenths: int | None
    count: int
    days: str

    @property
    def line(self) -> str:
        return self.headline or ", ".join(self.skills)


def for_cards(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    return rows.select_related("user__page").only(
        "rate_cents",
        "is_bookable",
        "mark_sum",
        "mark_count",
        "days",
        "skill_names",
        "user__first_name",
        "user__last_name",
        "user__page__slug",
        "user__page__photo",
        "user__page__headline",
    )


def featured_mentors(limit: int = 4) -> list[Card]:
    """Bookable mentors for the home page, best score first, those with a photo before the others."""
    best = for_cards(Listing.objects.filter(is_listed=True, is_bookable=True)).order_by("-score", "user_id")
    rows = sorted(best[: limit * 3], key=lambda row: not row.user.page.photo)
    return [card_of(row) for row in rows[:limit]]


def card_of(row: Listing) -> Card:
    return Card(
        user=row.user,
        name=row.user.get_full_name(),
        href=row.user.page.get_absolute_url(),
        headline=row.user.page.headline,
        skills=row.skill_names[:SKILLS_SHOWN],
        rate_cents=row.rate_cents,
        is_bookable=row.is_bookable,
        tenths=half_up(10 * row.mark_sum, row.mark_count) if row.mark_count else None,
        count=row.mark_count,
        days=days_in_words(days_in(row.days)),
    )


def card_of_mentor(user: User) -> Card:
    """The card of one member."""
    return card_of(for_cards(Listing.objects.filter(user=user)).get())


@dataclass(frozen=True)
class Sheet:
    """What the page of one member begins with: his card, his page and his request to be a mentor."""

    card: Card
    mentor: MentorProfile


def get_sheet(slug: str) -> Sheet:
    """By the address of the page. 404 when there is none or the account is closed."""
    row = (
        Listing.objects.select_related("user__page", "user__mentor_profile")
        .defer("document")
        .filter(user__page__slug=slug, user__is_active=True)
        .first()
    )
    if row is None:
        raise Http404
    return Sheet(card_of(row), mentor_profile_of(row.user))


def mentor_profile_of(user: User) -> MentorProfile:
    """Without a query when it was selected along with the member; an unsaved draft when he never asked."""
    return getattr(user, "mentor_profile", None) or MentorProfile(user=user)
