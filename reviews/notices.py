from django.utils.translation import gettext_lazy as _

from notifications import kinds


def register() -> None:
    kinds.register(kinds.Kind("reviews.published"))
    kinds.register(kinds.Kind("reviews.invitation", email=False))
    kinds.register(kinds.Kind("reviews.reminder", mutable=True, label=_("Rappels pour donner un avis")))
