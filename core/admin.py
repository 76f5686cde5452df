"""The values of the platform as the team sees them: rows are added, never edited nor deleted."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import clock, values
from core.errors import DomainError
from core.known_values import KNOWN
from core.models import Setting
from core.services import change_setting, check_change


class NamedSplitDateTime(AdminSplitDateTime):
    """Django's two inputs, each with a name that is read aloud."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets[0].attrs["aria-label"] = _("Date")
        self.widgets[1].attrs["aria-label"] = _("Heure")


def _with_unit(key: str) -> str:
    return f"{KNOWN[key].label} ({KNOWN[key].unit})"


class SettingForm(forms.ModelForm[Setting]):
    """A new value; the service checks it and writes it."""

    key = forms.ChoiceField(label=_("Réglage"), choices=lambda: [(key, _with_unit(key)) for key in KNOWN])
    value = forms.IntegerField(label=_("Valeur"), help_text=_("Un nombre entier."))
    effective_from = forms.SplitDateTimeField(
        label=_("À partir du"),
        required=False,
        widget=NamedSplitDateTime(),
        help_text=_("Vide\u202f: tout de suite. Les réservations déjà demandées gardent leurs conditions."),
    )
    reason = forms.CharField(label=_("Raison"), max_length=500, widget=forms.Textarea({"rows": 3}))

    class Meta:
        model = Setting
        fields = ("key", "value", "effective_from", "reason")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        now = clock.now()
        cleaned["effective_from"] = cleaned.get("effective_from") or now
        if not self.errors:
            try:
                given = {name: cleaned[name] for name in ("key", "value", "reason")}
                check_change(**given, starts=cleaned["effective_from"], now=now)
            except DomainError as error:
                self.add_error(None, str(error.user_message))
        return cleaned


@admin.register(Setting)
class SettingAdmin(admin.ModelAdmin[Setting]):
    form = SettingForm
    list_display = ["name", "value", "effective_from", "by", "reason"]
    list_filter = ["key"]
    list_select_related = ["by"]
    change_list_template = "admin/core/setting_list.html"

    @admin.display(description=_("réglage"), ordering="key")
    def name(self, row: Setting) -> str:
        known = KNOWN.get(row.key)
        return str(known.label) if known else row.key

    def save_model(self, request: HttpRequest, obj: Setting, form: Any, change: bool) -> None:  # noqa: FBT001
        """Rows are added by the service alone."""
        given = {name: form.cleaned_data[name] for name in ("key", "value", "reason", "effective_from")}
        # At once was checked a moment ago.
        row = change_setting(by_id=cast(int, request.user.pk), **given, now=min(given["effective_from"], clock.now()))
        obj.pk = row.pk

    def has_change_permission(self, request: HttpRequest, obj: Setting | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Setting | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "current": _current()})


def _current() -> list[dict[str, Any]]:
    """Every value as it holds now, and the next one that is planned."""
    now = clock.now()
    in_force = values.several(*KNOWN, at=now)
    planned: dict[str, Setting] = {}
    for row in Setting.objects.filter(effective_from__gt=now).order_by("-effective_from"):
        planned[row.key] = row
    return [
        {"key": key, "known": known, "value": in_force[key], "next": planned.get(key)} for key, known in KNOWN.items()
    ]
