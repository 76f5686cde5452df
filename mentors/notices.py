"""What mentors are told (N-22, N-25). Templates: templates/emails/<kind>/."""

from django.utils.translation import gettext_lazy as _

from mentors.states import MentorStatus
from notifications import kinds


def register() -> None:
    kinds.register(kinds.Kind("mentors.submitted", label=_("Demande de mentor reçue")))
    for status in (
        MentorStatus.VALIDATED,
        MentorStatus.CHANGES_REQUESTED,
        MentorStatus.REFUSED,
        MentorStatus.SUSPENDED,
    ):
        kinds.register(kinds.Kind(f"mentors.{status}", label=_("Décision sur une demande de mentor")))
    kinds.register(kinds.Kind("mentors.rate_changed", email=False, label=_("Tarif modifié")))
