"""The page of one member for the team, and what can be done to him: each with a reason, on a page of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, re_path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts import viewing
from accounts.decisions import ReasonForm, TraceForm, read_or_send
from accounts.facts import facts_about
from accounts.http import member_of
from accounts.measures import give_roles, is_suspended, restore_member, suspend_member, warn_member
from accounts.models import AuditEntry, User
from accounts.roles import GIVES_ROLES, ROLES, is_administrator, roles_of
from core.errors import DomainError

TRACE = 20


class RolesForm(TraceForm):
    roles = forms.MultipleChoiceField(
        label=_("Rôles"),
        required=False,
        choices=lambda: [(role.name, f"{role.label}\u202f: {role.does}") for role in ROLES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Sans aucun rôle, la personne ne fait plus partie de l’équipe."),
    )
    field_order = ("roles", "reason")


@dataclass(frozen=True)
class Action:
    label: str | Promise
    explanation: str | Promise
    permission: str
    form: type[forms.Form]
    is_offered: Callable[[User], bool]
    done: str | Promise
    # Takes member, by, and what the form holds.
    act: Callable[..., object] | None = None


ACTIONS: dict[str, Action] = {
    "avertissement": Action(
        _("Avertir"),
        _("Le membre lit vos mots dans ses notifications et par e-mail. Rien d’autre ne change."),
        "accounts.warn_member",
        ReasonForm,
        lambda member: not is_suspended(member),
        _("Le membre est averti."),
        warn_member,
    ),
    "suspension": Action(
        _("Suspendre"),
        _(
            "Le membre ne peut plus se connecter, ce qu’il a d’ouvert se ferme, sa page et ses annonces "
            "disparaissent, personne ne peut le réserver. Ses demandes en cours restent et expirent à leur "
            "échéance\u202f; ses sessions confirmées restent dues\u202f: traitez-les une par une. Ses virements "
            "partent comme prévu. Il lit la raison par e-mail."
        ),
        "accounts.suspend_member",
        ReasonForm,
        lambda member: not is_suspended(member),
        _("Le membre est suspendu."),
        suspend_member,
    ),
    "retablissement": Action(
        _("Rétablir"),
        _("Le membre peut de nouveau se connecter, et être réservé s’il est mentor. Il lit la raison par e-mail."),
        "accounts.suspend_member",
        ReasonForm,
        is_suspended,
        _("Le membre est rétabli."),
        restore_member,
    ),
    "roles": Action(
        _("Donner des rôles"),
        _("Une personne de l’équipe ne fait que ce que ses rôles permettent. Personne ne change ses propres rôles."),
        GIVES_ROLES,
        RolesForm,
        lambda member: True,
        _("Les rôles sont enregistrés."),
        give_roles,
    ),
    "vue": Action(
        _("Voir comme ce membre"),
        _(
            "Vous voyez le site comme lui, pendant 30 minutes, sans pouvoir rien changer. Ses messages, la salle et "
            "ses réglages de sécurité ne se voient pas. Votre visite et sa raison restent dans la trace de l’équipe."
        ),
        viewing.PERMISSION,
        TraceForm,
        lambda member: not member.is_staff,
        "",
    ),
}


class MemberPages(admin.ModelAdmin[User]):
    """Nothing is edited in place: the facts are read, and each action asks for its reason."""

    change_form_template = "admin/accounts/user/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        pattern = rf"^(?P<pk>\d+)/(?P<verb>{'|'.join(ACTIONS)})/$"
        view = self.admin_site.admin_view(read_or_send(self.action_view))
        return [re_path(pattern, view, name="accounts_user_action"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        member = self.get_object(request, unquote(object_id))
        context = {"title": capfirst(str(self.opts.verbose_name))} | (extra_context or {})
        if member:
            context |= self._file_of(member, member_of(request))
        return super().change_view(request, object_id, form_url, context)

    def _file_of(self, member: User, reader: User) -> dict[str, Any]:
        offered = [
            {"label": action.label, "address": reverse("admin:accounts_user_action", args=[member.pk, verb])}
            for verb, action in ACTIONS.items()
            if _may(reader, member, action) and action.is_offered(member)
        ]
        trace = AuditEntry.objects.filter(reference=f"user:{member.pk}").select_related("actor")
        return {
            "member": member,
            "is_suspended": is_suspended(member),
            "roles": [role.label for role in roles_of(member)],
            "facts": facts_about(member, reader),
            "offered": offered,
            "measures": member.measures.select_related("actor"),
            "trace": trace[:TRACE] if reader.has_perm("accounts.view_auditentry") else [],
        }

    def action_view(self, request: HttpRequest, pk: str, verb: str) -> HttpResponse:
        member, by, action = get_object_or_404(User, pk=pk), member_of(request), ACTIONS[verb]
        if not by.has_perm(action.permission):
            raise PermissionDenied
        form = action.form(request.POST or None, initial={"roles": [role.name for role in roles_of(member)]})
        if request.method == "POST" and form.is_valid():
            given = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
            try:
                if action.act is None:
                    viewing.start(session=request.session, member=member, by=by, reason=given["reason"])
                    return redirect("pages:account")
                action.act(member=member, by=by, **given)
            except DomainError as error:
                form.add_error(None, str(error.user_message))
            else:
                self.message_user(request, str(action.done), messages.SUCCESS)
                return redirect("admin:accounts_user_change", pk)
        context = {"title": action.label, "form": form, "object": member, "opts": self.opts, "action": action}
        context = self.admin_site.each_context(request) | context
        return render(request, "admin/accounts/user/action.html", context)


def _may(reader: User, member: User, action: Action) -> bool:
    """What would be refused is not offered: on oneself, and on the team unless one is an administrator."""
    if reader.pk == member.pk or not reader.has_perm(action.permission):
        return False
    return not member.is_staff or is_administrator(reader)
