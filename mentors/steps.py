"""The four steps of « Modifier mon profil » (SK-15 to SK-19), as every page of the series shows them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from mentors.checklist import checklist_of, missing_of
from mentors.rules import ChecklistItem
from mentors.selectors import profile_of
from mentors.states import MentorStatus

PAGE = "page"
APPLICATION = "application"
BILLING = "billing"
OFFER = "offer"


@dataclass(frozen=True)
class Step:
    label: str
    href: str
    state: str
    state_label: str


def steps_of(user: User, current: str) -> list[Step]:
    """`current` is the step of the page being shown."""
    profile = profile_of(user)
    found = checklist_of(user)
    sent = profile.status in {MentorStatus.SUBMITTED, MentorStatus.VALIDATED}
    offer_state = _("Ouverte") if profile.is_validated else _("Après validation")
    lines = [
        (PAGE, _("Page personnelle"), "pages:profile_edit", *_part(found.page)),
        (APPLICATION, _("Devenir mentor"), "mentors:application", sent, str(profile.get_status_display())),
        (BILLING, _("Contact et facturation"), "mentors:billing", *_part(found.billing)),
        (OFFER, _("Mon offre de formation"), "catalog:offer", profile.is_validated, offer_state),
    ]
    return [
        Step(label, reverse(url), "current" if name == current else "done" if done else "todo", words)
        for name, label, url, done, words in lines
    ]


def _part(items: list[ChecklistItem]) -> tuple[bool, str]:
    missing = len(missing_of(items))
    if not missing:
        return True, _("Complet")
    return False, ngettext("Incomplet : %d élément", "Incomplet : %d éléments", missing) % missing
