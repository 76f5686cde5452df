"""How a case stands in a conversation: one line of the product, and the way to the case."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from accounts.models import User
from cases.models import Case
from cases.selectors import PREFIX, find_cases
from cases.states import Outcome
from core.money import format_euros
from messaging import cards
from messaging.models import Message


def register() -> None:
    cards.register(PREFIX, draw, summary=summarize, load=load)


def load(messages: Sequence[Message]) -> Mapping[str, object]:
    return find_cases({message.reference for message in messages})


def draw(message: Message, viewer: User) -> cards.Drawn | None:
    case = message.about
    if not isinstance(case, Case) or not case.booking.has(viewer):
        return None
    return "cases/_card.html", {"case": case, "message": message, "sentence": summarize(message, viewer)}


def summarize(message: Message, viewer: User) -> str:
    """The author speaks as « vous » to himself."""
    event = str(message.data.get("event"))
    if event in _ABOUT_DECISIONS:
        return f"{_ABOUT_DECISIONS[event]()} {outcome_words(message.data['outcome'], message.data['returned_cents'])}"
    if message.author_id is None:
        return _("Chacun peut expliquer pourquoi la session n’a pas eu lieu.")
    if message.author_id == viewer.pk:
        return _SPOKEN_BY_VIEWER[event]()
    return _SPOKEN_BY_OTHER[event]() % {"name": message.author.get_short_name() if message.author else ""}


def outcome_words(outcome: str, returned_cents: int) -> str:
    """A decision in one sentence, with what comes back to the learner."""
    amount = {"amount": format_euros(returned_cents)}
    words = {
        Outcome.REJECTED: _("La réclamation est rejetée\u202f: rien n’est rendu."),
        Outcome.PARTIAL: _("%(amount)s sont rendus à l’apprenant."),
        Outcome.FULL: _("Tout est rendu à l’apprenant\u202f: %(amount)s."),
        Outcome.PLANNED: _("La durée prévue est facturée en entier."),
        Outcome.REFUND: _("Tout est rendu à l’apprenant\u202f: %(amount)s."),
        Outcome.SPLIT: _("Une part est facturée\u202f; %(amount)s sont rendus à l’apprenant."),
    }
    return words[Outcome(outcome)] % amount


_ABOUT_DECISIONS = {
    "decided": lambda: _("Décision de l’équipe."),
    "closed": lambda: _("Dossier clos."),
}
_SPOKEN_BY_VIEWER = {
    "complaint": lambda: _("Vous avez déposé une réclamation."),
    "answered": lambda: _("Vous avez donné vos explications."),
    "appealed": lambda: _("Vous avez fait un recours."),
    "withdrawn": lambda: _("Vous avez retiré votre réclamation."),
}
_SPOKEN_BY_OTHER = {
    "complaint": lambda: _("%(name)s a déposé une réclamation."),
    "answered": lambda: _("%(name)s a donné ses explications."),
    "appealed": lambda: _("%(name)s a fait un recours."),
    "withdrawn": lambda: _("%(name)s a retiré sa réclamation."),
}
