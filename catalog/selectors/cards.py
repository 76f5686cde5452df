"""A member as lists show him: one card, three queries for any number of them."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from catalog.models import MemberSkill
from mentors.models import MentorProfile
from mentors.selectors import bookable_mentors, usual_days

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


def for_cards(users: QuerySet[User]) -> QuerySet[User]:
    skills = MemberSkill.objects.filter(skill__is_validated=True).select_related("skill")
    return users.select_related("page", "mentor_profile").prefetch_related(
        Prefetch("member_skills", queryset=skills), "mentor_profile__availability"
    )


def featured_mentors(limit: int = 4) -> list[Card]:
    """Bookable mentors for the home page, best score first, those with a photo before the others."""
    best = bookable_mentors().filter(user__member_skills__skill__is_validated=True).order_by("-score", "pk").distinct()
    ids = list(best.values_list("user_id", flat=True)[: limit * 3])
    users = sorted(for_cards(User.objects.filter(pk__in=ids)), key=lambda user: ids.index(user.pk))
    users.sort(key=lambda user: not user.page.photo)
    return [card_of(user) for user in users[:limit]]


def card_of(user: User) -> Card:
    profile = mentor_profile_of(user)
    return Card(
        user=user,
        name=user.get_full_name(),
        href=user.page.get_absolute_url(),
        headline=user.page.headline,
        skills=[row.skill.name for row in _member_skills(user)[:SKILLS_SHOWN]],
        rate_cents=profile.hourly_rate_cents if profile and profile.is_bookable else None,
        is_bookable=bool(profile and profile.is_bookable),
        tenths=profile.rating_tenths if profile else None,
        count=profile.rating_count if profile else 0,
        days=usual_days(profile.availability.all()) if profile else "",
    )


def _member_skills(user: User) -> list[MemberSkill]:
    return list(user.member_skills.all())


def card_of_mentor(user: User) -> Card:
    """The card of one member, read afresh."""
    return card_of(for_cards(User.objects.filter(pk=user.pk)).get())


def mentor_profile_of(user: User) -> MentorProfile | None:
    """Without a query when it was selected along with the member."""
    return getattr(user, "mentor_profile", None)
