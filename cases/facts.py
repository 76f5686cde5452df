"""What the team reads of cases on the page of a member (accounts.facts)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.facts import Fact
from accounts.models import User
from cases.models import Case
from cases.selectors import waiting_cases


def facts(member: User) -> list[Fact]:
    known = Case.objects.of(member)
    numbers = {"total": known.count(), "waiting": known.filter(pk__in=waiting_cases().values("pk")).count()}
    words = _("%(total)d, dont %(waiting)d à décider") % numbers
    return [Fact(_("Litiges"), words, reverse("admin:cases_case_changelist", query={"q": member.email}))]
