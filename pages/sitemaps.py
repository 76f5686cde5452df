"""Addresses for search engines. Long lists are split: each file holds a few thousand."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import MemberPage
from catalog.models import Skill, Training

# A file is made in a moment, though 50 000 are allowed.
FILE_LENGTH = 5_000
PAGES = (
    "pages:home", "catalog:community", "catalog:categories", "catalog:trainings", "pages:become_mentor", "pages:help",
    "pages:deadlines",
    "pages:ranking_policy", "pages:review_policy", "pages:terms", "pages:service_terms", "pages:privacy",
    "pages:legal_notice", "pages:accessibility", "pages:cookies", "support:contact",
)  # fmt: skip


class OnOneAddress:
    """The site's own name, by whichever the robot came."""

    limit = FILE_LENGTH

    def get_domain(self, site: object = None) -> str:
        del site
        return settings.BASE_URL.partition("://")[2]

    def get_protocol(self, protocol: str | None = None) -> str:
        del protocol
        return settings.BASE_URL.partition("://")[0]


class FixedPages(OnOneAddress, Sitemap[str]):
    def items(self) -> list[str]:
        return list(PAGES)

    def location(self, item: str) -> str:
        return reverse(item)


class Skills(OnOneAddress, Sitemap[Skill]):
    def items(self) -> QuerySet[Skill]:
        return Skill.objects.validated().order_by("pk")


class Members(OnOneAddress, Sitemap[MemberPage]):
    """Whoever is listed for a skill."""

    def items(self) -> QuerySet[MemberPage]:
        return MemberPage.objects.filter(user__listing__is_listed=True).only("slug", "updated_at").order_by("user_id")

    def lastmod(self, item: MemberPage) -> datetime:
        return item.updated_at


class Trainings(OnOneAddress, Sitemap[Training]):
    def items(self) -> QuerySet[Training]:
        return Training.objects.public().only("slug").order_by("pk")


SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
    "pages": FixedPages,
    "competences": Skills,
    "membres": Members,
    "formations": Trainings,
}
