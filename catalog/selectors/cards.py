"""A member as lists show him: one card, one query for any number of them."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.validators import slug_re
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONArray
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import MemberPage, User
from catalog.models import Listing, MemberSkill, Skill
from catalog.rules import answer_step, days_in
from core.money import half_up
from mentors.models import AvailabilityHint, MentorProfile
from mentors.selectors import days_in_words

SKILLS_SHOWN = 4
# In the order of the steps of `rules`.
ANSWERS = (
    _("Répond en moins d’une heure"),
    _("Répond en quelques heures"),
    _("Répond dans la journée"),
    _("Répond en deux jours"),
    _("Répond en plus de deux jours"),
)


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
    answer_minutes: int | None

    @property
    def line(self) -> str:
        return self.headline or ", ".join(self.skills)

    @property
    def answers(self) -> str:
        """How fast, in words; empty when it is not known or no request can be sent."""
        if self.answer_minutes is None or not self.is_bookable:
            return ""
        return str(ANSWERS[answer_step(self.answer_minutes)])


def for_cards(chosen: QuerySet[Listing]) -> QuerySet[Listing]:
    """What cards show of the chosen rows, in their order. People and pages are joined to these few rows only."""
    rows = Listing.objects.filter(pk__in=chosen.values("pk")).order_by(*chosen.query.order_by)
    return rows.select_related("user__page").only(
        "rate_cents",
        "is_bookable",
        "mark_sum",
        "mark_count",
        "days",
        "answer_minutes",
        "skill_names",
        "user__first_name",
        "user__last_name",
        "user__page__slug",
        "user__page__photo",
        "user__page__headline",
    )


def featured_mentors(limit: int = 4) -> list[Card]:
    """Bookable mentors for the home page, best score first, those with a photo before the others."""
    best = Listing.objects.filter(is_listed=True, is_bookable=True).order_by("-score", "user_id")
    rows = sorted(for_cards(best[: limit * 3]), key=lambda row: not row.user.page.photo)
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
        answer_minutes=row.answer_minutes,
    )


def card_of_mentor(user: User) -> Card:
    """The card of one member."""
    return card_of(for_cards(Listing.objects.filter(user=user)).get())


@dataclass(frozen=True)
class Sheet:
    """What the page of one member shows of the lower apps."""

    card: Card
    page: MemberPage
    mentor: MentorProfile
    skills: list[Skill]
    hints: list[AvailabilityHint]


def get_sheet(slug: str) -> Sheet:
    """By the address of the page, in one query. 404 when there is none or the account is closed."""
    row = _sheets().filter(user__page__slug=slug, user__is_active=True).first() if slug_re.match(slug) else None
    if row is None:
        raise Http404
    return Sheet(
        card=card_of(row),
        page=row.user.page,
        mentor=mentor_profile_of(row.user),
        skills=[Skill(name=name, slug=address) for name, address in row.skill_rows],
        hints=[_hint(*hint) for hint in row.hint_rows],
    )


def _sheets() -> QuerySet[Any, Any]:
    skills = MemberSkill.objects.filter(
        user=OuterRef("pk"), skill__is_validated=True, skill__category__is_validated=True
    ).order_by("created_at", "pk")
    hints = AvailabilityHint.objects.filter(mentor__user=OuterRef("pk")).order_by("weekday", "starts")
    return (
        Listing.objects.select_related("user__page", "user__mentor_profile")
        .defer("document", "facets", "name")
        .annotate(
            skill_rows=ArraySubquery(skills.values_list(JSONArray("skill__name", "skill__slug"))),
            hint_rows=ArraySubquery(hints.values_list(JSONArray("weekday", "starts", "ends"))),
        )
    )


def _hint(weekday: int, starts: str, ends: str) -> AvailabilityHint:
    return AvailabilityHint(weekday=weekday, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends))


def mentor_profile_of(user: User) -> MentorProfile:
    """Without a query when it was selected along with the member; an unsaved draft when he never asked."""
    return getattr(user, "mentor_profile", None) or MentorProfile(user=user)
