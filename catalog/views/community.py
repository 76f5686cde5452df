"""« Communauté » and the tree of categories."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from catalog.forms import SORTS, CommunityForm
from catalog.models import Skill
from catalog.selectors import (
    CommunityFilters,
    Results,
    categories_with_skills,
    correct,
    find_skills,
    get_skill,
    search_community,
    search_names,
)
from catalog.selectors.names import skill_formerly_at
from catalog.structured import list_block
from core.limits import address_token, hold
from core.structured_data import absolute

LONGEST_SEARCH = 80
# What the visitor had typed, when it was read as other words.
TYPED = "tape"


@require_GET
def community(request: HttpRequest) -> HttpResponse:
    words = _read(request, "q")
    if words:
        hold("searches", address_token(request))
    skills = find_skills(words) if words else None
    if set(request.GET) == {"q"} and (named := _named(words, skills or [])):
        return redirect(named)
    return _listing(request, skills, words=words)


@require_GET
def community_skill(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        skill = get_skill(slug)
    except Http404:
        if moved := skill_formerly_at(slug):
            return redirect(moved, permanent=True)
        raise
    return _listing(request, [skill], skill=skill)


def _read(request: HttpRequest, name: str) -> str:
    return " ".join(request.GET.get(name, "").split())[:LONGEST_SEARCH]


def _named(words: str, skills: list[Skill]) -> Skill | None:
    """The skill these words are the name of, accents and capitals aside."""
    return next((skill for skill in skills if slugify(skill.name) == slugify(words)), None)


def _listing(
    request: HttpRequest, skills: list[Skill] | None, *, words: str = "", skill: Skill | None = None
) -> HttpResponse:
    form = CommunityForm(request.GET)
    filters = form.filters(skills=skills, words=words)
    results = search_community(filters, request.GET.get("page", 1))
    typed = _read(request, TYPED)
    if words and not results.count and not filters.count and not typed and (better := correct(words)):
        return redirect(f"{reverse('catalog:community')}?{_query(q=better, **{TYPED: words})}")
    query = _without(request.GET, "page")
    # Only whole lists in their usual order: the rest is the same people once more.
    hidden = bool(words or query)
    context = {
        "words": words,
        "typed": typed,
        "skill": skill,
        "found_skills": skills if words else [],
        # Remembered on the way to the request.
        "asked": skills[0] if skills and len(skills) == 1 else None,
        "namesakes": _namesakes(filters, results),
        "form": form,
        "filters": filters,
        "results": results,
        "query": query.urlencode(),
        "everybody_query": _without(query, "reservable").urlencode(),
        "sorts": _sorts(query, filters.sort),
        "address": absolute(_address(skill, results.page.number)),
        "hidden": hidden,
        # Search engines are told nothing of what they leave aside.
        "structured": "" if hidden else list_block(skill, results),
    }
    return render(request, "catalog/community.html", context)


def _address(skill: Skill | None, page: int) -> str:
    path = skill.get_absolute_url() if skill else reverse("catalog:community")
    return f"{path}?page={page}" if page > 1 else path


def _namesakes(filters: CommunityFilters, results: Results) -> list[Any]:
    """Somebody's name may have been typed with a slip."""
    return search_names(filters.words) if filters.words and not results.count and not filters.count else []


def _query(**names: str) -> str:
    query = QueryDict(mutable=True)
    query.update(names)
    return query.urlencode()


def _without(query: QueryDict, name: str) -> QueryDict:
    rest = query.copy()
    rest.pop(name, None)
    return rest


def _sorts(query: QueryDict, current: str) -> list[dict[str, Any]]:
    """The orders as links, which keep the filters."""
    rest = _without(query, "tri").urlencode()
    return [
        {"label": label, "query": "&".join(filter(None, [rest, f"tri={name}"])), "is_current": name == current}
        for name, label in SORTS
    ]


@require_GET
def categories(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/categories.html", {"categories": categories_with_skills()})
