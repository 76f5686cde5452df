"""Members, lists and trainings as search engines read them."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import MemberPage
from catalog.models import Skill, Training
from catalog.selectors import Card, Results
from core.structured_data import absolute, as_block, breadcrumb, hourly_offer, item_list


def person(card: Card, page: MemberPage) -> dict[str, Any]:
    return {
        "@type": "Person",
        "name": card.name,
        "url": absolute(card.href),
        "image": absolute(page.photo.url) if page.photo else "",
        "description": card.headline,
        "jobTitle": page.position,
        "knowsAbout": card.skills,
    }


def list_block(skill: Skill | None, results: Results) -> SafeString:
    steps = [(_("Communauté"), reverse("catalog:community"))]
    if skill:
        steps.append((skill.name, skill.get_absolute_url()))
    return as_block(breadcrumb(*steps), item_list([card.href for card in results.cards]))


def profile_block(card: Card, page: MemberPage) -> SafeString:
    """The person; and, of those who can be booked, the service with its price and marks."""
    somebody = person(card, page)
    things: list[dict[str, Any]] = [
        breadcrumb((_("Communauté"), reverse("catalog:community")), (card.name, card.href)),
        {"@type": "ProfilePage", "url": absolute(card.href), "mainEntity": somebody},
    ]
    if card.is_bookable:
        things.append(
            {
                "@type": "Service",
                "name": _("Session vidéo avec %(name)s") % {"name": card.name},
                "serviceType": ", ".join(card.skills),
                "provider": {"@type": "Person", "name": card.name, "url": absolute(card.href)},
                "offers": hourly_offer(card.rate_cents),
                "aggregateRating": _marks(card),
            }
        )
    return as_block(*things)


def training_block(training: Training, card: Card) -> SafeString:
    return as_block(
        breadcrumb(
            (_("Formations"), reverse("catalog:trainings")),
            (training.skill.name, training.skill.get_absolute_url()),
            (training.title, training.get_absolute_url()),
        ),
        {
            "@type": "Course",
            "name": training.title,
            "url": absolute(training.get_absolute_url()),
            "description": training.description,
            "about": training.skill.name,
            "inLanguage": "fr",
            "provider": {"@type": "Person", "name": card.name, "url": absolute(card.href)},
            "offers": hourly_offer(card.rate_cents),
            "hasCourseInstance": {
                "@type": "CourseInstance",
                "courseMode": "online",
                "courseWorkload": f"PT{training.suggested_minutes}M",
            },
        },
    )


def _marks(card: Card) -> dict[str, Any]:
    if card.tenths is None:
        return {}
    return {
        "@type": "AggregateRating",
        "ratingValue": f"{card.tenths // 10}.{card.tenths % 10}",
        "ratingCount": card.count,
        "bestRating": 5,
        "worstRating": 1,
    }
