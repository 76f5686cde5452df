from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SessionsVideoConfig(AppConfig):
    name = "sessions_video"
    verbose_name = _("Sessions vidéo")

    def ready(self) -> None:
        from core import personal_data, references  # noqa: PLC0415
        from sessions_video import notices, receivers, selectors  # noqa: F401, PLC0415  (needs loaded models)
        from sessions_video.personal_data import SOURCE  # noqa: PLC0415

        notices.register()
        references.register("proof", selectors.describe_proof)
        personal_data.register(SOURCE)
