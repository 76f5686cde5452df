"""The proof as a file for a spreadsheet: the same lines and totals as on the page, then who was present when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext as _

from billing.spreadsheets import Cell, amount, plain, spreadsheet
from core.money import format_euros
from sessions_video.agreements import agreements_of
from sessions_video.models import VideoSession
from sessions_video.presences import presences_of
from sessions_video.selectors import Line, proof_of
from sessions_video.wording import CAUSES, KINDS


def cause_words(line: Line) -> str:
    """What ended an interval, in the reader's language."""
    return str(CAUSES[line.cause]) % {"name": line.person.get_short_name() if line.person else ""}


def proof_spreadsheet(video_session: VideoSession) -> HttpResponse:
    zone = video_session.zone
    proof = proof_of(video_session)
    head = [_("Intervalle"), _("Nature"), _("Début"), _("Fin"), _("Secondes"), _("Ce qui l’a terminé"), _("Montant")]
    rows: list[list[Cell]] = [_interval(line, zone) for line in proof.lines]
    rows += [
        ["", _("Total gratuit"), "", "", proof.free_seconds, "", ""],
        ["", _("Total des pauses"), "", "", proof.pause_seconds, "", ""],
        ["", _("Total payé"), "", "", proof.paid_seconds, "", amount(proof.amount_cents)],
    ]
    for agreed in agreements_of(video_session):
        words = {"minutes": agreed.minutes, "price": format_euros(agreed.price_cents)}
        name = _("Prolongation de %(minutes)s min, %(price)s au plus") % words
        asked, decided = _exact(agreed.asked_at, zone), _exact(agreed.decided_at, zone)
        rows.append(["", name, asked, decided, "", plain(agreed.outcome), ""])
    for stay in presences_of(video_session):
        name = plain(_("Présence\u202f: %(name)s") % {"name": stay.person.get_full_name()})
        rows.append(["", name, _exact(stay.started_at, zone), _exact(stay.ended_at, zone), stay.seconds, "", ""])
    return spreadsheet(_("releve-%(reference)s.csv") % {"reference": video_session.booking.reference}, head, rows)


def _interval(line: Line, zone: ZoneInfo) -> list[Cell]:
    start, end = _exact(line.started_at, zone), _exact(line.ended_at, zone)
    words = plain(cause_words(line))
    return [line.number, str(KINDS[line.kind]), start, end, line.seconds, words, amount(line.cents)]


def _exact(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="milliseconds")
