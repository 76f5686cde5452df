"""What a document says, frozen as JSON at the instant it is issued. Rendering reads nothing else.

Version 2 has lines and four kinds of documents. What version 1 stored is read through `billing.invoices.upgrade`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NotRequired, TypedDict, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from accounts.models import User
from billing.errors import CannotInvoice
from billing.invoices import mentions
from billing.invoices.register import legal_date
from billing.models import Adjustment, BillingProfile, Settlement
from billing.rules import mentor_vat_basis_points
from billing.states import DocumentKind
from core.text import one_line

VERSION = 2
CURRENCY = "EUR"
# Documents that give back, and documents of the platform itself to a mentor.
CREDIT_KINDS = frozenset({DocumentKind.CREDIT_NOTE, DocumentKind.COMMISSION_CREDIT})
COMMISSION_KINDS = frozenset({DocumentKind.COMMISSION, DocumentKind.COMMISSION_CREDIT})


class Party(TypedDict):
    name: str
    address: str
    postcode: str
    city: str
    country: str
    siren: str
    vat_number: str


PARTY_FIELDS = ("name", "address", "postcode", "city", "country", "siren", "vat_number")
SIREN = PARTY_FIELDS.index("siren")
# In the order of the fields above.
PARTIES = """
SELECT user_id,
       (SELECT max(accepted_at) FROM billing_billingmandate WHERE user_id = %s),
       business_name, address, postcode, city, country, siren, vat_number
  FROM billing_billingprofile WHERE user_id = ANY(%s)
"""


class Line(TypedDict):
    """One thing sold, or given back. Amounts are positive cents; times are ISO 8601 in the zone of the booking.

    Time sold has `seconds` and an hourly `rate_cents`, VAT included; anything else is one unit and has neither.
    """

    # Opaque: the settlement it comes from.
    reference: str
    # As printed; the label alone stands in lists.
    title: str
    label: str
    served_on: str
    # Empty when nobody knows them: a session that did not take place.
    started_at: str
    ended_at: str
    time_zone: str
    seconds: int
    rate_cents: int
    # On the platform's own documents: what the learner paid, or got back.
    paid_cents: int
    total_cents: int
    without_vat_cents: int
    vat_cents: int
    vat_basis_points: int


class Tax(TypedDict):
    """The sums of the lines of one rate."""

    basis_points: int
    without_vat_cents: int
    vat_cents: int


class Amounts(TypedDict):
    total_cents: int
    without_vat_cents: int
    vat_cents: int
    held_cents: int
    released_cents: int


class Exemption(TypedDict):
    code: str
    text: str


class Corrected(TypedDict):
    """The document a credit note corrects."""

    number: str
    issued_on: str


class Period(TypedDict):
    """First and last day."""

    first: str
    last: str


class Content(TypedDict):
    version: int
    kind: str
    number: str
    issued_on: str
    # The day it was paid, or given back.
    paid_on: str
    currency: str
    seller: Party
    buyer: Party
    platform: str
    # Empty on the platform's own documents: nobody issues them for another.
    mandate_accepted_on: str
    terms_url: str
    lines: list[Line]
    taxes: list[Tax]
    amounts: Amounts
    mentions: list[list[str]]
    exemption: NotRequired[Exemption]
    corrects: NotRequired[Corrected]
    reason: NotRequired[str]
    # The month, on the platform's own documents.
    period: NotRequired[Period]


def freeze(*, settlement: Settlement, number: str, paid_at: datetime) -> Content:
    """An invoice. Raises CannotInvoice when the mentor has no SIREN or has given no mandate."""
    seller, mandated_at, buyer = _parties(cast(User, settlement.mentor), settlement.learner)
    day = legal_date(settlement.settled_at)
    line = _sold(settlement)
    content = Content(
        version=VERSION,
        kind=DocumentKind.INVOICE,
        number=number,
        issued_on=day.isoformat(),
        paid_on=legal_date(paid_at).isoformat(),
        currency=CURRENCY,
        seller=seller,
        buyer=buyer,
        platform=settings.PLATFORM["name"],
        mandate_accepted_on=legal_date(mandated_at).isoformat(),
        terms_url=f"{settings.BASE_URL}/cgps/",
        lines=[line],
        taxes=sum_taxes([line]),
        amounts=sum_amounts([line], held_cents=settlement.held_cents, released_cents=settlement.released_cents),
        mentions=_mentions(seller["name"], buyer, DocumentKind.INVOICE),
    )
    if exemption := _exemption(settlement.vat_regime, day):
        content["exemption"] = exemption
    return content


def freeze_credit_note(*, adjustment: Adjustment, corrected: Content, number: str) -> Content:
    """What gives a part of an invoice back: the same two parties as that invoice, whatever has changed since."""
    day = legal_date(adjustment.decided_at).isoformat()
    line = _given_back(adjustment, corrected["lines"][0])
    content = Content(
        version=VERSION,
        kind=DocumentKind.CREDIT_NOTE,
        number=number,
        issued_on=day,
        paid_on=day,
        currency=corrected["currency"],
        seller=corrected["seller"],
        buyer=corrected["buyer"],
        platform=corrected["platform"],
        mandate_accepted_on=corrected["mandate_accepted_on"],
        terms_url=corrected["terms_url"],
        lines=[line],
        taxes=sum_taxes([line]),
        amounts=sum_amounts([line]),
        mentions=_mentions(corrected["seller"]["name"], corrected["buyer"], DocumentKind.CREDIT_NOTE),
        corrects=Corrected(number=corrected["number"], issued_on=corrected["issued_on"]),
        reason=adjustment.reason,
    )
    if "exemption" in corrected:
        content["exemption"] = corrected["exemption"]
    return content


def is_business(party: Party) -> bool:
    return bool(party["siren"])


def is_credit(content: Content) -> bool:
    return content["kind"] in CREDIT_KINDS


def is_commission(content: Content) -> bool:
    """The platform's own document, to a mentor."""
    return content["kind"] in COMMISSION_KINDS


# --- Parties ----------------------------------------------------------------------------------------------------------


def _parties(seller: User, buyer: User) -> tuple[Party, datetime, Party]:
    """Both sides of an invoice, and when the seller gave his mandate: the latest one. In one query."""
    with connection.cursor() as cursor:
        cursor.execute(PARTIES, [seller.pk, [seller.pk, buyer.pk]])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    mandated_at, *own = found.get(seller.pk, (None,))
    if mandated_at is None or not own[SIREN]:
        raise CannotInvoice
    other = found.get(buyer.pk)
    return _party(own), mandated_at, _party(other[1:]) if other else _private(buyer)


def _party(fields: Sequence[str]) -> Party:
    return cast(Party, dict(zip(PARTY_FIELDS, fields, strict=True)))


def buyer_of(member: User) -> Party:
    profile = BillingProfile.objects.filter(user=member).first()
    return party_of(profile) if profile else _private(member)


def _private(member: User) -> Party:
    """Somebody who bought for himself."""
    return Party(
        name=one_line(member.get_full_name()) or "Client particulier",
        address="",
        postcode="",
        city="",
        country="FR",
        siren="",
        vat_number="",
    )


def party_of(profile: BillingProfile) -> Party:
    return Party(
        name=profile.business_name,
        address=profile.address,
        postcode=profile.postcode,
        city=profile.city,
        country=profile.country,
        siren=profile.siren,
        vat_number=profile.vat_number,
    )


def platform_party() -> Party:
    own = settings.PLATFORM
    return Party(
        name=own["name"],
        address=own["address"],
        postcode=own["postcode"],
        city=own["city"],
        country="FR",
        siren=own["siren"],
        vat_number=own["vat_number"],
    )


# --- Lines and sums ---------------------------------------------------------------------------------------------------


def _sold(settlement: Settlement) -> Line:
    zone = ZoneInfo(settlement.time_zone)
    started = settlement.service_started_at
    # An agreed amount has no time of its own: the session it stands for did not take place.
    ended = (settlement.service_ended_at or started) if settlement.billed_seconds else None
    served = (started or settlement.settled_at).astimezone(zone)
    return Line(
        reference=settlement.reference,
        title=f"Session vidéo de mentorat\u202f: {settlement.label}",
        label=settlement.label,
        served_on=served.date().isoformat(),
        started_at=served.isoformat(timespec="seconds") if started and ended else "",
        ended_at=ended.astimezone(zone).isoformat(timespec="seconds") if ended else "",
        time_zone=settlement.time_zone,
        seconds=settlement.billed_seconds,
        rate_cents=settlement.rate_cents if settlement.billed_seconds else 0,
        paid_cents=0,
        total_cents=settlement.charged_cents,
        without_vat_cents=settlement.charged_cents - settlement.vat_cents,
        vat_cents=settlement.vat_cents,
        vat_basis_points=mentor_vat_basis_points(settlement.vat_regime, settlement.vat_basis_points),
    )


def _given_back(adjustment: Adjustment, sold: Line) -> Line:
    return Line(
        reference=sold["reference"],
        title=sold["title"],
        label=sold["label"],
        served_on=sold["served_on"],
        started_at="",
        ended_at="",
        time_zone=sold["time_zone"],
        seconds=0,
        rate_cents=0,
        paid_cents=0,
        total_cents=adjustment.amount_cents,
        without_vat_cents=adjustment.amount_cents - adjustment.vat_cents,
        vat_cents=adjustment.vat_cents,
        vat_basis_points=sold["vat_basis_points"],
    )


def sum_taxes(lines: Iterable[Line]) -> list[Tax]:
    sums: dict[int, Tax] = {}
    for line in lines:
        rate = line["vat_basis_points"]
        tax = sums.setdefault(rate, Tax(basis_points=rate, without_vat_cents=0, vat_cents=0))
        tax["without_vat_cents"] += line["without_vat_cents"]
        tax["vat_cents"] += line["vat_cents"]
    return [sums[rate] for rate in sorted(sums)]


def sum_amounts(lines: Iterable[Line], *, held_cents: int = 0, released_cents: int = 0) -> Amounts:
    rows = list(lines)
    return Amounts(
        total_cents=sum(line["total_cents"] for line in rows),
        without_vat_cents=sum(line["without_vat_cents"] for line in rows),
        vat_cents=sum(line["vat_cents"] for line in rows),
        held_cents=held_cents,
        released_cents=released_cents,
    )


def _exemption(regime: str, day: date) -> Exemption | None:
    text = mentions.exemption(regime, day)
    return Exemption(code=mentions.EXEMPTION_CODES[regime], text=text) if text else None


def _mentions(seller: str, buyer: Party, kind: str) -> list[list[str]]:
    found = mentions.of(
        seller=seller,
        platform=settings.PLATFORM["name"],
        mediator=settings.PLATFORM["mediator"],
        to_business=is_business(buyer),
        is_credit=kind == DocumentKind.CREDIT_NOTE,
    )
    return [list(mention) for mention in found]
