"""The help page: its sections. The texts are templates; what they print comes from the values in force."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.values import DEFAULTS, several

Words = str | Promise
SECONDS_PER_MINUTE = 60


@dataclass(frozen=True)
class Section:
    slug: str
    title: Words
    name: str

    @property
    def template(self) -> str:
        return f"pages/help/_{self.name}.html"


SECTIONS = (
    Section("devenir-mentor", _("Devenir mentor"), "becoming"),
    Section("offre", _("Votre offre"), "offer"),
    Section("tarif", _("Tarif et facturation"), "rate"),
    Section("contact", _("Messages"), "messages"),
    Section("reservations", _("Réservations"), "bookings"),
    Section("paiement", _("Paiement et crédit"), "payment"),
    Section("session-video", _("La session vidéo"), "video"),
    Section("avis", _("Avis et litiges"), "reviews"),
    Section("compte", _("Votre compte"), "account"),
)


def values_in_force() -> dict[str, int]:
    """Every value that the texts print."""
    values = several(*DEFAULTS)
    return values | {"free_minutes": values["free_seconds"] // SECONDS_PER_MINUTE}
