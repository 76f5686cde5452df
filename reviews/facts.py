"""What the team reads of reviews on the page of a member (accounts.facts)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.facts import Fact
from accounts.models import User
from reviews.models import Review
from reviews.states import ReviewStatus


def facts(member: User) -> list[Fact]:
    written = Review.objects.filter(author=member)
    numbers = {"total": written.count(), "removed": written.filter(status=ReviewStatus.REMOVED).count()}
    reported = Review.objects.filter(mentor=member, report__isnull=False).count()
    address = reverse("admin:reviews_review_changelist", query={"q": member.email, "etat": "tous"})
    return [
        Fact(_("Avis écrits"), _("%(total)d, dont %(removed)d retirés") % numbers, address),
        Fact(_("Avis reçus et signalés"), str(reported)),
    ]
