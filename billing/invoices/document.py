"""The words of a printed invoice, from its frozen content: always in French, whatever the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils import dateformat, translation

from billing.invoices.content import Content, Party, is_business
from core.money import NO_BREAK_SPACE, format_euros, split_vat
from core.templatetags.house import duration, percent, rate


@dataclass(frozen=True)
class Line:
    """One row of the totals."""

    label: str
    amount: str
    kind: str = ""


def render_html(content: Content) -> str:
    with translation.override("fr"):
        return render_to_string("pdf/invoice.html", _context(content))


def _context(content: Content) -> dict[str, object]:
    service, amounts = content["service"], content["amounts"]
    has_vat = "exemption" not in content
    unit_price, _ = split_vat(service["rate_cents"], amounts["vat_basis_points"])
    return {
        "content": content,
        "title": f"Facture {content['number']}",
        "issued_on": spell_date(date.fromisoformat(content["issued_on"])),
        "served_on": spell_date(datetime.fromisoformat(service["started_at"]).date()),
        "parties": [("Prestataire", *_party(content["seller"])), ("Client", *_party(content["buyer"]))],
        "has_vat": has_vat,
        "period": _period(content),
        "rate": rate(service["rate_cents"]),
        "quantity": duration(service["billed_seconds"]),
        "unit_price": rate(unit_price),
        "vat_rate": percent(amounts["vat_basis_points"]),
        "without_vat": format_euros(amounts["without_vat_cents"]),
        "totals": list(_totals(content)),
        "footer": list(_footer(content)),
    }


def _party(party: Party) -> tuple[str, list[str]]:
    lines = [party["address"], f"{party['postcode']} {party['city']}".strip()]
    if party["country"] != "FR":
        lines.append(party["country"])
    if party["siren"]:
        lines.append(f"SIREN{NO_BREAK_SPACE}{_groups(party['siren'])}")
    if party["vat_number"]:
        lines.append(f"TVA{NO_BREAK_SPACE}{_spell_vat_number(party['vat_number'])}")
    return party["name"], [line for line in lines if line]


def _period(content: Content) -> str:
    service = content["service"]
    started, ended = (datetime.fromisoformat(service[key]) for key in ("started_at", "ended_at"))
    return (
        f"{dateformat.format(started, 'l').capitalize()} {spell_date(started.date())}, "
        f"de {started:%H:%M:%S} à {ended:%H:%M:%S} ({service['time_zone']})."
    )


def _totals(content: Content) -> Iterator[Line]:
    amounts = content["amounts"]
    yield Line("Total HT", format_euros(amounts["without_vat_cents"]))
    if "exemption" in content:
        yield Line(content["exemption"]["text"], format_euros(0))
    else:
        yield Line(f"TVA {percent(amounts['vat_basis_points'])}", format_euros(amounts["vat_cents"]))
    yield Line("Total" if "exemption" in content else "Total TTC", format_euros(amounts["total_cents"]), "total")
    paid_on = spell_date(date.fromisoformat(content["paid_on"]))
    yield Line(f"Réglé par carte le {paid_on}", format_euros(amounts["total_cents"]))
    yield Line("Reste à payer", format_euros(0), "due")


def _footer(content: Content) -> Iterator[str]:
    amounts = content["amounts"]
    mandate = spell_date(date.fromisoformat(content["mandate_accepted_on"]))
    for code, text in content["mentions"]:
        yield f"{text}, en vertu du mandat de facturation accepté le {mandate}." if code == "DCL" else text
    if amounts["released_cents"]:
        yield (
            f"Le montant bloqué de {format_euros(amounts['held_cents'])} a été réduit à la durée réelle\u202f: "
            f"{format_euros(amounts['released_cents'])} ont été rendus au crédit du client."
        )
    if not is_business(content["buyer"]):
        yield f"Conditions générales de prestation de service\u202f: {content['terms_url']}"


def spell_date(day: date) -> str:
    first = "er" if day.day == 1 else ""
    return NO_BREAK_SPACE.join([f"{day.day}{first}", dateformat.format(day, "F"), str(day.year)])


def _spell_vat_number(number: str) -> str:
    """Country and key, then the rest: `FR11 123456782`."""
    return f"{number[:4]}{NO_BREAK_SPACE}{number[4:]}"


def _groups(digits: str) -> str:
    return NO_BREAK_SPACE.join(digits[start : start + 3] for start in range(0, len(digits), 3))
