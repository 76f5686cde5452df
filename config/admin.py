from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class SkilmiAdminSite(AdminSite):
    site_header = _("Skilmi, équipe")
    site_title = _("Skilmi")
    index_title = _("À traiter")
