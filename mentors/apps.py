from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data, queues


class MentorsConfig(AppConfig):
    name = "mentors"
    verbose_name = _("Mentors")

    def ready(self) -> None:
        import_module("mentors.notices").register()
        import_module("accounts.facts").register(
            "mentors", "mentors.view_mentorprofile", import_module("mentors.facts").facts
        )
        queues.register(
            queues.Queue(
                "mentors",
                _("Demandes de mentors"),
                "mentors.view_mentorprofile",
                import_module("mentors.selectors").waiting_applications,
                since="submitted_at",
                page="admin:mentors_mentorprofile",
                target="mentor_vetting_hours",
            )
        )
        personal_data.register(import_module("mentors.personal_data").SOURCE)
