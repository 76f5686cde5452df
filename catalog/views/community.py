"""« Communauté » and the tree of categories."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from catalog.forms import SORTS, CommunityForm
from catalog.models import Skill
from catalog.selectors import categories_with_skills, find_skills, get_skill, search_community

LONGEST_SEARCH = 80


@require_GET
def community(request: HttpRequest) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST_SEARCH]
    skills = find_skills(words) if words else None
    if skills and len(skills) == 1 and set(request.GET) == {"q"}:
        return redirect(skills[0])
    return _listing(request, skills, {"words": words, "found_skills": (skills or [])[:8]})


@require_GET
def community_skill(request: HttpRequest, slug: str) -> HttpResponse:
    skill = get_skill(slug)
    return _listing(request, [skill], {"skill": skill})


def _listing(request: HttpRequest, skills: list[Skill] | None, context: dict[str, Any]) -> HttpResponse:
    form = CommunityForm(request.GET)
    filters = form.filters(skills=skills)
    results = search_community(filters, request.GET.get("page", 1))
    query = _without(request.GET, "page")
    return render(
        request,
        "catalog/community.html",
        {
            **context,
            "form": form,
            "filters": filters,
            "results": results,
            "query": query.urlencode(),
            "everybody_query": _without(query, "reservable").urlencode(),
            "sorts": _sorts(query, filters.sort),
        },
    )


def _without(query: QueryDict, name: str) -> QueryDict:
    rest = query.copy()
    rest.pop(name, None)
    return rest


def _sorts(query: QueryDict, current: str) -> list[dict[str, Any]]:
    """The orders as links, which keep the filters."""
    links = []
    for name, label in SORTS:
        address = _without(query, "tri")
        address["tri"] = name
        links.append({"label": label, "query": address.urlencode(), "is_current": name == current})
    return links


@require_GET
def categories(request: HttpRequest) -> HttpResponse:
    return render(request, "catalog/categories.html", {"categories": categories_with_skills()})
