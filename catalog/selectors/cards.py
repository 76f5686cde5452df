"""A member as lists show him: one card, one query for any number of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.validators import slug_re
from django.db.models import BigIntegerField, F, Func, OuterRef, QuerySet, Value
from django.db.models.functions import JSONArray
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Face, MemberPage, User, photo_url
from catalog.models import Listing, MemberSkill, Skill
from catalog.rules import answer_step, days_in
from core.addresses import address_of
from core.money import half_up
from core.prepared import Prepared, is_among
from mentors.models import AvailabilityHint, MentorProfile
from mentors.selectors import days_in_words

SKILLS_SHOWN = 4
# On the home page.
FEATURED = 4
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

    # His account where he is shown alone, a Face in lists.
    user: Any
    name: str
    href: str
    headline: str
    skills: tuple[str, ...]
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


def _with_people(chosen: QuerySet[Listing]) -> QuerySet[Listing]:
    """The chosen rows, in their order, to be joined to people and pages: a few rows, where the choice looks at many."""
    return Listing.objects.filter(pk__in=chosen.values("pk")).order_by(*chosen.query.order_by)


@Prepared
def _best_listings() -> QuerySet[Listing]:
    best = Listing.objects.filter(is_listed=True, is_bookable=True).order_by("-score", "user_id")
    return _with_people(best[: FEATURED * 3]).select_related("user__page")


def featured_mentors() -> list[Card]:
    """Bookable mentors for the home page, best score first, those with a photo before the others."""
    rows = sorted(_best_listings.rows(), key=lambda row: not row.user.page.photo)
    return [card_of(row) for row in rows[:FEATURED]]


class _Line(NamedTuple):
    """What a card is made of, as columns."""

    first_name: str
    last_name: str
    photo: str
    slug: str
    headline: str
    skill_names: list[str]
    rate_cents: int | None
    is_bookable: bool
    mark_sum: int
    mark_count: int
    days: int
    answer_minutes: int | None


_OF_USER, _OF_PAGE = ("first_name", "last_name"), ("photo", "slug", "headline")
_OF_LISTING = _Line._fields[len(_OF_USER + _OF_PAGE) :]
_COLUMNS = [*(f"user__{name}" for name in _OF_USER), *(f"user__page__{name}" for name in _OF_PAGE), *_OF_LISTING]


def card_of(row: Listing) -> Card:
    parts = ((row.user, _OF_USER), (row.user.page, _OF_PAGE), (row, _OF_LISTING))
    return _card(row.user, _Line(*(getattr(part, name) for part, names in parts for name in names)), get_language())


def lines_of(chosen: QuerySet[Listing]) -> QuerySet[Listing, tuple[Any, ...]]:
    """What the cards of many members hold, in the order of `chosen`: columns cost a third of three objects for each."""
    return _with_people(chosen).values_list(*_COLUMNS)


@Prepared
def _lines_of_members(members: list[int]) -> QuerySet[Listing, tuple[Any, ...]]:
    among = is_among("user_id", members, BigIntegerField())
    place = Func(Value(members, ArrayField(BigIntegerField())), F("user_id"), function="array_position")
    return Listing.objects.filter(among).order_by(place).values_list(*_COLUMNS)


def cards_of_members(members: list[int]) -> list[Card]:
    """In this order."""
    return cards_of(_lines_of_members.rows(members)) if members else []


def cards_of(lines: Iterable[tuple[Any, ...]]) -> list[Card]:
    """The cards of `lines_of`."""
    language = get_language()
    return [
        _card(Face(line.first_name, line.last_name, photo_url(line.photo)), line, language)
        for line in map(_Line._make, lines)
    ]


@lru_cache(512)
def _days(bits: int, language: str | None) -> str:
    """The days of a listing in words of this language, the one being spoken."""
    return days_in_words(days_in(bits))


def _card(user: User | Face, line: _Line, language: str | None) -> Card:
    return Card(
        user=user,
        name=user.get_full_name(),
        href=address_of("pages:profile", line.slug),
        headline=line.headline,
        skills=tuple(line.skill_names[:SKILLS_SHOWN]),
        rate_cents=line.rate_cents,
        is_bookable=line.is_bookable,
        tenths=half_up(10 * line.mark_sum, line.mark_count) if line.mark_count else None,
        count=line.mark_count,
        days=_days(line.days, language),
        answer_minutes=line.answer_minutes,
    )


@Prepared
def _rows(user: int) -> QuerySet[Listing]:
    return Listing.objects.select_related("user__page").defer("document", "facets", "name").filter(user=user)


def card_of_mentor(user: User) -> Card:
    """The card of one member: everybody has a row."""
    [row] = _rows.rows(user.pk)
    return card_of(row)


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
    row = _sheets.first(slug) if slug_re.match(slug) else None
    if row is None:
        raise Http404
    return Sheet(
        card=card_of(row),
        page=row.user.page,
        mentor=mentor_profile_of(row.user),
        skills=[Skill(name=name, slug=address) for name, address in row.skill_rows],
        hints=[_hint(*hint) for hint in row.hint_rows],
    )


@Prepared
def _sheets(slug: str) -> QuerySet[Any, Any]:
    skills = MemberSkill.objects.filter(
        user=OuterRef("pk"), skill__is_validated=True, skill__category__is_validated=True
    ).order_by("created_at", "pk")
    hints = AvailabilityHint.objects.filter(mentor__user=OuterRef("pk")).order_by("weekday", "starts")
    return (
        Listing.objects.filter(user__page__slug=slug, user__is_active=True)
        .select_related("user__page", "user__mentor_profile")
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
