"""Reads composed from several apps for the public pages."""

from collections.abc import Sequence

from django.db.models import Count, Q

from catalog.models import Skill

POPULAR = 3


def popular_skills() -> Sequence[Skill]:
    """The skills most mentors that can be booked offer."""
    bookable = Count("member_skills", filter=Q(member_skills__user__mentor_profile__is_bookable=True))
    return list(Skill.objects.validated().annotate(mentors=bookable).order_by("-mentors", "name")[:POPULAR])
