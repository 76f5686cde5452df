"""Reads composed from several apps for the public pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import User
from catalog.models import Skill
from mentors.models import MentorProfile
from mentors.selectors import bookable_mentors

FEATURED = 4
POPULAR = 3
SKILLS_SHOWN = 3


@dataclass(frozen=True)
class Featured:
    """A mentor as the home page shows him."""

    profile: MentorProfile
    user: User
    skills: str


def featured_mentors() -> list[Featured]:
    """The best marked mentors that can be booked now."""
    profiles = (
        bookable_mentors()
        .select_related("user__page")
        .prefetch_related("user__member_skills__skill")
        .order_by("-score", "id")[:FEATURED]
    )
    return [Featured(profile, profile.user, _skills_of(profile.user)) for profile in profiles]


def _skills_of(user: User) -> str:
    names = [row.skill.name for row in user.member_skills.all()[:SKILLS_SHOWN]]
    return ", ".join(names)


def popular_skills() -> Sequence[Skill]:
    """The skills most mentors offer, among those that can be booked."""
    bookable = Count("member_skills", filter=Q(member_skills__user__mentor_profile__is_bookable=True))
    return list(
        Skill.objects.filter(is_validated=True).annotate(mentors=bookable).order_by("-mentors", "name")[:POPULAR]
    )
