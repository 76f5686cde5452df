"""Trainings as visitors see them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from catalog.selectors import card_of_mentor, get_public_training, page_of_trainings
from catalog.structured import training_block
from core.limits import address_token, hold
from core.money import price_cents
from core.structured_data import absolute


@require_GET
def trainings(request: HttpRequest) -> HttpResponse:
    words = " ".join(request.GET.get("q", "").split())[:80]
    if words:
        hold("searches", address_token(request))
    page = page_of_trainings(words, request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "words": words,
        "query": query.urlencode(),
        "address": absolute(_own_address(reverse("catalog:trainings"), page.number)),
    }
    return render(request, "catalog/trainings.html", context)


def _own_address(path: str, page: int) -> str:
    return f"{path}?page={page}" if page > 1 else path


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
            "address": absolute(shown.get_absolute_url()),
            "structured": training_block(shown, card),
            "is_own": request.user == shown.mentor,
            "suggested_cents": price_cents(card.rate_cents, minutes * 60) if card.rate_cents else None,
        },
    )
