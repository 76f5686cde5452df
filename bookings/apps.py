from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Réservations")

    def ready(self) -> None:
        from accounts import facts  # noqa: PLC0415
        from bookings import cards, notices, receivers, selectors, suggestion_cards  # noqa: F401, PLC0415  (registries need loaded models)
        from bookings import facts as about  # noqa: PLC0415
        from bookings.personal_data import SOURCE  # noqa: PLC0415
        from core import personal_data, references  # noqa: PLC0415

        notices.register()
        facts.register("bookings", "accounts.view_user", about.facts)
        cards.register()
        suggestion_cards.register()
        references.register(selectors.PREFIX, selectors.describe)
        personal_data.register(SOURCE)
