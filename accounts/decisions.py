"""What the team decides in the admin: each decision asks for its reason on a page of its own, and leaves a step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, re_path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.http import member_of
from core.errors import DomainError

M = TypeVar("M", bound=Model)


class ReasonForm(forms.Form):
    """A decision of the team, with the reason the member reads."""

    reason = forms.CharField(
        label=_("Raison, lue par le membre"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 80}),
        error_messages={"required": _("Donnez la raison de la décision : le membre la lira.")},
    )


@dataclass(frozen=True)
class Decision:
    """`decide` is a service that takes the object, `by` and `reason`; a DomainError says why it is not possible."""

    label: str | Promise
    decide: Callable[..., object]


class StepInline(admin.TabularInline[Any, Any]):
    """The history of an object, newest first: only read."""

    fields = ("at", "actor", "from_status", "to_status", "reason")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DecisionAdmin(admin.ModelAdmin[M]):
    """A queue whose objects members make and the team decides on: nothing is added, edited or deleted here."""

    decisions: ClassVar[dict[str, Decision]]
    # What the services call the object.
    argument: ClassVar[str]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        pattern = rf"^(?P<pk>\d+)/decision/(?P<verb>{'|'.join(self.decisions)})/$"
        view = self.admin_site.admin_view(self.decision)
        return [re_path(pattern, view, name=f"{self._address}_decision"), *super().get_urls()]

    @property
    def _address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def decision(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        target = get_object_or_404(self.get_queryset(request), pk=pk)
        chosen = self.decisions[verb]
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                chosen.decide(**{self.argument: target}, by=member_of(request), reason=form.cleaned_data["reason"])
            except DomainError as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(request, _("Décision enregistrée : le membre est prévenu."), messages.SUCCESS)
                return redirect(reverse(f"admin:{self._address}_changelist"))
        context = {"title": chosen.label, "form": form, "object": target, "opts": self.opts, "label": chosen.label}
        return render(request, "admin/decision.html", self.admin_site.each_context(request) | context)
