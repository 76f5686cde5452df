"""What members report from the room, as the team reads it: beside the proof, the events and what the page measured."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin import ReadOnlyAdmin
from core.money import format_euros
from sessions_video.models import Extension, RoomReport
from sessions_video.selectors import moment
from sessions_video.states import Phase

# What a page sends has any form: this much of it is shown.
MOST_ROWS = 400
MOST_COLUMNS = 40


@admin.register(RoomReport)
class RoomReportAdmin(ReadOnlyAdmin):
    change_form_template = "admin/sessions_video/roomreport/change_form.html"
    list_display = ["created_at", "topic", "author", "booking", "beginning"]
    list_filter = ["topic", "created_at"]
    list_select_related = ["author", "video_session__booking"]
    search_fields = ["author__email", "author__last_name", "words", "video_session__booking__reference"]
    fields = ("created_at", "topic", "author", "words", "booking", "proof")
    readonly_fields = ("booking", "proof")

    @admin.display(description=_("réservation"))
    def booking(self, report: RoomReport) -> str:
        booking = report.video_session.booking
        return f"{booking.subject} ({booking.reference})"

    @admin.display(description=_("message"))
    def beginning(self, report: RoomReport) -> str:
        return report.words[:80] or "–"

    @admin.display(description=_("relevé de session"))
    def proof(self, report: RoomReport) -> str:
        video_session = report.video_session
        if video_session.phase != Phase.ENDED:
            return str(_("La session n’est pas terminée."))
        address = reverse("sessions_video:proof", args=[video_session.booking.reference])
        return format_html('<a href="{}">{}</a>', address, _("Voir le relevé"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        report = RoomReport.objects.select_related("video_session__booking").filter(pk=object_id).first()
        context = _evidence(report) if report else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)


@admin.register(Extension)
class ExtensionAdmin(ReadOnlyAdmin):
    list_display = ["begun", "booking", "length", "price", "status", "decided"]
    list_filter = ["status"]
    list_select_related = ["video_session__booking"]
    search_fields = ["video_session__booking__reference"]
    fields = ("booking", "length", "price", "by_card", "hold_number", "status", "begun", "asked", "expires", "decided")
    readonly_fields = fields

    @admin.display(description=_("réservation"))
    def booking(self, extension: Extension) -> str:
        booking = extension.video_session.booking
        return f"{booking.subject} ({booking.reference})"

    @admin.display(description=_("durée"), ordering="ms")
    def length(self, extension: Extension) -> str:
        return f"{extension.minutes} min"

    @admin.display(description=_("prix"), ordering="price_cents")
    def price(self, extension: Extension) -> str:
        return format_euros(extension.price_cents)

    @admin.display(description=_("part par carte"))
    def by_card(self, extension: Extension) -> str:
        return format_euros(extension.card_cents)

    @admin.display(description=_("voulue le"), ordering="begun_at")
    def begun(self, extension: Extension) -> datetime:
        return moment(extension.begun_at)

    @admin.display(description=_("demandée au mentor le"))
    def asked(self, extension: Extension) -> datetime | None:
        return None if extension.asked_at is None else moment(extension.asked_at)

    @admin.display(description=_("expire le"))
    def expires(self, extension: Extension) -> datetime:
        return moment(extension.expires_at)

    @admin.display(description=_("décidée le"), ordering="decided_at")
    def decided(self, extension: Extension) -> datetime | None:
        return None if extension.decided_at is None else moment(extension.decided_at)


def _evidence(report: RoomReport) -> dict[str, Any]:
    measured = dict(report.statistics) if isinstance(report.statistics, dict) else {}
    samples = measured.pop("samples", [])
    rows = [row for row in samples if isinstance(row, dict)][-MOST_ROWS:] if isinstance(samples, list) else []
    columns = list(rows[0])[:MOST_COLUMNS] if rows else []
    return {
        "facts": list(flat(measured))[:MOST_ROWS],
        "columns": columns,
        "samples": [[row.get(column, "") for column in columns] for row in rows],
        "events": [
            {"at": moment(event.at), "what": event.get_kind_display(), "role": event.role, "detail": event.detail}
            for event in report.video_session.events.all()
        ],
        "zone": report.video_session.time_zone,
    }


def flat(record: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """`{"a": {"b": 1}}` as « a.b », 1."""
    for name, value in record.items():
        place = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield from flat(value, place)
        elif isinstance(value, list):
            yield place, ", ".join(map(str, value))
        else:
            yield place, value
