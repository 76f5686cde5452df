"""Filters of the team's lists."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVERYTHING = "tous"


class Choices(admin.SimpleListFilter):
    """A filter of fixed choices: no query reads the table to find them."""

    choices_offered: ClassVar[Sequence[tuple[str, str | Promise]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.choices_offered)

    def value(self) -> str | None:
        """What is not offered is no choice, whatever the address says."""
        asked = super().value()
        return asked if any(asked == name for name, _label in self.lookup_choices) else None


class QueueFilter(Choices):
    """Opens on what waits for the team; the rest is one click away. `waiting` is one of the choices offered."""

    title = _("état")
    parameter_name = "etat"
    waiting: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*self.choices_offered, (EVERYTHING, _("Tous"))]

    def choices(self, changelist: Any) -> Any:
        chosen = self.value() or self.waiting
        for name, label in self.lookup_choices:
            yield {
                "selected": name == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or self.waiting
        return queryset if chosen == EVERYTHING else self.in_state(queryset, chosen)

    def in_state(self, queryset: Any, state: str) -> Any:
        return queryset.filter(status=state)
