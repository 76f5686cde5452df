"""The page `/_sandbox/`: what lies at Stripe, and the buttons that make things happen there."""

from html import escape

from stripe_sandbox import balance, controls
from stripe_sandbox.drawing import Page, draw, euros
from stripe_sandbox.errors import Refusal
from stripe_sandbox.faults import ANY_EVENT, Fault, FaultKind
from stripe_sandbox.panel_items import FIRST, SECOND, Section
from stripe_sandbox.resources import disputes, treasury
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Row

# After each button: the section it belongs to, and what is said there.
SAID = {
    "bank/payout/": ("solde", "Le disponible est parti à la banque."),
    "fees/take/": ("solde", "Stripe a facturé ses frais."),
    "fees/hold/": ("solde", "Les frais des prochains paiements ne seront pas annoncés tout de suite."),
    "fees/release/": ("solde", "Les frais retenus sont annoncés."),
    "faults/": ("pannes", "La panne est prête."),
    "faults/clear/": ("pannes", "Plus aucune panne n’attend."),
    "disputes/open/": ("contestations", "Le paiement est contesté\u202f: l’argent a été retiré."),
    "disputes/inquire/": ("contestations", "La banque demande des informations. L’argent n’a pas bougé."),
    "disputes/escalate/": ("contestations", "La demande est devenue une contestation\u202f: l’argent a été retiré."),
    "disputes/dismiss/": ("contestations", "La demande est classée sans suite."),
    "disputes/answer/": ("contestations", "Les preuves sont chez la banque."),
    "disputes/win/": ("contestations", "La contestation est gagnée\u202f: l’argent revient, pas les frais."),
    "disputes/lose/": ("contestations", "La contestation est perdue\u202f: l’argent reste à l’apprenant."),
    "refunds/fail/": ("remboursements", "Le remboursement a échoué\u202f: l’argent est revenu."),
    "refunds/complete/": ("remboursements", "Le remboursement est arrivé."),
    "accounts/settle/": ("comptes", "Le compte peut recevoir des virements."),
    "accounts/restrict/": ("comptes", "Le compte est restreint\u202f: il ne reçoit plus rien."),
    "accounts/empty/": ("comptes", "Le compte est vidé\u202f: l’argent est à la banque du mentor."),
}
REQUESTS = {
    "POST /v1/checkout/sessions": "La prochaine page de paiement",
    "POST /v1/payment_intents": "Le prochain paiement avec la carte enregistrée",
    "POST /v1/refunds": "Le prochain remboursement",
    "POST /v1/transfers": "Le prochain virement",
    "GET /v1/": "La prochaine lecture",
}
MISHAPS = {
    FaultKind.NOT_REACHED: "n’arrivera pas chez Stripe",
    FaultKind.LOST_ANSWER: "sera faite, mais la réponse se perdra",
    FaultKind.CONFLICT: "tombera sur une autre en cours",
    FaultKind.TOO_MANY: "sera refusée, faute de place",
    FaultKind.BROKEN: "échouera",
    FaultKind.TWICE: "arrivera deux fois",
    FaultKind.NEVER: "n’arrivera jamais",
    FaultKind.OUT_OF_ORDER: "arrivera après le suivant",
    FaultKind.LATE: "viendra en retard",
}
CLEAR = (
    '<form method="post"><button name="act" value="faults/clear/" class="small button--quiet">'
    "Annuler toutes les pannes</button></form>"
)


def visit(sandbox: Sandbox, method: str, given: Row) -> Page:
    if method != "post":
        return _show(sandbox, done=given.get("fait", ""))
    act = given.get("act", "")
    if act not in SAID:
        return _show(sandbox, error="Ce bouton n’existe pas.", status=404)
    try:
        controls.carry_out(sandbox, act, given)
    except Refusal as refusal:
        return _show(sandbox, error=str(refusal), status=refusal.status)
    section, _said = SAID[act]
    return Page(303, location=f"{controls.ROOT}?fait={act}#{section}")


def _show(sandbox: Sandbox, *, done: str = "", error: str = "", status: int = 200) -> Page:
    section, said = SAID.get(done, ("", ""))
    notices = {section: f'<p class="notice" role="status">{escape(said)}</p>'}
    with sandbox.store.lock:
        raw = _values(sandbox, notices)
    raw["back"] = _way_back(sandbox.site_url)
    raw["error"] = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    return Page(status, draw("panel", "Stripe, en coulisses", raw=raw, shape="wide"))


def _way_back(site: str) -> str:
    return f'<p><a href="{escape(site)}">Revenir à la démonstration</a></p>' if site else ""


def _values(sandbox: Sandbox, notices: dict[str, str]) -> dict[str, str]:
    available, pending = balance.totals(sandbox.store)
    withdrawn = sum(row["amount"] for row in sandbox.store.all("dispute") if row["status"] in disputes.RUNNING)
    return {
        "available": escape(euros(available)),
        "pending": escape(euros(pending)),
        "disputed": escape(euros(withdrawn)),
        "fees": _fees(sandbox),
        "faults": _faults(sandbox),
        "first": _drawn(sandbox, FIRST, notices),
        "second": _drawn(sandbox, SECOND, notices),
        "notice_solde": notices.get("solde", ""),
        "notice_pannes": notices.get("pannes", ""),
    }


def _drawn(sandbox: Sandbox, column: tuple[Section, ...], notices: dict[str, str]) -> str:
    return "\n".join(section.draw(sandbox.store, notices.get(section.anchor, "")) for section in column)


def _fees(sandbox: Sandbox) -> str:
    held = treasury.are_fees_held(sandbox.store)
    act, label = (
        ("release", "Annoncer les frais retenus") if held else ("hold", "Annoncer les prochains frais en retard")
    )
    return f'<button name="act" value="fees/{act}/" class="small button--quiet">{label}</button>'


def _faults(sandbox: Sandbox) -> str:
    """What still waits to go wrong."""
    sentences = [_told(fault) for fault in sandbox.faults.waiting()]
    sentences += [f"Un webhook est retenu ({event.type}), jusqu’au suivant." for event in sandbox.held]
    if not sentences:
        return '<p class="muted">Aucune panne n’attend.</p>'
    rows = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f'<div class="waiting"><ul>{rows}</ul>{CLEAR}</div>'


def _told(fault: Fault) -> str:
    if fault.target == ANY_EVENT:
        subject = "Le prochain webhook"
    elif fault.target.startswith(("POST ", "GET ")):
        subject = REQUESTS.get(fault.target, "La prochaine requête")
    else:
        subject = f"Le prochain webhook «\u202f{fault.target}\u202f»"
    times = f" ({fault.times} fois)" if fault.times > 1 else ""
    return f"{subject} {MISHAPS[fault.kind]}{times}."
