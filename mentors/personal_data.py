"""What `mentors` knows of a member."""

from collections.abc import Iterator

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exporting import section
from core.personal_data import Fate, Held, Section, Source
from mentors.models import AvailabilityHint, MentorApplicationEvent, MentorProfile

HELD = (
    Held(
        "mentors.MentorProfile",
        gettext_lazy("la demande de mentor et le tarif"),
        Fate.ERASED,
        ("user", "refusal_proposed_by"),
    ),
    Held("mentors.MentorApplicationEvent", gettext_lazy("les étapes de cette demande"), Fate.ERASED, ("actor",)),
    Held("mentors.AvailabilityHint", gettext_lazy("les disponibilités"), Fate.ERASED),
)


def sections(member_id: int) -> Iterator[Section]:
    own = MentorProfile.objects.filter(user=member_id)
    marks = ((_("Somme des notes"), "rating_sum"), (_("Nombre d’avis"), "rating_count"))
    yield section(_("Demande de mentor"), own, "status", "hourly_rate_cents", "submitted_at", "validated_at", *marks)
    steps = MentorApplicationEvent.objects.filter(profile__user=member_id)
    yield section(_("Étapes de la demande"), steps, "at", "from_status", "to_status", "reason")
    hints = AvailabilityHint.objects.filter(mentor__user=member_id)
    yield section(_("Disponibilités"), hints, "weekday", "starts", "ends")


@transaction.atomic
def erase(member_id: int) -> None:
    """Its marks stay with the reviews; a former mentor has no list to stand in."""
    MentorApplicationEvent.objects.filter(profile__user=member_id).delete()
    MentorProfile.objects.filter(user=member_id).delete()


SOURCE = Source(app="mentors", title=gettext_lazy("Activité de mentor"), held=HELD, sections=sections, erase=erase)
