"""What robots may read."""

from django.contrib.sitemaps import views as sitemaps
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from core.structured_data import absolute
from pages.sitemaps import SITEMAPS

# Nobody's business but their members'; and lists in every order and with every filter, which are one list.
CLOSED = ("/admin/", "/compte/", "/messagerie/", "/reservations/", "/profil/", "/salle/", "/*?*q=", "/*?*tri=")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    del request
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    lines.append(f"Sitemap: {absolute(reverse('pages:sitemap'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The list of the files that hold the addresses."""
    return sitemaps.index(request, SITEMAPS, sitemap_url_name="pages:sitemap_part")


@require_safe
def sitemap_part(request: HttpRequest, section: str) -> HttpResponse:
    return sitemaps.sitemap(request, SITEMAPS, section)
