"""What the team decides in the admin: each decision asks for its reason on a page of its own, and leaves a step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, re_path, reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.errors import ReadAgain
from accounts.http import member_of
from accounts.waiting import age_in_words
from core import clock, values
from core.errors import DomainError

M = TypeVar("M", bound=Model)
TOLD = _("Décision enregistrée : le membre est prévenu.")
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


class ReasonForm(forms.Form):
    """A decision of the team, with the reason the member reads, and a mark of what was read before.

    The mark is no field that somebody fills in: what comes without one is shown again (`DecisionAdmin`).
    """

    reason = forms.CharField(
        label=_("Raison, lue par le membre"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80}),
        error_messages={"required": _("Donnez la raison de la décision : le membre la lira.")},
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class TraceForm(forms.Form):
    """Why somebody of the team does it. Only the team reads it."""

    reason = forms.CharField(
        label=_("Raison"),
        help_text=_("Elle reste dans la trace de l’équipe. Le membre ne la lit pas."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 80}),
        error_messages={"required": _("Donnez la raison\u202f: elle reste dans la trace de l’équipe.")},
    )


@dataclass(frozen=True)
class Template:
    """Words that come back often; the team finishes them."""

    label: str | Promise
    text: str | Promise


@dataclass(frozen=True)
class Decision:
    """`decide` is a service that takes the object, `by`, `reason` and `seen`; a DomainError says why it cannot be."""

    label: str | Promise
    decide: Callable[..., object]
    templates: tuple[Template, ...] = ()
    explanation: str | Promise = ""
    done: str | Promise = TOLD
    # A decision that takes more than a reason has a form of its own.
    form: type[ReasonForm] = ReasonForm


class DecisionAdmin(admin.ModelAdmin[M]):
    """A queue whose objects members make and the team decides on: nothing is added, edited or deleted here."""

    decisions: ClassVar[dict[str, Decision]]
    # What the services call the object.
    argument: ClassVar[str]
    # The value (core.values) that says in how many hours the team means to answer; empty when `due_at` says it.
    target: ClassVar[str] = ""
    decision_template: ClassVar[str] = "admin/decision.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[M]:
        """Each row knows the target, read once for all."""
        rows: QuerySet[M] = super().get_queryset(request)
        if not self.target:
            return rows
        annotated: Any = rows.annotate(target_hours=Value(values.value(self.target)))
        return cast("QuerySet[M]", annotated)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        target = self.get_object(request, unquote(object_id))
        title = {"title": capfirst(str(self.opts.verbose_name))}
        context = title | self.file_of(target, request) if target else title
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    # --- what a subclass says of one object

    def waiting_since(self, target: M) -> datetime | None:
        """None when nobody waits for the team."""
        raise NotImplementedError

    def due_at(self, target: M) -> datetime | None:
        """Until when the team means to answer; None when nobody waits for it."""
        since = self.waiting_since(target)
        return since and since + timedelta(hours=getattr(target, "target_hours", 0))

    def offered(self, target: M, request: HttpRequest) -> list[str]:
        """The decisions that the state of the object allows."""
        raise NotImplementedError

    def reading_of(self, target: M) -> str:
        """A mark of what the team reads (core.identifiers.fingerprint)."""
        raise NotImplementedError

    def obstacle(self, target: M, verb: str) -> str:
        """Why this decision would be refused, said before anybody writes a reason."""
        return ""

    def first_words(self, target: M, verb: str) -> str:
        """What the reason begins with: somebody else may have written it already."""
        return ""

    def help_of(self, target: M, verb: str) -> dict[str, str]:
        """What this object says beside the fields of the form."""
        return {}

    # --- columns of the list

    @admin.display(description=_("attend depuis"))
    def age(self, target: M) -> str:
        since = self.waiting_since(target)
        return age_in_words(clock.now() - since) if since else "–"

    @admin.display(description=_("réponse visée"))
    def deadline(self, target: M) -> str:
        due = self.due_at(target)
        if due is None:
            return "–"
        shown = date_format(localtime(due), "SHORT_DATETIME_FORMAT")
        if due >= clock.now():
            return shown
        # A word, not only a color.
        return format_html('<strong class="vetting-late">{}</strong> {}', _("En retard"), shown)

    # --- one decision

    def get_urls(self) -> list[URLPattern]:
        pattern = rf"^(?P<pk>\d+)/decision/(?P<verb>{'|'.join(self.decisions)})/$"
        view = self.admin_site.admin_view(read_or_send(self.decision))
        return [re_path(pattern, view, name=f"{self._address}_decision"), *super().get_urls()]

    @property
    def _address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def file_of(self, target: M, request: HttpRequest) -> dict[str, Any]:
        """What the page of one object says of waiting and of decisions."""
        seen = self.reading_of(target)
        since = self.waiting_since(target)
        buttons = [
            {
                "label": self.decisions[verb].label,
                "address": reverse(f"admin:{self._address}_decision", args=[target.pk, verb]) + f"?lu={seen}",
                "obstacle": self.obstacle(target, verb),
            }
            for verb in self.offered(target, request)
        ]
        waiting = {"age": self.age(target), "deadline": self.deadline(target)} if since else None
        return {"buttons": buttons, "waiting": waiting, "may_decide": self.has_change_permission(request, target)}

    def decision(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        target = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_change_permission(request, target):
            raise PermissionDenied
        chosen = self.decisions[verb]
        form = self._form(request, target, verb)
        if request.method == "POST" and "insert" not in request.POST and form.is_valid():
            try:
                if not form.cleaned_data["seen"]:
                    raise ReadAgain
                chosen.decide(**{self.argument: target}, by=member_of(request), **form.cleaned_data)
            except DomainError as error:
                if isinstance(error, ReadAgain):
                    form = self._read_again(form, target, verb)
                else:
                    form.add_error(None, str(error.user_message))
            else:
                self.message_user(request, str(chosen.done), messages.SUCCESS)
                return redirect(reverse(f"admin:{self._address}_changelist"))
        context = {
            "title": chosen.label,
            "form": form,
            "object": target,
            "opts": self.opts,
            "decision": chosen,
            "obstacle": self.obstacle(target, verb),
        }
        return render(request, self.decision_template, self.admin_site.each_context(request) | context)

    def _form(self, request: HttpRequest, target: M, verb: str) -> ReasonForm:
        if request.method != "POST":
            seen = request.GET.get("lu", "") or self.reading_of(target)
            return self._made(target, verb, initial={"seen": seen, "reason": self.first_words(target, verb)})
        number = request.POST.get("insert", "")
        if not number:
            return self._made(target, verb, data=request.POST)
        known = {str(position): template for position, template in enumerate(self.decisions[verb].templates)}
        added = known.get(number)
        words = [request.POST.get("reason", "").strip(), str(added.text) if added else ""]
        typed = request.POST.dict() | {"reason": "\n\n".join(filter(None, words))}
        return self._made(target, verb, initial=typed)

    def _made(self, target: M, verb: str, **given: Any) -> ReasonForm:
        form = self.decisions[verb].form(**given)
        for name, words in self.help_of(target, verb).items():
            form.fields[name].help_text = words
        return form

    def _read_again(self, form: ReasonForm, target: M, verb: str) -> ReasonForm:
        """What was typed stays; sending it again says that the new state was read."""
        typed = {name: form.data.get(name, "") for name in form.fields}
        again = self._made(target, verb, data=typed | {"seen": self.reading_of(target)})
        again.add_error(None, str(ReadAgain.user_message))
        return again
