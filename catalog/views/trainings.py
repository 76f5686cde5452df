"""Trainings as visitors see them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from catalog.selectors import card_of_mentor, get_public_training, public_trainings
from core.money import price_cents

PAGE_SIZE = 24


@require_GET
def trainings(request: HttpRequest) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:80]
    page = Paginator(public_trainings(words=words), PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return render(request, "catalog/trainings.html", {"page": page, "words": words, "query": query.urlencode()})


@require_GET
def training(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_public_training(slug)
    card = card_of_mentor(shown.mentor)
    minutes = shown.suggested_minutes
    return render(
        request,
        "catalog/training.html",
        {
            "training": shown,
            "card": card,
            "is_own": request.user == shown.mentor,
            "suggested_cents": price_cents(card.rate_cents, minutes * 60) if card.rate_cents else None,
        },
    )
