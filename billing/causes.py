"""Why money waits, in words for the mentor. The prefix of a cause (`complaint:12`, `dispute:dp_1`) says its kind."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SHORT: dict[str, Promise] = {
    "complaint": _("réclamation en cours"),
    "dispute": _("contestation bancaire"),
    "case": _("session à examiner"),
}
OTHER_SHORT = _("vérification par l’équipe")

SENTENCES: dict[str, Promise] = {
    "complaint": _("L’apprenant a déposé une réclamation. Nous l’examinons et vous pourrez répondre."),
    "dispute": _(
        "L’apprenant conteste ce paiement auprès de sa banque. Nous répondons à sa banque avec le relevé de la session."
    ),
    "case": _("Cette session demande une vérification avant le virement."),
}
OTHER_SENTENCE = _("L’équipe vérifie ce paiement.")


def short_words(cause: str) -> str:
    """For a line of a table."""
    return str(SHORT.get(_kind(cause), OTHER_SHORT))


def sentence(cause: str) -> str:
    """For a page or an e-mail."""
    return str(SENTENCES.get(_kind(cause), OTHER_SENTENCE))


def _kind(cause: str) -> str:
    return cause.partition(":")[0]
