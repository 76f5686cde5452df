"""The same document for machines: the business terms (BT-…) of EN 16931, from the frozen content.

Facts that cost time: no VAT is category `E` at rate 0 with a reason; without a VAT number the SIREN stands in as tax
registration (BT-32); time is counted in whole minutes or else in seconds, anything else as one unit (C62); BT-23 `S2`
says a service already paid; a credit note (381) has positive amounts and names what it corrects (BG-3).
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.invoices.content import Content, Line, Party, Tax, is_business, is_commission, is_credit

STANDARD, EXEMPT = "S", "E"
INVOICE, CREDIT_NOTE = "380", "381"
PAID_SERVICE = "S2"
BANK_CARD, CLEARING = "48", "97"
SIREN_SCHEME = "0002"
SIREN_ADDRESS_SCHEME = "0225"
MINUTE, HOUR = 60, 3600
# Subject codes of notes: general, reason, and which road of the French reform the document takes.
GENERAL, REASON, ROAD = "AAI", "ACD", "BAR"
BETWEEN_BUSINESSES = "B2B"


def business_terms(content: Content) -> dict[str, Any]:
    amounts = content["amounts"]
    without_vat, total = _euros(amounts["without_vat_cents"]), _euros(amounts["total_cents"])
    to_business = is_business(content["buyer"])
    return {
        "BT-1": content["number"],
        "BT-2": date.fromisoformat(content["issued_on"]),
        "BT-3": CREDIT_NOTE if is_credit(content) else INVOICE,
        "BT-5": content["currency"],
        "BT-8": "payment",
        "BT-9": date.fromisoformat(content["issued_on"]),
        "BT-20": payment_words(content),
        "BT-23": PAID_SERVICE,
        "BT-81": CLEARING if is_credit(content) or is_commission(content) else BANK_CARD,
        "BG-1": _notes(content),
        "BG-4": _party(content["seller"], is_reachable=to_business, is_seller=True),
        "BG-7": _party(content["buyer"], is_reachable=to_business),
        "BG-23": [_vat(content, tax) for tax in content["taxes"]],
        "BT-106": without_vat,
        "BT-109": without_vat,
        "BT-110": _euros(amounts["vat_cents"]),
        "BT-112": total,
        "BT-113": total,
        "BT-115": _euros(0),
        "BG-25": [_line(content, number, line) for number, line in enumerate(content["lines"], 1)],
        **_delivered(content),
        **_corrected(content),
    }


def payment_words(content: Content) -> str:
    day = f"{date.fromisoformat(content['paid_on']):%d/%m/%Y}"
    if is_commission(content):
        return "Compensée avec les sommes reprises" if is_credit(content) else "Retenue sur le prix des sessions"
    return f"Rendu au crédit du client le {day}" if is_credit(content) else f"Payée par carte le {day}"


def _delivered(content: Content) -> dict[str, date]:
    """The day of the service; for a month of commissions, the month."""
    if "period" in content:
        first, last = (date.fromisoformat(content["period"][end]) for end in ("first", "last"))
        return {"BT-72": last, "BT-73": first, "BT-74": last}
    return {"BT-72": date.fromisoformat(content["lines"][0]["served_on"])}


def _corrected(content: Content) -> dict[str, Any]:
    if "corrects" not in content:
        return {}
    corrected = content["corrects"]
    return {"BG-3": [{"BT-25": corrected["number"], "BT-26": date.fromisoformat(corrected["issued_on"])}]}


def _notes(content: Content) -> list[dict[str, str]]:
    notes = list(content["mentions"])
    if "exemption" in content:
        notes.append([GENERAL, content["exemption"]["text"]])
    if "reason" in content:
        notes.append([REASON, f"Motif\u202f: {content['reason']}"])
    if is_business(content["buyer"]):
        notes.append([ROAD, BETWEEN_BUSINESSES])
    return [{"BT-21": code, "BT-22": text} for code, text in notes]


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


def _vat(content: Content, tax: Tax) -> dict[str, str]:
    fields = {
        "BT-116": _euros(tax["without_vat_cents"]),
        "BT-117": _euros(tax["vat_cents"]),
        "BT-118": _category(content),
        "BT-119": _rate(tax["basis_points"]),
    }
    if "exemption" in content:
        fields |= {"BT-120": content["exemption"]["text"], "BT-121": content["exemption"]["code"]}
    return fields


def _line(content: Content, number: int, line: Line) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "BT-126": str(number),
        "BT-153": line["title"],
        "BT-151": _category(content),
        "BT-152": _rate(line["vat_basis_points"]),
        "BT-131": _euros(line["without_vat_cents"]),
        **(_time(line) if line["seconds"] else _unit(line)),
    }
    if line["started_at"]:
        fields["BT-134"] = datetime.fromisoformat(line["started_at"]).date()
        fields["BT-135"] = datetime.fromisoformat(line["ended_at"]).date()
    elif is_commission(content):
        fields["BT-134"] = fields["BT-135"] = date.fromisoformat(line["served_on"])
    return fields


def _time(line: Line) -> dict[str, str]:
    seconds = line["seconds"]
    in_minutes = seconds % MINUTE == 0
    return {
        "BT-146": _price(line["rate_cents"], line["vat_basis_points"]),
        "BT-149": str(HOUR // MINUTE if in_minutes else HOUR),
        "BT-129": str(seconds // MINUTE if in_minutes else seconds),
        "BT-130": "MIN" if in_minutes else "SEC",
    }


def _unit(line: Line) -> dict[str, str]:
    """One of it, at its exact amount. The price of one cent without its VAT rounds to nothing, which is no price."""
    without_vat = line["without_vat_cents"]
    price = _euros(without_vat) if without_vat else _price(line["total_cents"], line["vat_basis_points"])
    return {"BT-146": price, "BT-129": "1", "BT-130": "C62"}


def _price(cents: int, vat_basis_points: int) -> str:
    """Without VAT, to four decimals: an item price may be finer than a cent."""
    divisor = 1 + Decimal(vat_basis_points) / 10_000
    return str((Decimal(cents) / 100 / divisor).quantize(Decimal("0.0001")))


def _category(content: Content) -> str:
    return EXEMPT if "exemption" in content else STANDARD


def _rate(basis_points: int) -> str:
    return _euros(basis_points)


def _euros(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"
