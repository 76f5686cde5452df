"""« Communauté »: members by skill and by words (SK-28), bookable mentors first."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page
from django.db.models import (
    BigIntegerField,
    BooleanField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)

from catalog.models import Category, Listing, Skill
from catalog.rules import BEST_RATED, CHEAPEST, MARKS, PRICE_BANDS, RELEVANCE, day_bits
from catalog.selectors.cards import Card, cards_of, cards_of_members, lines_of
from catalog.selectors.paging import MOST, PAGE_SIZE, LongLists
from catalog.selectors.words import by_index, by_row, terms_of
from core.paging import CountedPaginator
from core.prepared import Prepared, number_of

# As the indexes of Listing are sorted, so that a page is read from one of them.
ORDERS: dict[str, tuple[str, ...]] = {
    RELEVANCE: ("-is_bookable", "-score", "user_id"),
    CHEAPEST: ("-is_bookable", "rate_cents", "user_id"),
    BEST_RATED: ("-mark_count", "-score", "user_id"),
}


# Choices of filters whose questions a process remembers.
KEPT = 256
# Up to so many times what is counted, all whom words find are collected and put in order at once. Where there are more,
# they are soon met along the order.
AT_ONCE = 3
# Of those found two ways: whether it is the first.
FIRST = "has_skill"
# How many, how many bookable, and the numbers of the first of them.
FOUND = """(
WITH found AS MATERIALIZED (%(subquery)s)
SELECT ARRAY[COUNT(*), COUNT(*) FILTER (WHERE is_bookable)]
    || ARRAY(SELECT user_id FROM found ORDER BY {order} LIMIT {size})
FROM found
)"""


@dataclass(frozen=True)
class CommunityFilters:
    """What a visitor asks for. `skills` None means any skill.

    With `words`, `skills` are those that the words name: members with one of them come first, then the others whose
    page holds the words.
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
    """A page of the list. `bookable` counts the mentors among `count`; both stop at `MOST`.

    In a list too long to be read at once, it counts those of this page.
    """

    page: Page[Card]
    cards: list[Card] = field(default_factory=list)
    count: int = 0
    bookable: int = 0
    # There are more than can be counted.
    is_long: bool = False
    # Nobody passes all the filters; somebody would without « réservable ».
    somebody_else: bool = False


@dataclass(frozen=True)
class _Search:
    """What decides the words of a question; the skills and words looked for go into them as values."""

    filters: CommunityFilters
    by_skill: bool
    by_words: bool
    # Its words are on so many pages that a page of the list is found along the order.
    often: bool = False

    @property
    def ways(self) -> int:
        """How many ways there are to be found: everybody is found in one."""
        return max(1, self.by_skill + self.by_words)


def _read(filters: CommunityFilters) -> tuple[_Search, list[Any]]:
    """The search, and the values for its questions: what its skills are called in `facets`, the words as terms."""
    terms = terms_of(filters.words)
    # Words that hold nothing to look for find nobody, instead of everybody.
    by_skill = bool(filters.skills) or (not terms and (filters.skills is not None or bool(filters.words)))
    facets = [f"s{skill.pk}" for skill in filters.skills or ()]
    # Said a thousand times, or in another order, a choice is the same question: an address may say it so.
    prices, days = (tuple(sorted(set(chosen))) for chosen in (filters.prices, filters.days))
    chosen = replace(filters, skills=None, words="", prices=prices, days=days)
    search = _Search(chosen, by_skill, bool(terms))
    return search, [facets] * by_skill + [terms] * bool(terms)


def search_community(
    filters: CommunityFilters, page_number: str | int = 1, *, page_size: int = PAGE_SIZE, most: int = MOST
) -> Results:
    """One query for what is found, one for the page; one more where members with the skill end on a later one."""
    search, values = _read(filters)
    asked = (search, most, str(values))
    remembered = asked in _long_lists
    members, bookable, *first = _counted(asked, values, page_size)
    is_long = members > _read_at_once(search, most)
    count = min(members, most)
    page = CountedPaginator[Card]([], page_size, count).get_page(page_number)
    start, stop = page.start_index() - 1, page.end_index()
    if page.number == 1 and not is_long:
        page.object_list = cards_of_members(first)
    elif count:
        page.object_list = _page(replace(search, often=search.by_words and is_long), values, start, stop)
    if remembered and len(page.object_list) < stop - start:
        _long_lists.remove(asked)
        return search_community(filters, page_number, page_size=page_size, most=most)
    if is_long:
        bookable = sum(card.is_bookable for card in page.object_list)
    return Results(
        page,
        list(page.object_list),
        count,
        min(bookable, most),
        is_long=members > most,
        somebody_else=not count and filters.bookable and _anybody(replace(filters, bookable=False)),
    )


_long_lists = LongLists()


def _counted(asked: tuple[_Search, int, str], values: list[Any], size: int) -> list[int]:
    """How many are found, how many of them are bookable, and the numbers of the first: these of short lists only."""
    search, most, _ = asked
    too_many = _read_at_once(search, most) + 1
    if asked in _long_lists:
        return [too_many, 0]
    found = (_found(search, most, size).first(*values) or ([0, 0],))[0]
    if found[0] == too_many:
        _long_lists.add(asked)
    return found


def _anybody(filters: CommunityFilters) -> bool:
    search, values = _read(filters)
    return bool(_lines(search, None, 0, 1).rows(*values))


def search_names(words: str, limit: int = PAGE_SIZE) -> list[Card]:
    """Members whose name looks like these words."""
    likeness = Func(Value(words), function="catalog_plain", output_field=TextField())
    rows = Listing.objects.filter(is_listed=True, name__trigram_word_similar=likeness)
    return cards_of(lines_of(rows.order_by(*ORDERS[RELEVANCE])[:limit]))


# --- Questions, put into SQL once for each choice of filters --------------------------------------------------------


def _asked(search: _Search, ask: Callable[[QuerySet[Listing], list[Q]], QuerySet[Listing, Any]]) -> Prepared[Any]:
    """`ask` is given those who pass the filters, and each way to be found as a condition."""

    def build(*values: Any) -> QuerySet[Listing, Any]:
        left = list(values)
        ways = [Q(facets__overlap=Value(left.pop(0), ArrayField(TextField())))] if search.by_skill else []
        ways += [(by_row if search.often else by_index)(left.pop(0))] if search.by_words else []
        return ask(_passing(search.filters), ways or [Q()])

    return Prepared(build, [list[str]] * search.by_skill + [str] * search.by_words)


def _read_at_once(search: _Search, most: int) -> int:
    return AT_ONCE * most if search.by_words else most


@lru_cache(KEPT)
def _found(search: _Search, most: int, size: int) -> Prepared[tuple[list[int]]]:
    """How many there are, how many of them are bookable, and who comes first; that is right up to `_read_at_once`."""
    order = ORDERS[search.filters.sort]
    columns = {"user_id", "is_bookable", *(name.removeprefix("-") for name in order)}

    def ask(rows: QuerySet[Listing], ways: list[Q]) -> QuerySet[Listing, Any]:
        # Whoever has one of the skills that words name is found by the words too: they stand on his page.
        found = rows.filter(ways[-1]).order_by()
        ranked = found.annotate(**{FIRST: ExpressionWrapper(ways[0], BooleanField())}) if search.ways > 1 else found
        named = sorted(columns) + [FIRST] * (search.ways > 1)
        template = FOUND.format(order=_in_sql(search, order), size=size)
        asked = ranked.values(*named)[: _read_at_once(search, most) + 1]
        return Listing.objects.order_by().values_list(
            Subquery(asked, output_field=ArrayField(BigIntegerField()), template=template)
        )

    return _asked(search, ask)


def _in_sql(search: _Search, order: Sequence[str]) -> str:
    whole = [f"-{FIRST}"] * (search.ways > 1) + [*order]
    return ", ".join(f"{name[1:]} DESC" if name.startswith("-") else name for name in whole)


@lru_cache(KEPT)
def _lines(search: _Search, tier: int | None, start: int, stop: int) -> Prepared[tuple[Any, ...]]:
    """Cards found one way and none before it; without `tier`, any way."""

    def ask(rows: QuerySet[Listing], ways: list[Q]) -> QuerySet[Listing, Any]:
        found = rows.filter(_any(ways) if tier is None else _tier(ways, tier))
        return lines_of(found.order_by(*ORDERS[search.filters.sort])[start:stop])

    return _asked(search, ask)


@lru_cache(KEPT)
def _numbers(search: _Search, tier: int) -> Prepared[tuple[int]]:
    def ask(rows: QuerySet[Listing], ways: list[Q]) -> QuerySet[Listing, Any]:
        return Listing.objects.order_by().values_list(number_of(rows.filter(_tier(ways, tier))))

    return _asked(search, ask)


def _tier(ways: list[Q], place: int) -> Q:
    """The order of the published ranking, each member in one place only."""
    return ways[0] if place == 0 else ways[place] & ~ways[0]


def _page(search: _Search, values: list[Any], start: int, stop: int) -> list[Card]:
    """Tier after tier, each read along an index: the whole is never sorted."""
    taken: list[Card] = []
    for tier in range(search.ways):
        found = cards_of(_lines(search, tier, start, stop).rows(*values))
        taken += found
        wanted = stop - start - len(found)
        if not wanted or tier == search.ways - 1:
            break
        # Nothing found: the page begins in a later tier.
        start = 0 if found else start - (_numbers(search, tier).first(*values) or (0,))[0]
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
