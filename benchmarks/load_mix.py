"""What visitors ask for while they look around: of each hundred requests, how many are which page."""

import random
from collections.abc import Sequence
from itertools import cycle
from urllib.parse import urlencode

from django.urls import reverse

from benchmarks.pages_world import Ask, Visitors
from catalog.rules import BEST_RATED, CHEAPEST, EVENINGS

WEIGHTS = {
    "home": 10,
    "community": 12,
    "community_words": 14,
    "community_filters": 8,
    "skill": 14,
    "profile": 18,
    "trainings": 3,
    "training": 6,
    "help": 3,
    "inbox": 4,
    "thread": 5,
    "my_sessions": 3,
}
# Of the pages anybody may see, one in so many is asked for by somebody signed in.
SIGNED_IN_EVERY = 4
FILTERS: Sequence[dict[str, str]] = (
    {"prix": "moins-de-40"},
    {"jours": EVENINGS, "reservable": "on"},
    {"note": "4", "tri": BEST_RATED},
    {"langue": "anglais", "tri": CHEAPEST},
)
MOST_PAGES = 5
SEED = 1
VISITS = 10_000


def asks_of(visitors: Visitors) -> dict[str, list[Ask]]:
    """Different ones of each kind of page."""
    reads, community = visitors.reads(), reverse("catalog:community")
    reads["community_words"] = reads["community"]
    pages = [community, *(f"{community}?page={number}" for number in range(2, MOST_PAGES + 1))]
    public = {
        "home": [reverse("pages:home")],
        "community": pages,
        "community_filters": [f"{community}?{urlencode(fields)}" for fields in FILTERS],
        "trainings": [reverse("catalog:trainings")],
        "help": [reverse("pages:help")],
    }
    return reads | {page: [Ask(path) for path in paths] for page, paths in public.items()}


def visits(visitors: Visitors) -> list[Ask]:
    """In an order that is the same in each run; they may be gone through again and again."""
    chance, asks = random.Random(SEED), asks_of(visitors)  # noqa: S311
    members = cycle(visitors.cookies)
    found = []
    for number, page in enumerate(chance.choices(list(WEIGHTS), list(WEIGHTS.values()), k=VISITS)):
        ask = chance.choice(asks[page])
        found.append(ask if ask.cookie or number % SIGNED_IN_EVERY else Ask(ask.path, next(members)))
    return found
