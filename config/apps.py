from django.contrib.admin.apps import AdminConfig


class SkilmiAdminConfig(AdminConfig):
    default_site = "config.admin.SkilmiAdminSite"
