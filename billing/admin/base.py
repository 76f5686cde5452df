"""What the screens of the money share: read-only lists that stay fast, links, and actions that ask for a reason."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from accounts.decisions import TraceForm
from accounts.http import member_of
from accounts.models import User
from accounts.services import record
from core import references
from core.errors import DomainError
from core.money import format_euros

_read_or_send = require_http_methods(["GET", "HEAD", "POST"])
M = TypeVar("M", bound=Model)
Words = str | Promise
# A column. Django takes callables wherever it takes names; its stubs do not say so.
Shown = Any

READS_PROOFS = "sessions_video.view_videosession"


class ReadOnly:
    """Mixed into an admin class or an inline: nothing is added, changed or deleted by hand."""

    fields: ClassVar[Any]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return list(self.fields or ())


class ReadOnlyInline(ReadOnly):
    """Rows of a row: who may read that one reads them."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


@dataclass(frozen=True)
class StaffAction:
    """Something the team may do to one row. `act` takes (row, who, reason); a DomainError says why it cannot be."""

    slug: str
    label: Words
    explanation: Words
    done: Words
    permission: str
    # Its name in the team's trace; empty when the service leaves one itself.
    trace: str
    act: Callable[[Any, User, str], object]
    is_offered: Callable[[Any], bool]
    # False: takes its time, and holds no lock meanwhile.
    is_atomic: bool = True


class BooksAdmin(ReadOnly, admin.ModelAdmin[M]):
    """A list of rows that services write, with what the team may do to one of them."""

    staff_actions: ClassVar[tuple[StaffAction, ...]] = ()
    # Counting every row of a long table costs more than reading the page.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50

    @property
    def address(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:pk>/{action.slug}/",
                self.admin_site.admin_view(_read_or_send(partial(self.act_view, action=action))),
                name=f"{self.address}_{action.slug}",
            )
            for action in self.staff_actions
        ]
        return [*own, *super().get_urls()]

    def act_view(self, request: HttpRequest, pk: int, action: StaffAction) -> HttpResponse:
        if not request.user.has_perm(action.permission):
            raise PermissionDenied
        target = get_object_or_404(self.get_queryset(request), pk=pk)
        form = TraceForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self._does(action, target, request, form):
            self.message_user(request, str(action.done), messages.SUCCESS)
            return redirect(f"admin:{self.address}_change", pk)
        context = {
            "title": f"{action.label} – {target}",
            "form": form,
            "object": target,
            "opts": self.opts,
            "action": action,
            **self.shown_before(target),
        }
        return render(request, "admin/billing/action.html", self.admin_site.each_context(request) | context)

    def shown_before(self, target: M) -> dict[str, Any]:
        """What is read before deciding, for the template."""
        return {}

    def _does(self, action: StaffAction, target: M, request: HttpRequest, form: TraceForm) -> bool:
        by, reason = member_of(request), form.cleaned_data["reason"].strip()
        try:
            with transaction.atomic() if action.is_atomic else nullcontext():
                action.act(target, by, reason)
                if action.trace:
                    name = getattr(target, "reference", target.pk)
                    record(actor=by, action=action.trace, reference=f"{self.opts.model_name}:{name}", reason=reason)
        except DomainError as error:
            form.add_error(None, str(error.user_message))
            return False
        return True

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        target = self.get_object(request, object_id)
        tools = self.tools(request, target) if target else []
        return super().change_view(request, object_id, form_url, (extra_context or {}) | {"staff_tools": tools})

    def tools(self, request: HttpRequest, target: M) -> list[tuple[Words, str]]:
        """Label and address of what this person may do to this row now."""
        return [
            (action.label, reverse(f"admin:{self.address}_{action.slug}", args=[target.pk]))
            for action in self.staff_actions
            if request.user.has_perm(action.permission) and action.is_offered(target)
        ]


class ShowsProofs(BooksAdmin[M]):
    """Its field `proofs` is for who may open them: for anybody else the page does not exist."""

    def get_fields(self, request: HttpRequest, obj: M | None = None) -> list[Any]:
        fields = list(super().get_fields(request, obj))
        return fields if request.user.has_perm(READS_PROOFS) else [field for field in fields if field != "proofs"]


# --- columns ---


def euros(name: str, label: Words) -> Shown:
    """An amount of cents as euros, sortable."""

    @admin.display(description=cast(str, label), ordering=name)
    def show(row: Any) -> str:
        cents = getattr(row, name)
        return "–" if cents is None else format_euros(cents)

    return _named(show, name)


def text(name: str, label: Words) -> Shown:
    """A field whose own name says nothing."""

    @admin.display(description=cast(str, label), ordering=name)
    def show(row: Any) -> str:
        return str(getattr(row, name) or "–")

    return _named(show, name)


def moment(name: str, label: Words) -> Shown:
    """A date and time in few characters."""

    @admin.display(description=cast(str, label), ordering=name)
    def show(row: Any) -> str:
        at = getattr(row, name)
        return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else "–"

    return _named(show, name)


def worded(name: str, label: Words, words: Callable[[str], str]) -> Shown:
    """A code in words."""

    @admin.display(description=cast(str, label), ordering=name)
    def show(row: Any) -> str:
        code = getattr(row, name)
        return words(code) if code else "–"

    return _named(show, name)


def linked(name: str, label: Words) -> Shown:
    """Another row (`settlement`, `top_up__user`), as a link to its page of the team."""

    @admin.display(description=cast(str, label))
    def show(row: Any) -> str | SafeString:
        return row_link(_reach(row, name))

    return _named(show, name)


def subject(name: str, label: Words) -> Shown:
    """What an opaque reference is, in words; the ledger knows everything about it."""

    @admin.display(description=cast(str, label))
    def show(row: Any) -> str | SafeString:
        return subject_link(_reach(row, name) or "")

    return _named(show, name)


def reference_link(name: str, label: Words) -> Shown:
    """The reference alone, for lists: nothing is asked of other apps."""

    @admin.display(description=cast(str, label), ordering=name)
    def show(row: Any) -> str | SafeString:
        reference = _reach(row, name)
        return key_link(reference) if reference else "–"

    return _named(show, name)


def row_link(row: Model | None) -> str | SafeString:
    if row is None:
        return "–"
    meta = row._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', address, row)


def subject_link(reference: str) -> str | SafeString:
    if not reference:
        return "–"
    described = references.describe(reference)
    return format_html("{}, {}", described.label, key_link(reference)) if described else key_link(reference)


def proof_link(reference: str) -> str | SafeString:
    """To the count of the time, minute by minute, once the session has ended."""
    described = references.describe(f"proof:{reference}")
    return format_html('<a href="{}">{}</a>', described.url, described.label) if described else "–"


def key_link(words: str) -> SafeString:
    """To the operations whose key or reference begins so."""
    address = reverse("admin:billing_ledgertransaction_changelist", query={"q": words})
    return format_html('<a href="{}">{}</a>', address, words)


def listed(links: Iterable[str | SafeString]) -> str | SafeString:
    return format_html_join(", ", "{}", [(link,) for link in links]) or "–"


def _reach(row: Any, name: str) -> Any:
    """`part__payout`: None where the way ends early."""
    for step in name.split("__"):
        row = getattr(row, step, None)
        if row is None:
            return None
    return row


def _named(show: Shown, name: str) -> Shown:
    """Columns of one table have each their own name."""
    show.__name__ = name
    return show
