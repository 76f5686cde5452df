"""The words of a printed document, from its frozen content: always in French, whatever the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.template.loader import render_to_string
from django.utils import dateformat, translation

from billing.invoices.content import Content, Line, Party, is_business, is_commission, is_credit
from billing.invoices.mentions import BETWEEN_BUSINESSES
from billing.states import DocumentKind
from core.money import NO_BREAK_SPACE, format_euros, split_vat
from core.templatetags.house import duration, percent, rate

TITLES: dict[str, str] = {
    DocumentKind.INVOICE: "Facture",
    DocumentKind.CREDIT_NOTE: "Avoir",
    DocumentKind.COMMISSION: "Facture de commission",
    DocumentKind.COMMISSION_CREDIT: "Avoir de commission",
}
TEMPLATES: dict[bool, str] = {False: "pdf/invoice.html", True: "pdf/commission.html"}
MINUS = "\u2212"


@dataclass(frozen=True)
class Total:
    """One row of the totals."""

    label: str
    amount: str
    kind: str = ""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    title: str
    notes: list[str]
    date: str
    paid: str
    quantity: str
    unit_price: str
    vat_rate: str
    without_vat: str
    vat: str
    total: str


def title_of(content: Content) -> str:
    return f"{TITLES[content['kind']]} {content['number']}"


def render_html(content: Content) -> str:
    with translation.override("fr"):
        return render_to_string(TEMPLATES[is_commission(content)], _context(content))


def _context(content: Content) -> dict[str, object]:
    return {
        "content": content,
        "kind": TITLES[content["kind"]],
        "title": title_of(content),
        "is_credit": is_credit(content),
        "facts": list(_facts(content)),
        "parties": [("Prestataire", *_party(content["seller"])), ("Client", *_party(content["buyer"]))],
        "correction": _correction(content),
        "reason": f"Motif\u202f: {content['reason']}" if "reason" in content else "",
        "has_vat": "exemption" not in content,
        "is_timed": any(line["seconds"] for line in content["lines"]),
        "caption": _caption(content),
        "rows": [_row(content, line) for line in content["lines"]],
        "paid": format_euros(sum(line["paid_cents"] for line in content["lines"])),
        "without_vat": format_euros(content["amounts"]["without_vat_cents"]),
        "vat": format_euros(content["amounts"]["vat_cents"]),
        "total": format_euros(content["amounts"]["total_cents"]),
        "totals": list(_totals(content)),
        "footer": list(_footer(content)),
    }


def _facts(content: Content) -> Iterator[tuple[str, str]]:
    """What stands beside the number."""
    yield "Date d’émission", spell(content["issued_on"])
    if "period" in content:
        yield "Période", dateformat.format(date.fromisoformat(content["period"]["first"]), "F Y")
    else:
        yield "Date de la prestation", spell(content["lines"][0]["served_on"])


def _correction(content: Content) -> str:
    if "corrects" not in content:
        return ""
    corrected = content["corrects"]
    document = "facture de commission" if is_commission(content) else "facture"
    number = f"n°{NO_BREAK_SPACE}{corrected['number']}"
    return f"Cet avoir corrige la {document} {number} du {spell(corrected['issued_on'])}."


def _caption(content: Content) -> str:
    if not is_commission(content):
        return "Prestation de services"
    count = len(content["lines"])
    sessions = f"{count} session{'s' if count > 1 else ''}"
    return f"Commission rendue sur {sessions}" if is_credit(content) else f"Commission sur {sessions}"


def _party(party: Party) -> tuple[str, list[str]]:
    lines = [party["address"], f"{party['postcode']} {party['city']}".strip()]
    if party["country"] != "FR":
        lines.append(party["country"])
    if party["siren"]:
        lines.append(f"SIREN{NO_BREAK_SPACE}{_groups(party['siren'])}")
    if party["vat_number"]:
        lines.append(f"TVA{NO_BREAK_SPACE}{_spell_vat_number(party['vat_number'])}")
    return party["name"], [line for line in lines if line]


def _row(content: Content, line: Line) -> Row:
    unit_cents, _ = split_vat(line["rate_cents"], line["vat_basis_points"])
    without_vat = format_euros(line["without_vat_cents"])
    return Row(
        title=line["label"] if is_commission(content) else line["title"],
        notes=list(_notes(content, line)),
        date=f"{date.fromisoformat(line['served_on']):%d/%m/%Y}",
        paid=format_euros(line["paid_cents"]),
        quantity=duration(line["seconds"]) if line["seconds"] else "1",
        unit_price=rate(unit_cents) if line["seconds"] else without_vat,
        vat_rate=percent(line["vat_basis_points"]),
        without_vat=without_vat,
        vat=format_euros(line["vat_cents"]),
        total=format_euros(line["total_cents"]),
    )


def _notes(content: Content, line: Line) -> Iterator[str]:
    """The small print under the name of what was sold."""
    if line["started_at"]:
        yield _period(line)
    if line["seconds"]:
        including_vat = "" if "exemption" in content else " TTC"
        yield f"Tarif convenu\u202f: {rate(line['rate_cents'])}{including_vat}, à la seconde."
        yield f"Décompte\u202f: relevé de session {line['reference'].rpartition(':')[2]}."
    elif content["kind"] == DocumentKind.INVOICE:
        yield "Montant convenu, sans décompte de temps."
    elif content["kind"] == DocumentKind.CREDIT_NOTE:
        yield "Partie rendue sur le montant facturé."


def _period(line: Line) -> str:
    started, ended = datetime.fromisoformat(line["started_at"]), datetime.fromisoformat(line["ended_at"])
    return (
        f"{dateformat.format(started, 'l').capitalize()} {spell_date(started.date())}, "
        f"de {started:%H:%M:%S} à {ended:%H:%M:%S} ({line['time_zone']})."
    )


def _totals(content: Content) -> Iterator[Total]:
    amounts = content["amounts"]
    yield Total("Total HT", format_euros(amounts["without_vat_cents"]))
    if "exemption" in content:
        yield Total(content["exemption"]["text"], format_euros(0))
    else:
        for tax in content["taxes"]:
            yield Total(f"TVA {percent(tax['basis_points'])}", format_euros(tax["vat_cents"]))
    name = "Total de l’avoir" if is_credit(content) else "Total"
    yield Total(name if "exemption" in content else f"{name} TTC", format_euros(amounts["total_cents"]), "total")
    yield Total(_paid_words(content), format_euros(amounts["total_cents"]))
    yield Total("Reste à rendre" if is_credit(content) else "Reste à payer", format_euros(0), "due")


def _paid_words(content: Content) -> str:
    if is_commission(content):
        return "Compensé avec les sommes reprises" if is_credit(content) else "Retenu sur le prix des sessions"
    day = spell(content["paid_on"])
    return f"Rendu à votre crédit le {day}" if is_credit(content) else f"Réglé par carte le {day}"


def _footer(content: Content) -> Iterator[str]:
    if is_commission(content):
        yield from _about_commission(content)
    elif is_credit(content):
        yield (
            f"Le montant a été rendu à votre crédit sur {content['platform']}\u202f: vous pouvez l’utiliser pour une "
            "autre session ou demander son remboursement sur votre carte."
        )
    yield from _printed_mentions(content)
    amounts = content["amounts"]
    if amounts["released_cents"]:
        yield (
            f"Le montant bloqué de {format_euros(amounts['held_cents'])} a été réduit à la durée réelle\u202f: "
            f"{format_euros(amounts['released_cents'])} ont été rendus au crédit du client."
        )
    if not is_business(content["buyer"]):
        yield f"Conditions générales de prestation de service\u202f: {content['terms_url']}"


def _printed_mentions(content: Content) -> Iterator[str]:
    """The terms of late payment make one paragraph; nobody can be late with a credit note, whose XML has them still."""
    terms = []
    for code, text in content["mentions"]:
        if code == "DCL":
            mandate = spell(content["mandate_accepted_on"])
            yield f"{text}, en vertu du mandat de facturation accepté le {mandate}."
        elif code in BETWEEN_BUSINESSES:
            terms.append(text)
        else:
            yield text
    if terms and not is_credit(content):
        yield " ".join(terms)


def _about_commission(content: Content) -> Iterator[str]:
    if is_credit(content):
        yield "Part de la commission rendue avec les montants rendus aux apprenants."
    else:
        yield (
            "La commission paie l’accès à la plateforme, la vidéo, le paiement sécurisé et la facturation. Elle est "
            "calculée sur le montant payé par l’apprenant, session par session, et arrondie au centime."
        )


def spell(day: str) -> str:
    return spell_date(date.fromisoformat(day))


def spell_date(day: date) -> str:
    first = "er" if day.day == 1 else ""
    return NO_BREAK_SPACE.join([f"{day.day}{first}", dateformat.format(day, "F"), str(day.year)])


def _spell_vat_number(number: str) -> str:
    """Country and key, then the rest: `FR11 123456782`."""
    return f"{number[:4]}{NO_BREAK_SPACE}{number[4:]}"


def _groups(digits: str) -> str:
    return NO_BREAK_SPACE.join(digits[start : start + 3] for start in range(0, len(digits), 3))
