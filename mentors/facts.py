"""What the team reads of a mentor on the page of the member (accounts.facts)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.facts import Fact
from accounts.models import User
from mentors.models import MentorProfile


def facts(member: User) -> list[Fact]:
    profile = MentorProfile.objects.filter(user=member).first()
    if profile is None:
        return []
    state = f"{profile.get_status_display()}"
    if profile.is_bookable:
        state = f"{state}, {MentorProfile._meta.get_field('is_bookable').verbose_name}"
    return [Fact(_("Mentor"), state, reverse("admin:mentors_mentorprofile_change", args=[profile.pk]))]
