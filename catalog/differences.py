"""Two versions of a text, compared word by word, for people who decide on the second one."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import Training, TrainingRevision

SAME, REMOVED, ADDED = "same", "removed", "added"
WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One field of a training: as visitors read it, and as its author wants it."""

    label: str | Promise
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after

    @property
    def pieces(self) -> list[Piece]:
        return pieces_of(self.before, self.after)


def pieces_of(before: str, after: str) -> list[Piece]:
    """What stays, what goes, what comes, in the order of reading; a removal stands before what replaces it."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece(SAME, "".join(old[a:b])))
            continue
        found += [Piece(kind, "".join(words)) for kind, words in ((REMOVED, old[a:b]), (ADDED, new[c:d])) if words]
    return found


def differences(training: Training, change: TrainingRevision) -> list[Difference]:
    return [
        Difference(_("Titre"), training.title, change.title),
        Difference(_("Catégorie"), training.category.name, change.category.name),
        Difference(_("Compétence"), training.skill.name, change.skill.name),
        Difference(_("Description"), training.description, change.description),
        Difference(_("Durée conseillée, en minutes"), str(training.suggested_minutes), str(change.suggested_minutes)),
    ]
