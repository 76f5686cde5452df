"""The mandate to invoice in the mentor's name, as it is shown and accepted. A change of text is a new version.

Source: CGI art. 289 I-2 and BOI-TVA-DECLA-30-20-10; to be read by the operator's lawyer before production.
"""

from hashlib import sha256

VERSION = "2026-11"

# French only: this is the text that binds.
TEXT = """
Je donne mandat à la plateforme d’établir et d’émettre en mon nom et pour mon compte les factures de mes sessions vidéo
payées par les apprenants, ainsi que les avoirs qui les corrigent.

Chaque facture porte la mention « Facture établie par la plateforme au nom et pour le compte du mentor » et prend un
numéro d’une série qui m’est réservée. Je n’utilise pas cette série moi-même.

Chaque facture est mise à ma disposition dans la page « Factures » dès son émission. J’ai 15 jours pour signaler une
erreur : elle est alors corrigée par un avoir.

Je reste seul responsable de mes obligations en matière de facturation et de TVA : je déclare mon chiffre d’affaires,
qui est le montant payé par l’apprenant, et je reverse la TVA quand j’y suis assujetti.

Je tiens à jour mon nom ou ma raison sociale, mon adresse, mon numéro SIREN, mon régime de TVA et, si j’en ai un, mon
numéro de TVA intracommunautaire, et je signale tout changement sans délai.

Ce mandat est donné pour une durée indéterminée. Je peux y mettre fin à tout moment : je ne peux alors plus prendre de
nouvelles réservations.
"""


def paragraphs() -> list[str]:
    """One string each, with the spaces French wants before a colon and inside quotation marks."""
    joined = [" ".join(part.split()) for part in TEXT.strip().split("\n\n")]
    return [part.replace(" :", "\u202f:").replace("« ", "«\u202f").replace(" »", "\u202f»") for part in joined]


def text() -> str:
    return "\n\n".join(paragraphs())


def digest() -> str:
    """What identifies the accepted text beyond doubt."""
    return sha256(f"{VERSION}\n{text()}".encode()).hexdigest()
