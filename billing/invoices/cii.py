"""The same invoice for machines: the business terms (BT-…) of EN 16931, from the frozen content.

Facts that cost time: no VAT is category `E` at rate 0 with a reason; without a VAT number the SIREN stands in as tax
registration (BT-32); the quantity is in whole minutes or else in seconds; BT-23 `S2` says a service already paid.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.invoices.content import Content, Party, is_business

STANDARD, EXEMPT = "S", "E"
COMMERCIAL_INVOICE = "380"
PAID_SERVICE = "S2"
BANK_CARD = "48"
SIREN_SCHEME = "0002"
SIREN_ADDRESS_SCHEME = "0225"
MINUTE, HOUR = 60, 3600


def business_terms(content: Content) -> dict[str, Any]:
    amounts = content["amounts"]
    issued, paid = date.fromisoformat(content["issued_on"]), date.fromisoformat(content["paid_on"])
    without_vat, total = _euros(amounts["without_vat_cents"]), _euros(amounts["total_cents"])
    to_business = is_business(content["buyer"])
    return {
        "BT-1": content["number"],
        "BT-2": issued,
        "BT-3": COMMERCIAL_INVOICE,
        "BT-5": content["currency"],
        "BT-8": "payment",
        "BT-9": issued,
        "BT-20": f"Payée par carte le {paid:%d/%m/%Y}",
        "BT-23": PAID_SERVICE,
        "BT-72": datetime.fromisoformat(content["service"]["started_at"]).date(),
        "BT-81": BANK_CARD,
        "BG-1": _notes(content),
        "BG-4": _party(content["seller"], is_reachable=to_business, is_seller=True),
        "BG-7": _party(content["buyer"], is_reachable=to_business),
        "BG-23": [_vat(content)],
        "BT-106": without_vat,
        "BT-109": without_vat,
        "BT-110": _euros(amounts["vat_cents"]),
        "BT-112": total,
        "BT-113": total,
        "BT-115": _euros(0),
        "BG-25": [_line(content)],
    }


def _notes(content: Content) -> list[dict[str, str]]:
    notes = [{"BT-21": code, "BT-22": text} for code, text in content["mentions"]]
    if "exemption" in content:
        notes.append({"BT-21": "AAI", "BT-22": content["exemption"]["text"]})
    return notes


def _party(party: Party, *, is_reachable: bool, is_seller: bool = False) -> dict[str, str]:
    """An electronic address is needed between businesses only, where the invoice travels by an approved platform."""
    fields = {
        "name": party["name"],
        "addr_l1": party["address"],
        "postcode": party["postcode"],
        "city": party["city"],
        "country_code": party["country"],
        "vat_identifier": party["vat_number"],
    }
    if party["siren"]:
        fields |= {"legal_identifier": party["siren"], "legal_identifier_schemeid": SIREN_SCHEME}
    if is_seller and not party["vat_number"]:
        fields["tax_identifier"] = party["siren"]
    if is_reachable:
        fields |= {"einvoicing_addr": party["siren"], "einvoicing_addr_schemeid": SIREN_ADDRESS_SCHEME}
    return {name: value for name, value in fields.items() if value}


def _vat(content: Content) -> dict[str, str]:
    amounts = content["amounts"]
    fields = {
        "BT-116": _euros(amounts["without_vat_cents"]),
        "BT-117": _euros(amounts["vat_cents"]),
        "BT-118": _category(content),
        "BT-119": _rate(content),
    }
    if "exemption" in content:
        fields |= {"BT-120": content["exemption"]["text"], "BT-121": content["exemption"]["code"]}
    return fields


def _line(content: Content) -> dict[str, Any]:
    service = content["service"]
    seconds = service["billed_seconds"]
    in_minutes = seconds % MINUTE == 0
    return {
        "BT-126": "1",
        "BT-153": f"Session vidéo de mentorat\u202f: {service['label']}",
        "BT-146": _unit_price(content),
        "BT-149": str(HOUR // MINUTE if in_minutes else HOUR),
        "BT-129": str(seconds // MINUTE if in_minutes else seconds),
        "BT-130": "MIN" if in_minutes else "SEC",
        "BT-151": _category(content),
        "BT-152": _rate(content),
        "BT-131": _euros(content["amounts"]["without_vat_cents"]),
        "BT-134": datetime.fromisoformat(service["started_at"]).date(),
        "BT-135": datetime.fromisoformat(service["ended_at"]).date(),
    }


def _unit_price(content: Content) -> str:
    """The hourly price without VAT, to four decimals: an item price may be finer than a cent."""
    gross = Decimal(content["service"]["rate_cents"]) / 100
    divisor = 1 + Decimal(content["amounts"]["vat_basis_points"]) / 10_000
    return str((gross / divisor).quantize(Decimal("0.0001")))


def _category(content: Content) -> str:
    return EXEMPT if "exemption" in content else STANDARD


def _rate(content: Content) -> str:
    return _euros(content["amounts"]["vat_basis_points"])


def _euros(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"
