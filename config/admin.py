from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.board import waiting_for
from accounts.http import member_of


class SkilmiAdminSite(AdminSite):
    site_header = _("Skilmi, équipe")
    site_title = _("Skilmi")
    index_title = _("À traiter")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits for the team comes first, for those who may read it."""
        return super().index(request, {"queues": waiting_for(member_of(request))} | (extra_context or {}))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The team enters by the members' door, which counts attempts and asks for the second factor."""
        entered: HttpResponse = secure_admin_login(super().login)(request, extra_context=extra_context)
        return entered
