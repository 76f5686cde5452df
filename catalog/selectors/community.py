"""« Communauté »: members by skill (SK-28), bookable mentors first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.functional import cached_property

from accounts.models import User
from catalog.models import Category, MemberSkill, Skill
from catalog.rules import BEST_RATED, CHEAPEST, EVENINGS, PRICE_BANDS, RELEVANCE, WEEKDAYS, WEEKEND
from mentors.models import AvailabilityHint, MentorProfile
from mentors.rules import EVENING, SATURDAY
from mentors.selectors import bookable_mentors, usual_days

PAGE_SIZE = 24
SKILLS_SHOWN = 4


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
    def count(self) -> int:
        """How many filters narrow the list, the skill aside."""
        chosen = [self.bookable, bool(self.prices), bool(self.days), bool(self.language), self.category is not None]
        return sum(chosen)


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

    def __init__(self, rows: QuerySet[User], count: int) -> None:
        super().__init__(rows, PAGE_SIZE)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known


def search_community(filters: CommunityFilters, page_number: str | int = 1) -> Results:
    """Three queries for the page, one for the figures."""
    members = _with_skill(filters)
    wanted = _wanted(filters)
    figures = members.aggregate(
        members=Count("pk"), bookable=Count("pk", filter=Q(mentor_profile__is_bookable=True)), found=Count("pk", wanted)
    )
    rows = _for_cards(members.filter(wanted)).order_by(*_order(filters.sort))
    page = CountedPaginator(rows, figures["found"]).get_page(page_number)
    return Results(page, [card_of(user) for user in page.object_list], figures["members"], figures["bookable"])


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
    bookable = F("mentor_profile__is_bookable").desc(nulls_last=True)
    score = F("mentor_profile__score").desc(nulls_last=True)
    if sort == CHEAPEST:
        return [bookable, F("mentor_profile__hourly_rate_cents").asc(nulls_last=True), score, "pk"]
    if sort == BEST_RATED:
        return [F("mentor_profile__rating_count").desc(nulls_last=True), score, "pk"]
    return [bookable, score, "pk"]


def _for_cards(users: QuerySet[User]) -> QuerySet[User]:
    skills = MemberSkill.objects.filter(skill__is_validated=True).select_related("skill")
    return users.select_related("page", "mentor_profile").prefetch_related(
        Prefetch("member_skills", queryset=skills), "mentor_profile__availability"
    )


def featured_mentors(limit: int = 4) -> list[Card]:
    """Bookable mentors for the home page, best score first, those with a photo before the others."""
    best = bookable_mentors().filter(user__member_skills__skill__is_validated=True).order_by("-score", "pk").distinct()
    ids = list(best.values_list("user_id", flat=True)[: limit * 3])
    users = sorted(_for_cards(User.objects.filter(pk__in=ids)), key=lambda user: ids.index(user.pk))
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
    return card_of(_for_cards(User.objects.filter(pk=user.pk)).get())


def mentor_profile_of(user: User) -> MentorProfile | None:
    """Without a query when it was selected along with the member."""
    return getattr(user, "mentor_profile", None)
