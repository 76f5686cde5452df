"""Our accounts and journals in the words of French bookkeeping. ⚖ One table for the accountant to confirm.

The learners' and the mentors' money is held for them: third-party accounts, with one auxiliary account per member.
"""

from typing import NamedTuple


class Account(NamedTuple):
    number: str
    label: str


class Journal(NamedTuple):
    code: str
    label: str


CHART: dict[str, Account] = {
    "stripe": Account("517000", "Stripe"),
    "bank": Account("512000", "Banque"),
    "dispute": Account("467100", "Contestations bancaires en cours"),
    "learner.available": Account("467200", "Crédits des apprenants"),
    "learner.held": Account("467300", "Montants bloqués des apprenants"),
    "learner.receivable": Account("467400", "Apprenants débiteurs"),
    "mentor.pending": Account("467500", "Mentors, sommes à virer"),
    "mentor.recoverable": Account("467600", "Mentors débiteurs"),
    "revenue.commission": Account("706000", "Commissions"),
    "vat.collected": Account("445710", "TVA collectée"),
    "expense.psp_fees": Account("627800", "Frais de paiement"),
    "expense.dispute_fees": Account("627810", "Frais de contestation"),
    "expense.goodwill": Account("658800", "Gestes commerciaux"),
    "expense.bad_debt": Account("654000", "Pertes sur créances irrécouvrables"),
}
# Income and expenses of the years before, in the opening entry.
RESULT = Account("110000", "Report à nouveau")
# Income and expenses begin each year at zero.
YEARLY = ("6", "7")

JOURNALS: dict[str, Journal] = {
    "topup": Journal("ENC", "Encaissements par carte"),
    "psp_fee": Journal("FRS", "Frais de Stripe"),
    "dispute_fee": Journal("FRS", "Frais de Stripe"),
    "bank": Journal("BNQ", "Virements de Stripe à la banque"),
    "hold": Journal("BLO", "Montants bloqués"),
    "settle": Journal("VTE", "Fins de session"),
    "adjust": Journal("AVO", "Régularisations"),
    "payout": Journal("VIR", "Virements aux mentors"),
    "setoff": Journal("VIR", "Virements aux mentors"),
    "reversal": Journal("VIR", "Virements aux mentors"),
    "refund": Journal("RMB", "Remboursements"),
    "refund_failed": Journal("RMB", "Remboursements"),
    "dispute": Journal("CTB", "Contestations bancaires"),
    "repay": Journal("CTB", "Contestations bancaires"),
}
OTHER = Journal("OD", "Opérations diverses")
OPENING = Journal("AN", "À nouveau")


def journal_of(kind: str) -> Journal:
    """`dispute_opened` goes with `dispute`."""
    return JOURNALS.get(kind) or JOURNALS.get(kind.partition("_")[0], OTHER)
