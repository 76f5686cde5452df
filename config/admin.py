from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class SkilmiAdminSite(AdminSite):
    site_header = _("Skilmi, équipe")
    site_title = _("Skilmi")
    index_title = _("À traiter")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The team enters by the members' door, which counts attempts and asks for the second factor."""
        entered: HttpResponse = secure_admin_login(super().login)(request, extra_context=extra_context)
        return entered
