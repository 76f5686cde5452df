"""The product's addresses and the floor: one query, twenty-four rows, a template, through the same server."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from accounts.models import MemberPage
from config.urls import handler403, handler404, handler500
from config.urls import urlpatterns as product

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]

ROWS = 24
PAGE = engines["django"].from_string(
    "<!doctype html><title>Floor</title><ol>{% for row in rows %}<li><a href='/membres/{{ row.slug }}/'>"
    "{{ row.headline }}</a>{% endfor %}</ol>"
)


def floor(request: HttpRequest) -> HttpResponse:
    rows = MemberPage.objects.order_by("-pk")[:ROWS]
    return HttpResponse(PAGE.render({"rows": rows}, request))


urlpatterns = [path("floor/", floor), *product]
