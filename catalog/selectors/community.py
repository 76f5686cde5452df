"""« Communauté »: members by skill and by words (SK-28), bookable mentors first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.core.paginator import Page
from django.db.models import Count, F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import OrderBy

from catalog.models import Category, Listing, Skill
from catalog.rules import BEST_RATED, CHEAPEST, MARKS, PRICE_BANDS, RELEVANCE, day_bits
from catalog.selectors.cards import Card, cards_of
from catalog.selectors.paging import MOST, PAGE_SIZE
from catalog.selectors.words import query_of
from core.paging import CountedPaginator

# As the indexes of Listing are sorted, so that a page is read from one of them.
ORDERS: dict[str, tuple[OrderBy | str, ...]] = {
    RELEVANCE: (F("is_bookable").desc(), F("score").desc(), "user_id"),
    CHEAPEST: (F("is_bookable").desc(), "rate_cents", "user_id"),
    BEST_RATED: (F("mark_count").desc(), F("score").desc(), "user_id"),
}


@dataclass(frozen=True)
class CommunityFilters:
    """What a visitor asks for. `skills` None means any skill.

    With `words`, members with one of `skills` come first, then those whose page holds the words.
    """

    skills: Sequence[Skill] | None = None
    words: str = ""
    category: Category | None = None
    bookable: bool = False
    prices: Sequence[str] = ()
    days: Sequence[str] = ()
    language: str = ""
    mark: str = ""
    sort: str = RELEVANCE

    @property
    def count(self) -> int:
        """How many filters narrow the list, the skill aside."""
        chosen = [self.bookable, self.prices, self.days, self.language, self.mark, self.category]
        return sum(map(bool, chosen))


@dataclass(frozen=True)
class Results:
    """A page of the list. `bookable` counts the mentors among `count`; both stop at `MOST`."""

    page: Page[Card]
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    bookable: int = 0
    # There are more than can be counted.
    is_long: bool = False
    # Nobody passes all the filters; somebody would without « réservable ».
    somebody_else: bool = False


def search_community(
    filters: CommunityFilters, page_number: str | int = 1, *, page_size: int = PAGE_SIZE, most: int = MOST
) -> Results:
    """One query for the figures, one for the page; one more where members with the skill end on it."""
    rows = _passing(filters)
    ways = _ways(filters)
    # Each way is read from an index of its own: « not the first » would make it a reading of every row.
    figures = _count(rows.filter(_any(ways)), most)
    count = min(figures["members"], most)
    page = CountedPaginator[Card]([], page_size, count).get_page(page_number)
    start = page.start_index() - 1
    if count:
        page.object_list = _page(rows, _tiers(ways), filters.sort, start, min(start + page_size, count))
    return Results(
        page,
        list(page.object_list),
        count,
        figures["bookable"],
        is_long=figures["members"] > most,
        somebody_else=not count and filters.bookable and _anybody(replace(filters, bookable=False)),
    )


def _anybody(filters: CommunityFilters) -> bool:
    return _passing(filters).filter(_any(_ways(filters))).exists()


def search_names(words: str, limit: int = PAGE_SIZE) -> list[Card]:
    """Members whose name looks like these words."""
    likeness = Func(Value(words), function="catalog_plain", output_field=TextField())
    rows = Listing.objects.filter(is_listed=True, name__trigram_word_similar=likeness)
    return cards_of(rows.order_by(*ORDERS[RELEVANCE])[:limit])


def _count(found: QuerySet[Listing], most: int) -> dict[str, int]:
    counted = found.order_by().values("user_id", "is_bookable")[: most + 1]
    return counted.aggregate(members=Count("user_id"), bookable=Count("user_id", filter=Q(is_bookable=True)))


def _ways(filters: CommunityFilters) -> list[Q]:
    """How a search finds somebody: by skill, by words on the page. Neither is asked for: everybody."""
    if filters.skills is None and not filters.words:
        return [Q()]
    skill = Q(facets__overlap=[f"s{skill.pk}" for skill in filters.skills or ()])
    query = query_of(filters.words)
    if query is None:
        return [skill]
    held = Q(document=query)
    return [skill, held] if filters.skills else [held]


def _tiers(ways: list[Q]) -> list[Q]:
    """The order of the published ranking, each member in one place only."""
    first, *others = ways
    return [first, *(other & ~first for other in others)]


def _page(rows: QuerySet[Listing], tiers: list[Q], sort: str, start: int, stop: int) -> list[Card]:
    """Tier after tier, each read along an index: the whole is never sorted."""
    taken: list[Card] = []
    for tier in tiers:
        found = cards_of(rows.filter(tier).order_by(*ORDERS[sort])[start:stop])
        taken += found
        wanted = stop - start - len(found)
        if not wanted or tier is tiers[-1]:
            break
        # Nothing found: the page begins in a later tier.
        start = 0 if found else start - rows.filter(tier).count()
        stop = start + wanted
    return taken


def _passing(filters: CommunityFilters) -> QuerySet[Listing]:
    rows = Listing.objects.filter(is_listed=True)
    if filters.category:
        rows = rows.filter(facets__contains=[f"c{filters.category.pk}"])
    if filters.language:
        rows = rows.filter(facets__contains=[f"l{filters.language}"])
    if filters.bookable:
        rows = rows.filter(is_bookable=True)
    if filters.prices:
        rows = rows.filter(_any(_in_band(name) for name in filters.prices))
    if bits := day_bits(filters.days):
        rows = rows.alias(shared=F("days").bitand(bits)).filter(shared__gt=0)
    if filters.mark:
        rows = rows.alias(marks=F("mark_sum") * 10, least=F("mark_count") * MARKS[filters.mark])
        rows = rows.filter(mark_count__gt=0, marks__gte=F("least"))
    return rows


def _any(conditions: Iterable[Q]) -> Q:
    either = Q()
    for condition in conditions:
        either |= condition
    return either


def _in_band(name: str) -> Q:
    band = PRICE_BANDS[name]
    rate = Q(rate_cents__gte=band.from_cents)
    return rate if band.to_cents is None else rate & Q(rate_cents__lt=band.to_cents)
