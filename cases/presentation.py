"""A case as one of its two people sees it: its state, what comes next, what happens with the money."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from billing.models import Payout
from billing.states import PayoutStatus
from bookings.presentation import Badge, Step
from cases.cards import outcome_words
from cases.models import Case, CaseEvent, Decision, Statement
from cases.states import ASKING, WAITING, Round, Status
from core import values
from core.money import format_euros
from core.templatetags import house

_LABELS = {
    Status.ANSWERING: lambda: _("Réponse de l’autre attendue"),
    Status.EXAMINING: lambda: _("L’équipe examine le dossier"),
    Status.DECIDED: lambda: _("Décidé, recours possible"),
    Status.APPEALED: lambda: _("Recours, réponse de l’autre attendue"),
    Status.REEXAMINING: lambda: _("L’équipe examine le recours"),
    Status.CLOSED: lambda: _("Clos"),
}


def badge_for(case: Case, *, must_speak: bool) -> Badge:
    if case.status in ASKING and must_speak:
        return Badge(_("Vos explications sont attendues"), "warning")
    status = Status(case.status)
    return Badge(_LABELS[status](), "neutral" if status == Status.CLOSED else "info")


def title_of(case: Case) -> str:
    return _("Réclamation") if case.is_complaint else _("Session non tenue")


@dataclass(frozen=True)
class Next:
    """What the case waits for, said to one person; every delay is a date with its zone."""

    text: str
    kind: str = "info"


def next_of(case: Case, viewer: User, *, must_speak: bool) -> Next:
    when = {
        "until": house.moment(case.answer_until, case.zone),
        "appeal": house.moment(case.appeal_until, case.zone),
        "target": house.moment(_target(case), case.zone),
        "name": case.booking.other(viewer).get_short_name(),
    }
    if case.status in ASKING:
        return Next(_wanted(case, must_speak=must_speak) % when, "warning" if must_speak else "info")
    if case.status in WAITING:
        words = _("L’équipe examine le dossier et vise une décision avant le %(target)s.")
        late = _("Vous pouvez encore donner vos explications tant qu’elle n’a pas décidé.")
        return Next(f"{words % when} {late}" if must_speak else words % when)
    if case.status == Status.DECIDED:
        words = _("La décision s’applique le %(appeal)s, sauf recours de l’un de vous avant cette date.")
        return Next(words % when)
    closed = _("Dossier clos le %(when)s. La décision est définitive.")
    if case.was_withdrawn:
        closed = _("Réclamation retirée le %(when)s. Rien n’est rendu.")
    return Next(closed % {"when": house.moment(case.closed_at, case.zone)}, "quiet")


def _wanted(case: Case, *, must_speak: bool) -> str:
    if must_speak:
        return _("Donnez vos explications avant le %(until)s. Après cette date, l’équipe décide avec ce qu’elle a.")
    if case.is_complaint or case.round == Round.APPEAL:
        return _("%(name)s peut répondre jusqu’au %(until)s. L’équipe décide ensuite.")
    return _("Vos explications sont enregistrées. %(name)s a jusqu’au %(until)s pour donner les siennes.")


def _target(case: Case) -> datetime | None:
    return case.ready_at + values.hours("case_decision_hours") if case.ready_at else None


def money_words(case: Case, payout: Payout | None, viewer: User) -> str:
    """Where the euros are while it is open, and where they went."""
    amount = {"amount": format_euros(case.stake_cents)}
    if not case.is_complaint:
        blocked = _("%(amount)s restent bloqués jusqu’à la fin du dossier. Personne n’est payé d’ici là.") % amount
        return blocked if case.is_open else ""
    if payout is None or not case.is_open:
        return ""
    if payout.status == PayoutStatus.SUSPENDED:
        return _("Le virement du mentor est suspendu jusqu’à la fin du dossier.")
    if payout.status == PayoutStatus.CANCELED:
        return _("Le virement du mentor est annulé.")
    if viewer.pk == case.booking.mentor_id:
        return _("Votre virement était déjà parti. Si une somme est rendue, elle vous sera reprise.")
    return _(
        "Le mentor a déjà été payé. Votre réclamation est examinée de la même façon\u202f: une somme rendue le sera "
        "sur votre crédit."
    )


def decision_words(decision: Decision) -> str:
    return outcome_words(decision.outcome, decision.returned_cents)


def net_words(case: Case, decision: Decision) -> str:
    """What both sums are, for both."""
    sums = {
        "charged": format_euros(decision.charged_cents),
        "returned": format_euros(decision.returned_cents),
        "learner": case.booking.learner.get_short_name(),
    }
    if not decision.returned_cents:
        return _("La session coûte %(charged)s.") % sums
    if not decision.charged_cents:
        return _("La session ne coûte rien\u202f: %(returned)s reviennent au crédit de %(learner)s.") % sums
    return _("La session coûte %(charged)s\u202f; %(returned)s reviennent au crédit de %(learner)s.") % sums


# --- the timeline ---

_STEPS = {
    Status.ANSWERING: lambda: _("Dossier ouvert"),
    Status.EXAMINING: lambda: _("L’équipe examine le dossier"),
    Status.DECIDED: lambda: _("Décision de l’équipe"),
    Status.APPEALED: lambda: _("Recours"),
    Status.REEXAMINING: lambda: _("Une autre personne de l’équipe examine le recours"),
    Status.CLOSED: lambda: _("Dossier clos, décision appliquée"),
}


def timeline(case: Case, viewer: User) -> list[Step]:
    """Every move and every word, oldest first."""
    moves = [_move_step(event, viewer) for event in case.events.select_related("actor")]
    words = [
        _words_step(each, viewer) for each in case.statements.select_related("author") if not _opened_with(case, each)
    ]
    return sorted([*moves, *words], key=lambda step: step.at)


def _opened_with(case: Case, statement: Statement) -> bool:
    """The words of a complaint, or of an appeal, came with the move itself."""
    return any(event.at == statement.at and event.actor_id == statement.author_id for event in case.events.all())


def _move_step(event: CaseEvent, viewer: User) -> Step:
    text = _STEPS[Status(event.to_status)]()
    if event.from_status == "" and event.actor:
        text = _("Réclamation déposée")
    if event.to_status == Status.CLOSED and event.actor == event.case.booking.learner:
        return Step(event.at, _("Réclamation retirée"), _by(event.actor, viewer))
    actor = event.actor if event.to_status in (Status.ANSWERING, Status.APPEALED) else None
    return Step(event.at, text, _by(actor, viewer) if actor else "")


def _words_step(statement: Statement, viewer: User) -> Step:
    return Step(statement.at, _("Explications données"), _by(statement.author, viewer))


def _by(person: User, viewer: User) -> str:
    return _("par vous") if person == viewer else _("par %(name)s") % {"name": person.get_short_name()}
