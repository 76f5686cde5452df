"""What mentors are told about their trainings (N-23). Templates: templates/emails/<kind>/."""

from django.utils.translation import gettext_lazy as _

from notifications import kinds


def register() -> None:
    kinds.register(kinds.Kind("catalog.training_validated", label=_("Formation validée")))
    kinds.register(kinds.Kind("catalog.training_refused", label=_("Formation à revoir")))
