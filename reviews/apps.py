from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import personal_data, queues


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Évaluations")

    def ready(self) -> None:
        from accounts import facts  # noqa: PLC0415
        from reviews import facts as about  # noqa: PLC0415
        from reviews import notices, receivers, selectors  # noqa: F401, PLC0415  (registries need loaded models)
        from reviews.personal_data import SOURCE  # noqa: PLC0415

        notices.register()
        facts.register("reviews", "reviews.view_review", about.facts)
        queues.register(
            queues.Queue(
                "reviews",
                _("Avis signalés"),
                "reviews.view_review",
                selectors.reported,
                since="waiting_since",
                page="admin:reviews_review",
                target="review_report_hours",
            )
        )
        personal_data.register(SOURCE)
