"""What one check found, in English for the log and the command, in the reader's language for the staff page."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Row = tuple[object, ...]

HEADINGS: dict[str, Promise] = {
    "account": _("compte"),
    "adjustment": _("régularisation"),
    "amount": _("montant"),
    "attempts": _("essais"),
    "cents": _("centimes"),
    "code": _("compte"),
    "correction": _("correction"),
    "counted": _("compté"),
    "covered": _("couvert"),
    "credit": _("crédit"),
    "credit note": _("avoir"),
    "currency": _("devise"),
    "dispute": _("contestation"),
    "due": _("prévu le"),
    "error": _("erreur"),
    "event": _("événement"),
    "expected": _("attendu"),
    "invoice": _("facture"),
    "issued": _("facturé"),
    "key": _("clé"),
    "kind": _("nature"),
    "last number": _("dernier numéro"),
    "learner": _("apprenant"),
    "left": _("reste"),
    "mentor": _("mentor"),
    "month": _("mois"),
    "number": _("numéro"),
    "on the ledger": _("au grand livre"),
    "at Stripe": _("chez Stripe"),
    "owed": _("dû aux membres"),
    "owner": _("titulaire"),
    "payment": _("paiement"),
    "payout": _("virement"),
    "recoverable": _("à récupérer"),
    "reference": _("référence"),
    "refund": _("remboursement"),
    "reversal": _("reprise"),
    "series": _("série"),
    "since": _("depuis"),
    "status": _("état"),
    "sum": _("somme"),
}


@dataclass(frozen=True)
class Check:
    """`rows` break the rule: none, on a good day."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    title: str | Promise = ""

    @property
    def headings(self) -> list[str]:
        """The columns in the reader's language."""
        return [str(HEADINGS.get(column, column)) for column in self.columns]


def query(statement: str, *parameters: datetime) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return [tuple(row) for row in cursor.fetchall()]
