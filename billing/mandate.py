"""The mandate to invoice in the mentor's name, as it is shown and accepted. A change of text is a new version.

A text that was accepted once stays in `TEXTS`: its acceptances hold, and whoever gave them can read it again.

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


TEXTS = {VERSION: TEXT}


def paragraphs(version: str = "") -> list[str]:
    """One string each, with the spaces French wants before a colon and inside quotation marks; of today's version.

    Nothing for a version that is not kept here.
    """
    parts = TEXTS.get(version or VERSION, "").strip().split("\n\n")
    joined = [" ".join(part.split()) for part in parts if part]
    return [part.replace(" :", "\u202f:").replace("« ", "«\u202f").replace(" »", "\u202f»") for part in joined]


def text(version: str = "") -> str:
    return "\n\n".join(paragraphs(version))


def digest(version: str = "") -> str:
    """What identifies the accepted text beyond doubt."""
    return sha256(f"{version or VERSION}\n{text(version)}".encode()).hexdigest()
