"""« Communauté »: members by skill (SK-28), bookable mentors first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TypedDict, cast

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.functional import cached_property

from accounts.models import User
from catalog.models import Category, MemberSkill, Skill
from catalog.rules import BEST_RATED, CHEAPEST, EVENINGS, PRICE_BANDS, RELEVANCE, WEEKDAYS, WEEKEND
from catalog.selectors.cards import Card, card_of, for_cards
from mentors.models import AvailabilityHint
from mentors.rules import EVENING, SATURDAY

PAGE_SIZE = 24
BOOKABLE = Q(mentor_profile__is_bookable=True)
# As the indexes of MentorProfile are sorted.
BOOKABLE_FIRST = {
    RELEVANCE: ["-mentor_profile__score", "mentor_profile__pk"],
    CHEAPEST: ["mentor_profile__hourly_rate_cents", "mentor_profile__pk"],
}
# Longer lists are walked along an index, and their figures kept for a minute: nobody counts to two thousand.
LONG = 2_000
FIGURES_SECONDS = 60


@dataclass(frozen=True)
class CommunityFilters:
    """What a visitor asks for. `skills` None means any skill; an empty list means that no skill has this name."""

    skills: Sequence[Skill] | None = None
    category: Category | None = None
    bookable: bool = False
    prices: Sequence[str] = ()
    days: Sequence[str] = ()
    language: str = ""
    sort: str = RELEVANCE

    @property
    def key(self) -> str:
        """The same for the same list, whatever its order."""
        skills = None if self.skills is None else sorted(skill.pk for skill in self.skills)
        category = self.category.pk if self.category else None
        return sha256(
            repr((skills, category, self.bookable, sorted(self.prices), sorted(self.days), self.language)).encode()
        ).hexdigest()

    @property
    def count(self) -> int:
        """How many filters narrow the list, the skill aside."""
        chosen = [self.bookable, bool(self.prices), bool(self.days), bool(self.language), self.category is not None]
        return sum(chosen)


@dataclass(frozen=True)
class Results:
    """A page of the list. `members` and `bookable` count everybody with the skill, whatever the other filters."""

    page: Page[User]
    cards: list[Card] = field(default_factory=list)
    members: int = 0
    bookable: int = 0

    @property
    def count(self) -> int:
        return self.page.paginator.count


class CountedPaginator(Paginator[User]):
    """A paginator that was told the number of rows, counted together with the other figures of the page."""

    def __init__(self, rows: QuerySet[User], page_size: int, count: int) -> None:
        super().__init__(rows, page_size)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known


class Figures(TypedDict):
    """How many members have the skill, how many of them are bookable, and how many of each pass the filters."""

    members: int
    bookable: int
    found: int
    found_bookable: int


def search_community(
    filters: CommunityFilters, page_number: str | int = 1, *, page_size: int = PAGE_SIZE, long: int = LONG
) -> Results:
    """Three queries for the page, one for the figures; one more where bookable mentors end in a long list."""
    members, wanted = _with_skill(filters), _wanted(filters)
    figures = _figures(filters, members, wanted)
    rows = members.filter(wanted)
    ordered = for_cards(rows).order_by(*_order(filters.sort))
    page = CountedPaginator(ordered, page_size, figures["found"]).get_page(page_number)
    if figures["found"] > long and filters.sort in BOOKABLE_FIRST:
        start = page.start_index() - 1
        page.object_list = _walk(rows, filters.sort, start, start + page_size, figures["found_bookable"])
    return Results(page, [card_of(user) for user in page.object_list], figures["members"], figures["bookable"])


def _figures(filters: CommunityFilters, members: QuerySet[User], wanted: Q) -> Figures:
    key = f"community:{filters.key}"
    known: Figures | None = cache.get(key)
    if known is not None:
        return known
    counted = cast(
        Figures,
        members.aggregate(
            members=Count("pk"),
            bookable=Count("pk", filter=BOOKABLE),
            found=Count("pk", filter=wanted),
            found_bookable=Count("pk", filter=wanted & BOOKABLE),
        ),
    )
    if counted["members"] > LONG:
        cache.set(key, counted, FIGURES_SECONDS)
    return counted


def _walk(rows: QuerySet[User], sort: str, start: int, stop: int, bookable: int) -> list[User]:
    """A page of a long list: bookable mentors along their index, then the others, without sorting everybody."""
    first = for_cards(rows.filter(BOOKABLE)).order_by(*BOOKABLE_FIRST[sort])
    found = list(first[start:stop]) if start < bookable else []
    if stop > bookable:
        others = for_cards(rows.filter(~BOOKABLE | Q(mentor_profile=None))).order_by("pk")
        found += others[max(start - bookable, 0) : stop - bookable]
    return found


def _with_skill(filters: CommunityFilters) -> QuerySet[User]:
    declared = MemberSkill.objects.filter(user=OuterRef("pk"), skill__is_validated=True)
    if filters.skills is not None:
        declared = declared.filter(skill__in=[skill.pk for skill in filters.skills])
    return User.objects.filter(Exists(declared), is_active=True, page__isnull=False)


def _wanted(filters: CommunityFilters) -> Q:
    wanted = Q()
    if filters.category:
        wanted &= Q(Exists(MemberSkill.objects.filter(user=OuterRef("pk"), skill__category=filters.category)))
    if filters.bookable:
        wanted &= Q(mentor_profile__is_bookable=True)
    if filters.prices:
        wanted &= _any(_in_band(name) for name in filters.prices)
    if filters.days:
        hints = AvailabilityHint.objects.filter(mentor__user=OuterRef("pk"))
        wanted &= Q(Exists(hints.filter(_any(_on(name) for name in filters.days))))
    if filters.language:
        wanted &= Q(page__languages__unaccent__icontains=filters.language)
    return wanted


def _any(conditions: Iterable[Q]) -> Q:
    either = Q()
    for condition in conditions:
        either |= condition
    return either


def _in_band(name: str) -> Q:
    band = PRICE_BANDS[name]
    rate = Q(mentor_profile__is_bookable=True, mentor_profile__hourly_rate_cents__gte=band.from_cents)
    return rate if band.to_cents is None else rate & Q(mentor_profile__hourly_rate_cents__lt=band.to_cents)


def _on(name: str) -> Q:
    return {
        WEEKDAYS: Q(weekday__lt=SATURDAY),
        WEEKEND: Q(weekday__gte=SATURDAY),
        EVENINGS: Q(ends__gt=EVENING),
    }[name]


def _order(sort: str) -> list[OrderBy | str]:
    score = F("mentor_profile__score").desc(nulls_last=True)
    if sort == BEST_RATED:
        return [F("mentor_profile__rating_count").desc(nulls_last=True), score, "pk"]
    bookable = F("mentor_profile__is_bookable").desc(nulls_last=True)
    rate = [F("mentor_profile__hourly_rate_cents").asc(nulls_last=True)] if sort == CHEAPEST else []
    return [bookable, *rate, score, "pk"]
