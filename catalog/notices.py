"""What mentors are told of their trainings and proposed names (N-23). Templates: templates/emails/<kind>/."""

from django.utils.translation import gettext_lazy as _

from catalog.states import ProposalStatus
from notifications import kinds


def register() -> None:
    kinds.register(kinds.Kind("catalog.training_validated", label=_("Formation validée")))
    kinds.register(kinds.Kind("catalog.training_refused", label=_("Formation à revoir")))
    for decision in (ProposalStatus.ACCEPTED, ProposalStatus.MERGED, ProposalStatus.REFUSED):
        kinds.register(kinds.Kind(f"catalog.name_{decision}", label=_("Décision sur un nom proposé")))
