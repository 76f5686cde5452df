from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Évaluations")

    def ready(self) -> None:
        from reviews import notices, receivers  # noqa: F401, PLC0415  (registries need loaded models)

        notices.register()
