"""What a request needs before it can be sent and validated (SK-16, SK-20, SK-22 to SK-26).

Apps above add their own checks in `ready()`, for facts that this app does not know (`catalog`: the skills).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.legal import PRIVACY, SERVICE_TERMS
from accounts.models import MemberPage, User
from accounts.selectors import has_accepted
from billing.models import BillingMandate, BillingProfile, ConnectedAccount
from billing.states import VatRegime
from mentors.models import MentorProfile
from mentors.rules import ChecklistItem

Check = Callable[[User], ChecklistItem]
_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add something to the part « Page personnelle »."""
    _checks[name] = check


def registered() -> dict[str, Check]:
    return dict(_checks)


@dataclass(frozen=True)
class Checklist:
    """The items by page where they are given."""

    page: list[ChecklistItem]
    billing: list[ChecklistItem]
    terms: list[ChecklistItem]

    @property
    def items(self) -> list[ChecklistItem]:
        return self.page + self.billing + self.terms

    @property
    def missing(self) -> list[ChecklistItem]:
        return missing_of(self.items)

    @property
    def done(self) -> int:
        return len(self.items) - len(self.missing)

    @property
    def missing_elsewhere(self) -> list[ChecklistItem]:
        """Without the terms, which are accepted with the request itself."""
        return missing_of(self.page + self.billing)


def missing_of(items: list[ChecklistItem]) -> list[ChecklistItem]:
    return [item for item in items if not item.is_done]


def checklist_of(user: User) -> Checklist:
    return Checklist(
        page=_page_items(user) + [check(user) for check in _checks.values()],
        billing=[_rate_item(user), *_company_items(user), _mandate_item(user), _stripe_item(user)],
        terms=[_terms_item(user)],
    )


def _page_items(user: User) -> list[ChecklistItem]:
    page = MemberPage.objects.filter(user=user).first() or MemberPage()
    url = reverse("pages:profile_edit")
    wanted = {
        "presentation": _("présentation"),
        "position": _("poste actuel"),
        "education": _("formation et diplômes"),
        "linkedin_url": _("profil LinkedIn"),
    }
    return [ChecklistItem(key, label, f"{url}#id_{key}", bool(getattr(page, key))) for key, label in wanted.items()]


def _rate_item(user: User) -> ChecklistItem:
    has_rate = MentorProfile.objects.filter(user=user, hourly_rate_cents__isnull=False).exists()
    return _item("rate", _("tarif horaire"), "id_tarif", has_rate)


def _company_items(user: User) -> list[ChecklistItem]:
    profile = BillingProfile.objects.filter(user=user).first() or BillingProfile(country="")
    has_address = profile.address and profile.postcode and profile.city and profile.country
    items = [
        _item("business_name", _("nom ou raison sociale"), "id_business_name", profile.business_name),
        _item("address", _("adresse professionnelle complète"), _first_empty(profile), has_address),
        _item("siren", _("numéro SIREN"), "id_siren", profile.siren),
        _item("vat_regime", _("régime de TVA"), "id_vat_regime_0", profile.vat_regime),
    ]
    if profile.vat_regime == VatRegime.REGISTERED:
        items.append(_item("vat_number", _("numéro de TVA"), "id_vat_number", profile.vat_number))
    return items


def _first_empty(profile: BillingProfile) -> str:
    """The address is one thing to give, in three fields."""
    return next((f"id_{name}" for name in ("address", "postcode", "city") if not getattr(profile, name)), "id_address")


def _mandate_item(user: User) -> ChecklistItem:
    return _item("mandate", _("mandat de facturation"), "mandat", BillingMandate.objects.filter(user=user).exists())


def _stripe_item(user: User) -> ChecklistItem:
    account = ConnectedAccount.objects.filter(user=user).first()
    return _item("stripe", _("compte Stripe"), "stripe", account is not None and account.is_payable)


def _terms_item(user: User) -> ChecklistItem:
    accepted = has_accepted(user, SERVICE_TERMS) and has_accepted(user, PRIVACY)
    url = reverse("mentors:application") + "#id_accepts_terms"
    return ChecklistItem("terms", _("conditions de prestation"), url, accepted)


def _item(key: str, label: str | Promise, anchor: str, is_done: object) -> ChecklistItem:
    return ChecklistItem(key, label, reverse("mentors:billing") + f"#{anchor}", bool(is_done))
