"""What the team reads of reports on the page of a member (accounts.facts): how many, never the words of a thread."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.facts import Fact
from accounts.models import User
from messaging.models import Block, Outcome, Report


def facts(member: User) -> list[Fact]:
    about = Report.objects.filter(person=member)
    upheld = about.filter(outcome=Outcome.UPHELD).count()
    numbers = {"total": about.count(), "upheld": upheld, "waiting": about.filter(decided_at=None).count()}
    words = _("%(total)d, dont %(upheld)d avec suite et %(waiting)d à traiter") % numbers
    address = reverse("admin:messaging_report_changelist", query={"q": member.email, "etat": "tous"})
    return [
        Fact(_("Signalements reçus"), words, address),
        Fact(_("Bloqué par"), str(Block.objects.filter(blocked=member).count())),
    ]
