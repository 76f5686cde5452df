"""Words of a review that are no longer shown, and how a passage is found in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reviews.states import Ground


@dataclass(frozen=True)
class Mask:
    """From `start` to `end`, in characters of what the author wrote."""

    start: int
    end: int
    ground: str


def find_passage(comment: str, passage: str) -> tuple[int, int] | None:
    """Where a copied passage stands, whatever became of its spaces and line breaks."""
    words = passage.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), comment)
    return found.span() if found else None


def masked(comment: str, masks: Sequence[Mask]) -> str:
    """What everybody reads: each masked passage gives way to who masked it, and why."""
    shown, position = "", 0
    for mask in _joined(masks):
        shown += comment[position : mask.start] + _words(mask.ground)
        position = mask.end
    return shown + comment[position:]


def _joined(masks: Sequence[Mask]) -> list[Mask]:
    """In order, overlapping ones as one, for the first reason given."""
    joined: list[Mask] = []
    for mask in sorted(masks, key=lambda each: (each.start, each.end)):
        if joined and mask.start < joined[-1].end:
            last = joined.pop()
            joined.append(Mask(last.start, max(last.end, mask.end), last.ground))
        else:
            joined.append(mask)
    return joined


def _words(ground: str) -> str:
    words = _("[…] (passage masqué par l’équipe\u202f: %(ground)s)")
    return words % {"ground": str(Ground(ground).label).lower()}
