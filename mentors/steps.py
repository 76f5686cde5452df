"""The four steps of « Modifier mon profil » (SK-15 to SK-19), as every page of the series shows them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from mentors.checklist import Checklist, checklist_of, missing_of
from mentors.models import MentorApplicationEvent, MentorProfile
from mentors.rules import ChecklistItem
from mentors.selectors import last_remark, profile_of
from mentors.states import MentorStatus

PAGE = "page"
APPLICATION = "application"
BILLING = "billing"
OFFER = "offer"
# In these states the team waits for the member, or closed the door: what it wrote stands on every page of the series.
REMARKED = frozenset({MentorStatus.CHANGES_REQUESTED, MentorStatus.REFUSED, MentorStatus.SUSPENDED})


@dataclass(frozen=True)
class Step:
    label: str
    href: str
    state: str
    state_label: str


@dataclass(frozen=True)
class Way:
    """How far a member is on the way to being a mentor, seen from one page of the series."""

    steps: list[Step]
    profile: MentorProfile
    checklist: Checklist
    # What the page being shown lacks.
    missing: list[ChecklistItem]
    remark: MentorApplicationEvent | None


def way_of(user: User, current: str) -> Way:
    """`current` is the step of the page being shown."""
    profile = profile_of(user)
    found = checklist_of(user)
    here = {PAGE: found.page, BILLING: found.billing}.get(current, [])
    return Way(
        steps=_steps(profile, found, current),
        profile=profile,
        checklist=found,
        missing=missing_of(here),
        remark=last_remark(profile) if profile.status in REMARKED else None,
    )


def _steps(profile: MentorProfile, found: Checklist, current: str) -> list[Step]:
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
    return False, ngettext("Incomplet : %d élément", "Incomplet : %d éléments", missing) % missing
