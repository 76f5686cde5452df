"""What each value that staff may change is called, in which unit, and between which bounds it makes sense."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HOURS, MINUTES, DAYS, SECONDS = _("heures"), _("minutes"), _("jours"), _("secondes")
# 2000 = 20 %.
BASIS_POINTS = _("points de base (2000 = 20\u202f%)")


@dataclass(frozen=True)
class Known:
    label: Promise
    unit: Promise
    lowest: int
    highest: int


KNOWN: dict[str, Known] = {
    "commission_basis_points": Known(_("Commission"), BASIS_POINTS, 0, 10_000),
    "vat_basis_points": Known(_("Taux normal de TVA"), BASIS_POINTS, 0, 10_000),
    "free_seconds": Known(_("Temps gratuit au début d’une session"), SECONDS, 0, 3_600),
    "limit_window_seconds": Known(_("Délai pour prolonger une session épuisée"), SECONDS, 0, 900),
    "request_lapse_days": Known(_("Une demande sans réponse expire après"), DAYS, 1, 60),
    "payment_window_minutes": Known(_("Temps pour payer une réservation"), MINUTES, 5, 1_440),
    "payout_delay_hours": Known(_("Virement dû après la clôture"), HOURS, 0, 720),
    "payout_alarm_hours": Known(_("Virement promis au plus tard"), HOURS, 1, 744),
    "review_days": Known(_("Temps pour évaluer une session"), DAYS, 1, 365),
    "review_edit_hours": Known(_("Temps pour modifier une évaluation"), HOURS, 0, 720),
    "unread_mail_minutes": Known(_("E-mail pour un message non lu après"), MINUTES, 1, 1_440),
    "free_cancellation_hours": Known(_("Annulation sans frais jusqu’à, avant le début"), HOURS, 0, 168),
    "mentor_vetting_hours": Known(_("Réponse visée à une demande de mentor"), HOURS, 1, 744),
    "offer_vetting_hours": Known(_("Réponse visée à une formation ou à un nom proposé"), HOURS, 1, 744),
    "review_report_hours": Known(_("Réponse visée à un avis signalé"), HOURS, 1, 744),
    "message_report_hours": Known(_("Réponse visée à un message ou un membre signalé"), HOURS, 1, 744),
    "correction_hours": Known(_("Décision visée sur une correction proposée"), HOURS, 1, 744),
    "support_waiting_days": Known(_("Une demande qui attend la personne se ferme après"), DAYS, 2, 90),
    "support_warning_days": Known(_("Rappel avant cette fermeture"), DAYS, 1, 30),
    "support_reopen_days": Known(_("Temps pour rouvrir une demande résolue"), DAYS, 1, 90),
    # Longer than a request can be reopened.
    "support_visitor_days": Known(_("Une demande de visiteur, finie, s’efface après"), DAYS, 91, 1_825),
    "complaint_answer_days": Known(_("Temps du mentor pour répondre à une réclamation"), DAYS, 1, 30),
    "statement_days": Known(_("Temps pour expliquer une session non tenue"), DAYS, 1, 30),
    "appeal_days": Known(_("Temps pour faire appel d’une décision"), DAYS, 1, 30),
    "mentor_waiting_minutes": Known(_("Attente du mentor seul qui vaut examen"), MINUTES, 1, 240),
    "case_decision_hours": Known(_("Décision visée d’un litige"), HOURS, 1, 744),
}
