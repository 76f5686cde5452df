"""What an invoice says, frozen as JSON at the instant of the settlement. Rendering reads nothing else."""

from datetime import datetime
from typing import NotRequired, TypedDict, cast
from zoneinfo import ZoneInfo

from django.conf import settings

from accounts.models import User
from billing.errors import CannotInvoice
from billing.invoices import mentions
from billing.invoices.register import legal_date
from billing.models import BillingMandate, BillingProfile, Settlement
from billing.rules import mentor_vat_basis_points

VERSION = 1


class Party(TypedDict):
    name: str
    address: str
    postcode: str
    city: str
    country: str
    siren: str
    vat_number: str


class Service(TypedDict):
    """What was sold. Times are ISO 8601 in the zone of the booking, amounts are cents."""

    label: str
    started_at: str
    ended_at: str
    time_zone: str
    billed_seconds: int
    rate_cents: int


class Amounts(TypedDict):
    total_cents: int
    without_vat_cents: int
    vat_cents: int
    vat_basis_points: int
    held_cents: int
    released_cents: int


class Exemption(TypedDict):
    code: str
    text: str


class Content(TypedDict):
    version: int
    number: str
    issued_on: str
    paid_on: str
    currency: str
    seller: Party
    buyer: Party
    platform: str
    mandate_accepted_on: str
    terms_url: str
    service: Service
    amounts: Amounts
    exemption: NotRequired[Exemption]
    mentions: list[list[str]]


def freeze(*, settlement: Settlement, number: str, paid_at: datetime) -> Content:
    """Raises CannotInvoice when the mentor has no SIREN or has given no mandate."""
    mentor = cast(User, settlement.mentor)
    profile, mandate = _seller_of(mentor)
    buyer = _buyer_of(settlement.learner)
    day = legal_date(settlement.settled_at)
    content = Content(
        version=VERSION,
        number=number,
        issued_on=day.isoformat(),
        paid_on=legal_date(paid_at).isoformat(),
        currency="EUR",
        seller=_party(profile),
        buyer=buyer,
        platform=settings.PLATFORM["name"],
        mandate_accepted_on=legal_date(mandate.accepted_at).isoformat(),
        terms_url=f"{settings.BASE_URL}/cgps/",
        service=_service(settlement),
        amounts=_amounts(settlement),
        mentions=_mentions(profile, buyer),
    )
    if text := mentions.exemption(settlement.vat_regime, day):
        code = mentions.EXEMPTION_CODES[settlement.vat_regime]
        content["exemption"] = Exemption(code=code, text=text)
    return content


def is_business(party: Party) -> bool:
    return bool(party["siren"])


def _seller_of(mentor: User) -> tuple[BillingProfile, BillingMandate]:
    profile = BillingProfile.objects.filter(user=mentor).exclude(siren="").first()
    mandate = BillingMandate.objects.filter(user=mentor).order_by("-accepted_at").first()
    if profile is None or mandate is None:
        raise CannotInvoice
    return profile, mandate


def _buyer_of(learner: User) -> Party:
    profile = BillingProfile.objects.filter(user=learner).first()
    if profile:
        return _party(profile)
    return Party(
        name=learner.get_full_name() or "Client particulier",
        address="",
        postcode="",
        city="",
        country="FR",
        siren="",
        vat_number="",
    )


def _party(profile: BillingProfile) -> Party:
    return Party(
        name=profile.business_name,
        address=profile.address,
        postcode=profile.postcode,
        city=profile.city,
        country=profile.country,
        siren=profile.siren,
        vat_number=profile.vat_number,
    )


def _service(settlement: Settlement) -> Service:
    zone = ZoneInfo(settlement.time_zone)
    started = settlement.service_started_at or settlement.settled_at
    ended = settlement.service_ended_at or started
    return Service(
        label=settlement.label,
        started_at=started.astimezone(zone).isoformat(timespec="seconds"),
        ended_at=ended.astimezone(zone).isoformat(timespec="seconds"),
        time_zone=settlement.time_zone,
        billed_seconds=settlement.billed_seconds,
        rate_cents=settlement.rate_cents,
    )


def _amounts(settlement: Settlement) -> Amounts:
    return Amounts(
        total_cents=settlement.charged_cents,
        without_vat_cents=settlement.charged_cents - settlement.vat_cents,
        vat_cents=settlement.vat_cents,
        vat_basis_points=mentor_vat_basis_points(settlement.vat_regime, settlement.vat_basis_points),
        held_cents=settlement.held_cents,
        released_cents=settlement.released_cents,
    )


def _mentions(seller: BillingProfile, buyer: Party) -> list[list[str]]:
    found = mentions.of(
        seller=seller.business_name,
        platform=settings.PLATFORM["name"],
        mediator=settings.PLATFORM["mediator"],
        to_business=is_business(buyer),
    )
    return [list(mention) for mention in found]
