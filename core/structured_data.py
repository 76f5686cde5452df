"""What pages tell search engines about themselves: schema.org, as a block of data that no browser runs."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

# Nothing in the block can end it.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def absolute(path: str) -> str:
    """The one address of a page, whatever name the reader came by."""
    return urljoin(settings.BASE_URL, path)


def as_block(*things: Mapping[str, Any]) -> SafeString:
    graph = {"@context": "https://schema.org", "@graph": [_without_blanks(thing) for thing in things]}
    text = json.dumps(graph, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308  (what could end the block is escaped)


def _without_blanks(thing: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in thing.items() if value not in (None, "", [], {})}


def breadcrumb(*steps: tuple[str, str]) -> dict[str, Any]:
    """Names and paths, the page itself last."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": absolute(path)}
            for place, (name, path) in enumerate(steps, start=1)
        ],
    }


def item_list(paths: Sequence[str]) -> dict[str, Any]:
    return {
        "@type": "ItemList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "url": absolute(path)} for place, path in enumerate(paths, start=1)
        ],
    }


def hourly_offer(cents: int | None) -> dict[str, Any]:
    if cents is None:
        return {}
    price = f"{cents // 100}.{cents % 100:02d}"
    return {
        "@type": "Offer",
        "price": price,
        "priceCurrency": "EUR",
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": price,
            "priceCurrency": "EUR",
            "unitCode": "HUR",
            "valueAddedTaxIncluded": True,
        },
    }
