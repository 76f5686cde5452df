from django.utils.translation import gettext_lazy as _

from notifications import kinds


def register() -> None:
    for name in ("published", "replied", "report_received", "decided"):
        kinds.register(kinds.Kind(f"reviews.{name}"))
    kinds.register(kinds.Kind("reviews.invitation", email=False))
    kinds.register(kinds.Kind("reviews.reminder", mutable=True, label=_("Rappels pour donner un avis")))
